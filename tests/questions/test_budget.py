"""Budgets of questions: per person, channel and day, in the channel's days, for whoever asks at the same time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import BudgetError, ModelBusy
from bot.models import Usage
from bot.questions.budget import QuestionBudget, QuestionCaps
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.words import words_for
from tests.support.authors import Clock

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
EVENING = datetime(2031, 5, 14, 14, 0, tzinfo=UTC)  # 23:00 in Tokyo, 10:00 in New York
HERE = "slack:T1/C1"
CAPS = QuestionCaps(person=0.25, channel=0.5, day=1.0)


def budget(
    store: Store, clock: Clock | None = None, caps: QuestionCaps = CAPS, total: float | None = 2.0
) -> QuestionBudget:
    return QuestionBudget(store, caps, total, TOKYO, clock or Clock(EVENING))


async def ask(
    questions: QuestionBudget,
    usd: float,
    asker: str = "one",
    channel: str = "slack:T1/C1",
    zone: ZoneInfo | None = None,
) -> str:
    """The code of the cap that was reached; empty where the call was allowed and cost what was reserved."""
    try:
        async with questions.reserve(asker, channel, usd, model="m", zone=zone) as reservation:
            await reservation.settle(Usage(usd=usd))
    except BudgetError as error:
        return error.code
    return ""


async def test_a_person_a_channel_and_everybody_have_limits(store: Store) -> None:
    questions = budget(store)
    assert await ask(questions, 0.25) == ""
    assert await ask(questions, 0.01) == "budget.question_person"
    assert await ask(questions, 0.01, channel="slack:T1/C2") == "budget.question_person"
    assert await ask(questions, 0.25, "two") == ""
    assert await ask(questions, 0.01, "three") == "budget.question_channel"
    assert await ask(questions, 0.25, "three", "slack:T1/C2") == ""
    assert await ask(questions, 0.25, "four", "slack:T1/C2") == ""
    assert await ask(questions, 0.01, "five", "slack:T1/C3") == "budget.question_day"


async def test_the_operator_at_the_terminal_has_only_the_limits_of_all(store: Store) -> None:
    questions = budget(store)
    assert await ask(questions, 0.9, asker="", channel="terminal:default") == ""
    assert await ask(questions, 0.2, asker="", channel="terminal:default") == "budget.question_day"


async def test_the_cap_for_all_calls_holds_too(store: Store) -> None:
    async with Budget(store, 2.0, TOKYO, Clock(EVENING)).call("m", 1.9, "summary"):
        pass
    with pytest.raises(BudgetError) as refused:
        async with budget(store).reserve("one", "slack:T1/C1", 0.2, model="m"):
            raise AssertionError("the call must not begin")
    assert (refused.value.code, refused.value.arguments["cap_usd"]) == ("budget.day", 2.0)
    assert await ask(budget(store, total=None), 0.2) == ""


async def test_summaries_and_questions_have_shares_of_their_own(store: Store) -> None:
    assert await ask(budget(store), 0.25) == ""
    summaries = Budget(store, 1.0, TOKYO, Clock(EVENING))
    async with summaries.call("m", 0.25, "summary", "slack:T1/C1", "one") as settle:
        await settle(Usage(usd=0.25))
    assert await ask(budget(store), 0.25, "two") == ""
    with pytest.raises(BudgetError):
        async with summaries.call("m", 0.01, "summary", "slack:T1/C1", "one"):
            raise AssertionError("the call must not begin")


@pytest.mark.parametrize(
    ("zone", "resets_at"),
    [(None, "2031-05-15T00:00+09:00"), (TOKYO, "2031-05-15T00:00+09:00"), (NEW_YORK, "2031-05-15T00:00-04:00")],
)
async def test_a_channels_day_ends_at_its_own_midnight(store: Store, zone: ZoneInfo | None, resets_at: str) -> None:
    clock = Clock(EVENING)
    questions = budget(store, clock)
    assert await ask(questions, 0.25, zone=zone) == ""
    with pytest.raises(BudgetError) as refused:
        async with questions.reserve("one", "slack:T1/C1", 0.01, model="m", zone=zone):
            raise AssertionError("the call must not begin")
    reset = datetime.fromisoformat(resets_at)
    assert refused.value.arguments == {"cap_usd": 0.25, "resets_at": reset}
    assert refused.value.arguments["resets_at"].tzinfo == (zone or TOKYO)  # type: ignore[attr-defined]  # a datetime

    clock.now = reset - timedelta(seconds=1)
    assert await ask(questions, 0.01, zone=zone) == "budget.question_person"
    clock.now = reset
    assert await ask(questions, 0.01, zone=zone) == ""


async def test_midnight_that_a_change_of_clocks_skips(store: Store) -> None:
    beirut = ZoneInfo("Asia/Beirut")  # on 2031-03-30 clocks go from 0:00 to 1:00
    questions = budget(store, Clock(datetime(2031, 3, 29, 12, tzinfo=UTC)), QuestionCaps(0, 0, 0))
    with pytest.raises(BudgetError) as refused:
        async with questions.reserve("one", "slack:T1/C1", 0.01, model="m", zone=beirut):
            raise AssertionError("the call must not begin")
    assert str(refused.value.arguments["resets_at"]) == "2031-03-30 01:00:00+03:00"


async def test_what_is_reserved_counts_until_it_is_settled(store: Store) -> None:
    questions = budget(store)
    async with questions.reserve("one", "slack:T1/C1", 0.2, model="m") as reservation:
        assert await ask(questions, 0.1) == "budget.question_person"
        await reservation.settle(Usage(usd=0.05))
        assert await ask(questions, 0.1) == ""


@pytest.mark.parametrize(("error", "counted"), [(ModelBusy("model.timeout", usd=0.1), 0.1), (ZeroDivisionError(), 0.2)])
async def test_a_call_that_fails_counts_what_it_may_have_cost(store: Store, error: Exception, counted: float) -> None:
    with pytest.raises(type(error)):
        async with budget(store).reserve("one", "slack:T1/C1", 0.2, model="m"):
            raise error
    assert await store.spend.total(EVENING.astimezone(TOKYO).date()) == counted


async def test_many_at_once_never_pass_a_limit(store: Store) -> None:
    questions = budget(store)
    codes = await asyncio.gather(*(ask(questions, 0.0625, f"person {n % 3}") for n in range(30)))
    assert codes.count("") == 8  # 0.5 for the channel
    assert {code for code in codes if code} <= {"budget.question_person", "budget.question_channel"}
    assert await store.spend.total(EVENING.astimezone(TOKYO).date()) == 0.5


async def test_who_is_forgotten_is_not_named_and_the_channel_has_spent_it_all_the_same(store: Store) -> None:
    questions = budget(store)
    for asker in ("one", "two"):
        assert await ask(questions, 0.25, asker) == ""
    await store.spend.forget_asker("one")
    assert await ask(questions, 0.01, "one") == "budget.question_channel"
    assert await ask(questions, 0.01, "one", "slack:T1/C2") == ""
    assert await ask(questions, 0.01, "two", "slack:T1/C2") == "budget.question_person"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("part", ["person", "channel", "day"])
def test_the_refusal_says_when_it_resets_and_who_can_raise_it(language: str, part: str) -> None:
    arguments = {"cap_usd": 0.2, "resets_at": datetime(2031, 5, 15, tzinfo=TOKYO)}
    variable = {"day": "QUESTION_DAILY_BUDGET_USD"}.get(part, f"QUESTION_{part.upper()}_BUDGET_USD")
    operator, people = (
        words_for(language).error(BudgetError(f"budget.question_{part}{form}", **arguments)) for form in ("", ".chat")
    )
    for sentence in (operator, people):
        assert variable in sentence
        assert "Asia/Tokyo" in sentence
    assert "0.20" in operator
    assert {"ja": "管理者", "en": "whoever runs the bot"}[language] in people
