"""One call for each summary, whatever goes wrong; on a real store, with a summarizer that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import ModelBusy, ModelRefusesUs
from bot.models import (
    Draft,
    Excerpt,
    Failure,
    FindingKind,
    Origin,
    Paper,
    Style,
    Summary,
    SummaryRequest,
)
from bot.ports import Stage, Summarizer
from bot.store.store import Store
from bot.store.summaries import Busy, Claimed
from bot.summaries.budget import Budget
from bot.summaries.excerpt import excerpt
from bot.summaries.summaries import RETRY_AFTER, Outcome, Summaries, Timing
from bot.tex import readable
from tests.support import stores
from tests.support.authors import (
    COST,
    FIRST,
    HEADLINE,
    OTHER,
    TEXT,
    Author,
    Clock,
    database,
    good,
    invented,
    opened,
    paper,
    papers,
    refused,
)

ZONE = ZoneInfo("Asia/Tokyo")
SUMMARY = Summary("ja", Style.BRIEF, HEADLINE, TEXT, model=FIRST)
QUICK = Timing(lease=1, patience=20, poll=0.02, head_start=20)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database(tmp_path_factory.mktemp("template"))


@pytest.fixture
async def store(template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(template, tmp_path) as ours:
        yield ours


def use_case(
    store: Store,
    author: Summarizer | None,
    *,
    cap: float | None = None,
    clock: Clock | None = None,
    other: str | None = OTHER,
    concurrency: int = 4,
    timing: Timing = QUICK,
) -> Summaries:
    """The use case with a clock that runs, unless one is given."""

    def running() -> datetime:
        return datetime.now(UTC)

    now = clock or running
    return Summaries(
        store, author, Budget(store, cap, ZONE, now), (FIRST, other), now, concurrency=concurrency, timing=timing
    )


async def write(summaries: Summaries, wanted: list[Paper], style: Style = Style.BRIEF) -> list[Outcome]:
    return list((await summaries.write(wanted, "ja", style, channel="terminal:default")).values())


def codes(outcomes: list[Outcome]) -> list[str]:
    return [outcome.code if isinstance(outcome, Failure) else "" for outcome in outcomes]


async def is_free(store: Store, wanted: Paper, now: datetime | None = None) -> bool:
    """Whether anybody may write the paper's summary at once."""
    now = now or datetime.now(UTC)
    return isinstance(
        await store.summaries.claim(wanted.id, "ja", Style.BRIEF, "probe", now, timedelta(seconds=1)), Claimed
    )


async def test_a_summary_is_asked_for_once_ever(store: Store) -> None:
    author = Author()
    assert await write(use_case(store, author), papers(3)) == [SUMMARY] * 3
    assert await write(use_case(store, author), papers(3)) == [SUMMARY] * 3
    assert await write(use_case(store, None), papers(3)) == [SUMMARY] * 3
    assert len(author.asked) == 3


async def test_a_paper_named_twice_is_one(store: Store) -> None:
    author = Author()
    assert await write(use_case(store, author), [paper(1), paper(1)]) == [SUMMARY]
    assert len(author.asked) == 1


async def test_no_papers(store: Store) -> None:
    assert await write(use_case(store, Author()), []) == []


async def test_outcomes_and_progress_come_in_order(store: Store) -> None:
    told: list[tuple[Stage, int, int]] = []
    wanted = [replace(paper(1), withdrawn=True), paper(2), paper(3)]
    outcomes = await use_case(store, Author()).write(
        wanted, "ja", Style.BRIEF, progress=lambda *step: told.append(step)
    )
    assert list(outcomes) == [one.id for one in wanted]
    assert told == [(Stage.SUMMARIZE, done, 3) for done in (1, 2, 3)]


@pytest.mark.parametrize("author", [Author(), None])
async def test_what_is_not_asked_about(store: Store, author: Author | None) -> None:
    wanted = [replace(paper(1), withdrawn=True), replace(paper(2), abstract=" \n"), paper(3)]
    found = codes(await write(use_case(store, author), wanted))
    assert found == ["summary.withdrawn", "summary.no_text", "" if author else "model.no_key"]
    if author is None:
        assert await is_free(store, wanted[2])


async def test_a_summary_is_kept_though_the_abstract_is_gone(store: Store) -> None:
    await store.summaries.put(paper(1).id, SUMMARY)
    assert await write(use_case(store, None), [replace(paper(1), abstract="")]) == [SUMMARY]
    assert codes(await write(use_case(store, None), [replace(paper(1), withdrawn=True)])) == ["summary.withdrawn"]


# --- drafts that do not pass ------------------------------------------------------------------


async def test_a_finding_is_quoted_in_one_more_try(store: Store) -> None:
    author = Author(lambda request: good(request) if request.findings else invented(request))
    assert await write(use_case(store, author), [paper()]) == [SUMMARY]
    assert author.models == [FIRST, FIRST]
    assert FindingKind.NUMBER in {finding.kind for finding in author.asked[1].findings}


async def test_a_draft_s_tex_is_read_before_it_is_checked_and_kept(store: Store) -> None:
    def typed(request: SummaryRequest) -> Draft:
        draft = good(request)
        return replace(draft, text=draft.text.replace("1.87倍", r"1.87$\times$").replace("8%", r"8\%"))

    (outcome,) = await write(use_case(store, Author(typed)), [paper()])

    assert isinstance(outcome, Summary)
    assert "1.87×" in outcome.text
    assert "8%" in outcome.text


async def test_then_the_other_model_is_asked(store: Store) -> None:
    author = Author(lambda request: good(request) if request.model == OTHER else refused(request))
    assert await write(use_case(store, author), [paper()]) == [replace(SUMMARY, model=OTHER)]
    assert author.models == [FIRST, FIRST, OTHER]


@pytest.mark.parametrize("other", [OTHER, None, FIRST])
async def test_then_the_paper_is_left_alone_for_hours(store: Store, other: str | None) -> None:
    author, clock = Author(invented), Clock()
    summaries = use_case(store, author, clock=clock, other=other)
    tries = 3 if other == OTHER else 2
    (failure,) = await write(summaries, [paper()])
    assert isinstance(failure, Failure)
    assert failure.code == "summary.unverified"
    assert [finding.kind for finding in failure.findings] == [FindingKind.NUMBER]
    assert await write(summaries, [paper()]) == [failure]
    assert len(author.asked) == tries

    clock.now += RETRY_AFTER
    author.write = good
    assert await write(summaries, [paper()]) == [SUMMARY]
    assert len(author.asked) == tries + 1


async def test_every_call_is_booked(store: Store) -> None:
    clock = Clock()
    await write(use_case(store, Author(invented), clock=clock), [paper()])
    assert await Budget(store, None, ZONE, clock).spent_today() == pytest.approx(3 * COST)


# --- a model that does not answer -------------------------------------------------------------


def overloaded(request: SummaryRequest) -> Draft:
    raise ModelBusy("model.overloaded", usd=0.002, model=request.model)


async def test_a_busy_model_costs_one_paper_and_only_for_now(store: Store) -> None:
    author = Author(lambda request: overloaded(request) if request.paper.id == paper(2).id else good(request))
    summaries = use_case(store, author)
    assert codes(await write(summaries, papers(3))) == ["", "model.overloaded", ""]
    author.write = good
    assert await write(summaries, papers(3)) == [SUMMARY] * 3
    assert len(author.asked) == 4


async def test_what_lost_attempts_may_have_cost_is_booked(store: Store) -> None:
    await write(use_case(store, Author(overloaded)), [paper()])
    assert await Budget(store, None, ZONE, lambda: datetime.now(UTC)).spent_today() == pytest.approx(0.002)


@pytest.mark.parametrize("code", ["model.auth", "model.credit", "model.request"])
async def test_a_model_that_refuses_us_is_asked_once(store: Store, code: str) -> None:
    def refuse(request: SummaryRequest) -> Draft:
        raise ModelRefusesUs(code, model=request.model)

    author = Author(refuse)
    assert codes(await write(use_case(store, author), papers(6))) == [code] * 6
    assert len(author.asked) == 1
    assert [await is_free(store, one) for one in papers(6)] == [True] * 6


async def test_the_other_models_refusal_leaves_the_first_one_at_work(store: Store) -> None:
    def answer(request: SummaryRequest) -> Draft:
        if request.model == OTHER:
            raise ModelRefusesUs("model.unknown", model=OTHER)
        return good(request) if request.paper.id == paper(4).id else invented(request)

    author = Author(answer)
    outcomes = await write(use_case(store, author, concurrency=1), papers(4))
    assert codes(outcomes) == ["model.unknown"] * 3 + [""]
    assert author.models.count(OTHER) == 1


# --- the cap ----------------------------------------------------------------------------------


async def test_the_cap_is_reached_in_the_middle(store: Store) -> None:
    author = Author()
    outcomes = await write(use_case(store, author, cap=3.5 * COST, concurrency=1), papers(6))
    assert codes(outcomes) == [""] * 3 + ["budget.day"] * 3
    assert len(author.asked) == 3
    assert await is_free(store, paper(6))


async def test_calls_under_way_cannot_pass_the_cap_together(store: Store) -> None:
    async def linger(request: SummaryRequest) -> None:
        await asyncio.sleep(0.05)

    author = Author(pause=linger)
    outcomes = await write(use_case(store, author, cap=2.5 * COST), papers(6))
    assert codes(outcomes).count("budget.day") == 4
    assert len(author.asked) == 2


async def test_a_cap_of_nothing(store: Store) -> None:
    author = Author()
    assert codes(await write(use_case(store, author, cap=0), papers(2))) == ["budget.day"] * 2
    assert author.asked == []


# --- several at once --------------------------------------------------------------------------


async def test_so_many_papers_at_once(store: Store) -> None:
    full = asyncio.Event()

    async def wait_for_three(request: SummaryRequest) -> None:
        if author.at_once == 3:
            full.set()
        if request.paper.id != paper(1).id:  # which goes ahead
            await full.wait()
            await asyncio.sleep(0.05)  # a fourth one would come now

    author = Author(pause=wait_for_three)
    async with asyncio.timeout(300):
        await write(use_case(store, author, concurrency=3), papers(6))
    assert author.most_at_once == 3


async def test_the_first_paper_goes_ahead(store: Store) -> None:
    first = asyncio.Event()

    async def answer_first_last(request: SummaryRequest) -> None:
        if request.paper.id == paper(1).id:
            await first.wait()
        elif len(author.asked) == 3:
            first.set()

    author = Author(pause=answer_first_last)
    async with asyncio.timeout(300):  # a first paper that hangs does not hold the others up for ever
        assert await write(use_case(store, author, timing=replace(QUICK, head_start=0.05)), papers(3)) == [SUMMARY] * 3


async def test_two_who_want_the_same_pay_once(store: Store) -> None:
    async def linger(request: SummaryRequest) -> None:
        await asyncio.sleep(0.1)

    author = Author(pause=linger)
    both = await asyncio.gather(*(write(use_case(store, author), papers(2)) for _ in range(2)))
    assert both == [[SUMMARY] * 2] * 2
    assert len(author.asked) == 2


async def test_what_a_killed_process_left_is_taken_over(store: Store) -> None:
    author = Author()
    await store.summaries.claim(
        paper().id, "ja", Style.BRIEF, "dead", datetime.now(UTC), timedelta(seconds=QUICK.lease)
    )
    assert await write(use_case(store, author), [paper()]) == [SUMMARY]
    assert len(author.asked) == 1


async def test_patience_ends(store: Store) -> None:
    author = Author()
    await store.summaries.claim(paper().id, "ja", Style.BRIEF, "slow", datetime.now(UTC), timedelta(hours=1))
    summaries = use_case(store, author, timing=replace(QUICK, patience=0.05, head_start=0.05))
    assert codes(await write(summaries, papers(2))) == ["summary.busy", ""]
    assert len(author.asked) == 1


async def test_a_claim_is_kept_while_its_owner_lives(store: Store) -> None:
    clock, lease = Clock(), timedelta(seconds=QUICK.lease)

    async def others_claim() -> datetime:
        """Until when they are told to wait."""
        answer = await store.summaries.claim(paper().id, "ja", Style.BRIEF, "thief", clock.now, lease)
        assert isinstance(answer, Busy)
        return answer.until

    async def look_on(request: SummaryRequest) -> None:
        for _ in range(3):  # longer than the lease
            clock.now += lease * 2 / 3
            while await others_claim() < clock.now + lease:  # noqa: ASYNC110 - the store tells nobody
                await asyncio.sleep(0.02)

    async with asyncio.timeout(300):
        outcomes = await write(use_case(store, Author(pause=look_on), clock=clock), [paper()])
    assert outcomes == [SUMMARY]


@pytest.mark.parametrize("theirs", [None, replace(SUMMARY, headline="先に書かれた見出し")])
async def test_the_text_that_came_first_stays(store: Store, theirs: Summary | None) -> None:
    """The machine slept, somebody else took the claim over, and perhaps finished."""
    clock = Clock()

    async def sleep_through_the_lease(request: SummaryRequest) -> None:
        clock.now += timedelta(hours=1)
        await store.summaries.claim(paper().id, "ja", Style.BRIEF, "other", clock.now, timedelta(hours=1))
        if theirs:
            await store.summaries.finish(paper().id, "other", theirs)

    summaries = use_case(store, Author(pause=sleep_through_the_lease), clock=clock, timing=Timing())
    assert await write(summaries, [paper()]) == [theirs or SUMMARY]
    assert await store.summaries.get([paper().id], "ja", Style.BRIEF) == {paper().id: theirs or SUMMARY}


# --- interruptions ----------------------------------------------------------------------------


async def test_an_interruption_keeps_what_is_finished_and_gives_back_the_rest(store: Store) -> None:
    all_asked, asked = asyncio.Event(), []

    async def hang(request: SummaryRequest) -> None:
        asked.append(request)
        if len(asked) == 3:
            all_asked.set()
        if request.paper.id != paper(1).id:
            await asyncio.sleep(60)

    writing = asyncio.create_task(write(use_case(store, Author(pause=hang)), papers(3)))
    async with asyncio.timeout(300):
        await all_asked.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.summaries.get([one.id for one in papers(3)], "ja", Style.BRIEF) == {paper(1).id: SUMMARY}
    assert await is_free(store, paper(2))
    assert await is_free(store, paper(3))
    # Nobody knows what the two calls cost that never ended.
    spent = await Budget(store, None, ZONE, lambda: datetime.now(UTC)).spent_today()
    assert spent == pytest.approx(3 * COST)


async def test_an_answer_that_was_paid_for_survives_an_interruption(store: Store) -> None:
    def answer_and_interrupt(request: SummaryRequest) -> Draft:
        asyncio.get_running_loop().call_soon(writing.cancel)
        return good(request)

    writing = asyncio.create_task(write(use_case(store, Author(answer_and_interrupt)), [paper()]))
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.summaries.get([paper().id], "ja", Style.BRIEF) == {paper().id: SUMMARY}


async def test_what_is_wrong_with_the_store_is_raised_as_it_is(store: Store) -> None:
    with pytest.raises(LookupError):
        await write(use_case(store, Author()), [paper(77)])


# --- excerpts ---------------------------------------------------------------------------------

SENTENCE = "Pebbles are sorted by patient automata, e.g. on a beach (cf. Fig. 2), by S. Shore et al. in 3.5 hours."


@pytest.mark.parametrize(
    ("tldr", "abstract", "expected"),
    [
        ("Pebbles,\n sorted.", SENTENCE, Excerpt(Origin.TLDR, "Pebbles, sorted.")),
        (None, SENTENCE, Excerpt(Origin.ABSTRACT, SENTENCE)),
        (" ", f"{SENTENCE} Two. Three!  Four?", Excerpt(Origin.ABSTRACT, f"{SENTENCE} Two. Three!")),
        (None, f"One. X{'x' * 393}. Three.", Excerpt(Origin.ABSTRACT, f"One. X{'x' * 393}.")),
        (None, f"One. X{'x' * 394}. Three.", Excerpt(Origin.ABSTRACT, "One.")),
        (None, "word " * 200, Excerpt(Origin.ABSTRACT, "word " * 79 + "word…")),
        (None, "x" * 1000, Excerpt(Origin.ABSTRACT, "x" * 400 + "…")),
        (
            None,
            "石を並べる。波が崩す。また並べる。また崩す。",
            Excerpt(Origin.ABSTRACT, "石を並べる。波が崩す。また並べる。"),
        ),
        (None, "", None),
        ("", " \n ", None),
    ],
)
def test_excerpts(tldr: str | None, abstract: str, expected: Excerpt | None) -> None:
    assert excerpt(replace(paper(), tldr=tldr, abstract=abstract)) == expected


@example("0~A")
@given(st.text(st.characters(exclude_categories=()), max_size=1500))
def test_an_excerpt_is_the_beginning_of_any_text(text: str) -> None:
    found = excerpt(replace(stores.paper(1), abstract=text))
    flat = " ".join(readable(text).split())
    assert (found is None) == (flat == "")
    if found:
        assert flat.startswith(found.text.removesuffix("…"))
        assert 0 < len(found.text) <= 401
