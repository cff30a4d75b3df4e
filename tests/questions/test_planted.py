"""Sixty questions about twenty papers of known sentences, through the real client: what reaches a reader.

Whatever the model does, each quotation is a sentence of the paper, and no statement stands that it does not prove.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import tzinfo

import pytest

from bot.claude.answer import ClaudeAnswerer
from bot.claude.client import Claude
from bot.models import Answer, AnswerKind, Usage
from bot.questions.asked import Asked
from bot.questions.asking import Asking
from tests.support import standins
from tests.support.beginnings import Beginnings
from tests.support.planted import COUNT, Planted, PlantedReader, Premise, planted_paper, planted_questions

MODEL = "claude-haiku-5-5"
QUESTIONS = planted_questions()
TEXTS = {paper.id: dict(text.sentences()) for paper, text in map(planted_paper, range(COUNT))}


@dataclass
class Purse:
    """Money without an end, which notes what was reserved and used."""

    reserved: list[float] = field(default_factory=list)
    used: list[Usage] = field(default_factory=list)

    @asynccontextmanager
    async def reserve(
        self, asker: str, channel: str, usd: float, *, model: str, zone: tzinfo | None = None
    ) -> AsyncIterator[Purse]:
        self.reserved.append(usd)
        yield self

    async def settle(self, usage: Usage) -> None:
        self.used.append(usage)


@dataclass
class Outcome:
    """The last answer to each question, and what all of them cost."""

    answers: dict[Planted, Answer]
    purse: Purse

    @property
    def shown(self) -> int:
        return sum(any(claim.quotations for claim in answer.claims) for answer in self.answers.values())

    @property
    def dropped(self) -> int:
        return sum(answer.dropped for answer in self.answers.values())


async def outcome(url: str) -> Outcome:
    """Ask every question once, four at a time."""
    purse, answers, slots = Purse(), {}, asyncio.Semaphore(4)
    async with Claude("key", base_url=url) as claude:
        asking = Asking(PlantedReader(), ClaudeAnswerer(claude), (MODEL, None), purse, choosing=lambda _: Beginnings())

        async def ask(planted: Planted) -> None:
            async with slots:
                growing = [one async for one in asking.ask(Asked((planted.paper,), planted.question, planted.language))]
            answers[planted] = growing[-1]

        await asyncio.gather(*map(ask, QUESTIONS))
    return Outcome(answers, purse)


def unverified(answers: dict[Planted, Answer]) -> list[str]:
    """Return every quotation that is not, letter by letter, the sentence of the paper that it says it is."""
    return [
        quotation.text
        for answer in answers.values()
        for claim in answer.claims
        for quotation in claim.quotations
        if TEXTS[quotation.paper][quotation.sentence] != quotation.text
    ]


def confirmed(answers: dict[Planted, Answer]) -> list[str]:
    """Return every statement that confirms a false premise."""
    return [
        claim.text
        for planted, answer in answers.items()
        for claim in answer.claims
        if planted.wrong and planted.wrong in claim.text and " not " not in claim.text  # as the paper itself says it
    ]


def test_there_are_sixty_questions_over_twenty_papers() -> None:
    assert len(QUESTIONS) == 60
    assert len({planted.paper.id for planted in QUESTIONS}) == 20
    kinds = Counter(planted.premise for planted in QUESTIONS)
    assert kinds == {Premise.TRUE: 40, Premise.FALSE: 14, Premise.UNSAID: 6}


async def test_a_right_model_is_shown_whole(claude: standins.Claude) -> None:
    result = await outcome(claude.url)

    assert unverified(result.answers) == []
    assert confirmed(result.answers) == []
    assert result.dropped == 0
    for planted, answer in result.answers.items():
        if planted.answer is None:
            assert (answer.kind, answer.claims) == (AnswerKind.NOT_SAID, ())
            continue
        assert answer.kind is AnswerKind.ANSWERED, planted.question
        sentences = [one.sentence for claim in answer.claims for one in claim.quotations]
        assert sentences == [planted.answer], planted.question
        section = next(one for claim in answer.claims for one in claim.quotations)
        assert section.url.endswith(f"v1#{planted.answer.block}")
        assert section.section
    # Every call was settled at what it used, within what was reserved for it.
    assert len(result.purse.used) == len(result.purse.reserved)
    assert sum(usage.usd for usage in result.purse.used) < sum(result.purse.reserved)


async def test_a_silent_model_says_that_the_paper_does_not_say(claude: standins.Claude) -> None:
    claude.mode("answers_silent")

    result = await outcome(claude.url)

    assert {answer.kind for answer in result.answers.values()} == {AnswerKind.NOT_SAID}
    assert all(answer.claims == () and answer.dropped == 0 for answer in result.answers.values())


@pytest.mark.parametrize(
    "mode",
    [
        "answers_elsewhere",
        "answers_nowhere",
        "answers_leaked",
        "answers_uncited",
        "answers_invented",
        "answers_misquoted",
        "answers_denying",
    ],
)
async def test_nothing_of_a_wrong_model_is_shown(claude: standins.Claude, mode: str) -> None:
    claude.mode(mode)

    result = await outcome(claude.url)

    assert unverified(result.answers) == []
    assert confirmed(result.answers) == []
    assert result.shown == 0
    assert result.dropped == sum(planted.answer is not None for planted in QUESTIONS)
    kinds = Counter(answer.kind for answer in result.answers.values())
    assert kinds == {AnswerKind.UNPROVED: 54, AnswerKind.NOT_SAID: 6}


async def test_silence_beside_claims_is_no_silence(claude: standins.Claude) -> None:
    claude.mode("answers_mixed")

    result = await outcome(claude.url)

    assert unverified(result.answers) == []
    for planted, answer in result.answers.items():
        if planted.answer is not None:
            assert (answer.kind, answer.dropped) == (AnswerKind.ANSWERED, 1)
        assert not any("NOT_IN_PAPER" in claim.text for claim in answer.claims)


async def test_a_flattering_model_confirms_no_false_premise(claude: standins.Claude) -> None:
    claude.mode("answers_flattering")

    result = await outcome(claude.url)

    assert unverified(result.answers) == []
    for planted, answer in result.answers.items():
        if planted.premise is not Premise.TRUE:
            assert (answer.kind, answer.claims) == (AnswerKind.UNPROVED, ()), planted.question


async def test_a_refusal_is_an_answer_of_its_own(claude: standins.Claude) -> None:
    claude.mode("refusal")

    result = await outcome(claude.url)

    assert {answer.kind for answer in result.answers.values()} == {AnswerKind.REFUSED}


async def test_an_answer_that_stops_short_keeps_nothing_that_is_half(claude: standins.Claude) -> None:
    claude.mode("truncated")

    result = await outcome(claude.url)

    assert unverified(result.answers) == []
    assert all(answer.partial for answer in result.answers.values())
