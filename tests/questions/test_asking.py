"""One question from reading to the last claim, with a reader, a model and money that can be told to fail."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from bot.errors import BotError, BudgetError, InputError, ModelBusy, ModelRefusesUs, ReadingError
from bot.models import (
    Answer,
    AnswerKind,
    DraftEnd,
    DraftPiece,
    FullText,
    Paper,
    PaperId,
    SentenceRange,
    StopReason,
    TextSource,
    Turn,
    Usage,
)
from bot.questions.asked import Asked
from bot.questions.asking import WHOLE_TOKENS, Asking, Timing
from bot.reading.reader import abstract_of
from tests.support.answerers import (
    CLAIM,
    DONE,
    LATER,
    PAPER,
    SECOND,
    TEXT,
    USED,
    FakeAnswerer,
    FakeReader,
    Purse,
    Shelf,
    Step,
)
from tests.support.beginnings import Beginnings
from tests.support.planted import full_text


@dataclass
class World:
    reader: FakeReader = field(default_factory=FakeReader)
    answerer: FakeAnswerer = field(default_factory=FakeAnswerer)
    key: bool = True
    purse: Purse = field(default_factory=Purse)
    shelf: Shelf | None = None
    timing: Timing = field(default_factory=Timing)
    models: tuple[str, str | None] = ("m1", "m2")

    @property
    def asking(self) -> Asking:
        return Asking(
            self.reader, self.answerer if self.key else None, self.models, self.purse,
            choosing=lambda _: Beginnings(), memory=self.shelf, timing=self.timing,
        )  # fmt: skip

    async def ask(
        self, question: str = "How fast is it?", *papers: Paper, language: str = "en", **more: object
    ) -> list[Answer]:
        asked = Asked(papers or (PAPER,), question, language, **more)  # type: ignore[arg-type]  # fields of Asked
        return [answer async for answer in self.asking.ask(asked)]


async def test_an_answer_grows_claim_by_claim() -> None:
    world = World(
        answerer=FakeAnswerer(
            [[CLAIM, LATER, DONE]], questions=("What are the 64 GPUs for?", "Why is the encoder frozen?")
        )
    )

    answers = await world.ask()

    assert [len(answer.claims) for answer in answers] == [1, 2, 2, 2]
    assert all(later.claims[: len(one.claims)] == one.claims for one, later in pairwise(answers))
    assert answers[-1].next_questions == ("Why is the encoder frozen?",)  # the other has a number that nobody named
    assert world.purse.reserved == [pytest.approx(0.001), 0.0005]
    assert world.purse.settled == [USED, Usage(usd=0.0001)]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "input.question_empty"),
        ("  ?!  ", "input.question_empty"),
        ("\u200b\u202e", "input.question_empty"),
        ("why " * 2_500, "input.question_long"),
        ("```python\ndef f(x):\n    return x + 1\n```", "input.question_code"),
        ("import os\nos.remove('x')\nprint(1)", "input.question_code"),
        ('print("hello")', "input.question_code"),
        ("What does 2401.12345 say?", "input.question_other"),
        ("https://arxiv.org/abs/2401.12345 のほうが速い？", "input.question_other"),
    ],
)
async def test_what_cannot_be_answered_is_said_before_anything_is_spent(question: str, code: str) -> None:
    world = World(reader=FakeReader(error=AssertionError("nothing is read")))
    with pytest.raises(InputError) as caught:
        await world.ask(question)
    assert caught.value.code == code
    assert world.purse.reserved == []


@pytest.mark.parametrize(
    "question",
    [
        "Why does it call `softmax(x)` twice?",
        "What does 2602.00001v2 say about speed?",
        "速度は？",
        "Is x = 3 in the second experiment?",
        "```\nWhy is it faster?\n```",
        "OOM?",
    ],
)
async def test_a_question_with_signs_in_it_is_a_question(question: str) -> None:
    assert (await World().ask(question))[-1].kind is AnswerKind.ANSWERED


async def test_papers_that_cannot_be_asked_about() -> None:
    for papers, code in (
        ((PAPER, SECOND, replace(PAPER, id=PaperId.arxiv("2602.00003"))), "input.question_papers"),
        ((replace(PAPER, withdrawn=True),), "input.question_withdrawn"),
    ):
        with pytest.raises(InputError) as caught:
            await World().ask("Why?", *papers)
        assert caught.value.code == code
    empty = World(reader=FakeReader({PAPER.id: full_text(PAPER, [" ", ""])}))
    with pytest.raises(InputError) as caught:
        await empty.ask()
    assert caught.value.code == "input.question_no_text"
    assert empty.purse.reserved == []


@pytest.mark.parametrize(
    "error",
    [ReadingError("reading.unavailable"), ReadingError("reading.nothing", paper="x")],
    ids=lambda error: error.code,
)
async def test_a_paper_that_cannot_be_read_costs_nothing(error: BotError) -> None:
    world = World(reader=FakeReader(error=error))
    with pytest.raises(ReadingError):
        await world.ask()
    assert world.purse.reserved == []


async def test_without_a_key_and_without_money() -> None:
    with pytest.raises(ModelRefusesUs) as caught:
        await World(key=False).ask()
    assert caught.value.code == "model.no_key_question"
    world = World(purse=Purse(left=0))
    with pytest.raises(BudgetError):
        await world.ask()
    assert world.answerer.asked == []


async def test_questions_to_ask_next_are_left_out_rather_than_paid_for_too_dearly() -> None:
    poor = World(answerer=FakeAnswerer(questions=("Why is it frozen?",)), purse=Purse(left=1))
    failing = World(answerer=FakeAnswerer(suggest_error=ModelBusy("model.overloaded")))

    for world in (poor, failing):
        assert (await world.ask())[-1].next_questions == ()


async def test_what_is_there_when_time_runs_out_is_shown() -> None:
    steps: list[Step] = [CLAIM, DraftPiece("\n"), 60.0, LATER, DONE]
    world = World(answerer=FakeAnswerer([steps]), timing=Timing(limit=0.3))

    answers = await world.ask()

    assert (answers[-1].kind, answers[-1].partial, len(answers[-1].claims)) == (AnswerKind.ANSWERED, True, 1)
    assert answers[-1].next_questions == ()
    assert world.purse.settled == [USED]


async def test_time_that_runs_out_before_anything_is_proved_says_so() -> None:
    slow = World(answerer=FakeAnswerer([[60.0, CLAIM, DONE]]), timing=Timing(limit=0.2))
    assert await slow.ask() == [Answer(AnswerKind.UNPROVED, partial=True, sources=(TextSource.HTML,))]

    class Sleeper(FakeReader):
        async def read(self, paper: Paper) -> FullText:
            await asyncio.sleep(60)
            return await super().read(paper)

    assert await World(reader=Sleeper(), timing=Timing(limit=0.1)).ask() == [Answer(AnswerKind.UNPROVED, partial=True)]


async def test_a_broken_stream_keeps_what_is_proved() -> None:
    broken = ModelBusy("model.interrupted", usd=0.002)
    kept = World(answerer=FakeAnswerer([[CLAIM, DraftPiece("\n"), broken]]))
    lost = World(answerer=FakeAnswerer([[broken]]))

    answer = (await kept.ask())[-1]
    assert (len(answer.claims), answer.partial) == (1, True)
    assert kept.purse.settled == [USED]
    with pytest.raises(ModelBusy):
        await lost.ask()


async def test_another_model_is_asked_if_the_first_declines() -> None:
    refused: list[Step] = [DraftEnd(StopReason.REFUSED)]
    world = World(answerer=FakeAnswerer([refused, [CLAIM, DONE]]))
    both = World(answerer=FakeAnswerer([refused]))

    assert [answer.kind for answer in await world.ask()][-1] is AnswerKind.ANSWERED
    assert [request.model for request in world.answerer.asked] == ["m1", "m2"]
    assert [answer.kind for answer in await both.ask()] == [AnswerKind.REFUSED]


async def test_a_long_paper_is_shortened_and_says_so() -> None:
    long = full_text(PAPER, *[[f"Sentence {number} of many. " * 40] for number in range(400)])
    world = World(
        reader=FakeReader({PAPER.id: long}),
        answerer=FakeAnswerer([[DraftPiece("NOT_IN_PAPER"), DONE]], tokens=WHOLE_TOKENS + 1),
    )

    answer = (await world.ask())[-1]

    assert answer.omitted > 300
    assert sum(map(len, world.answerer.asked[0].texts[0].sentences)) <= 48_000


async def test_tokens_that_cannot_be_counted_are_estimated() -> None:
    world = World(answerer=FakeAnswerer(count_error=ModelBusy("model.overloaded"), tokens=700))
    await world.ask()
    assert world.purse.reserved[0] == 1_400 * 1e-6


async def test_only_the_abstract_is_said() -> None:
    paper = replace(PAPER, abstract="OrvexNet decodes 1.87x faster. It is small.")
    text = abstract_of(paper, ())
    assert (text.source, len(list(text.sentences()))) == (TextSource.ABSTRACT, 2)
    answer = (await World(reader=FakeReader({PAPER.id: text})).ask())[-1]
    assert answer.abstract_only


async def test_two_papers_are_two_documents_and_each_claim_names_its_own() -> None:
    other = DraftPiece("\nKestrelNet decodes 1.2x faster.", (SentenceRange(1, 0, 1),))
    crossed = DraftPiece("\nKestrelNet decodes 1.87x faster.", (SentenceRange(0, 0, 1),))
    world = World(answerer=FakeAnswerer([[CLAIM, other, crossed, DONE]]))

    answer = (await world.ask("Which of 2602.00001 and 2602.00002 is faster?", PAPER, SECOND))[-1]

    assert [text.title for text in world.answerer.asked[0].texts] == [PAPER.title, SECOND.title]
    assert [claim.quotations[0].paper for claim in answer.claims] == [PAPER.id, SECOND.id]
    assert answer.dropped == 1


@pytest.mark.parametrize(
    ("question", "usual", "language"),
    [
        ("なぜ速いのか", "en", "ja"),
        ("なぜOrvexNet-XLは速いのか", "en", "ja"),
        ("精度は?", "ja", "ja"),
        ("精度?", "zh-TW", "zh-TW"),
        ("Why is it fast?", "ja", "en"),
        ("Why is it fast?", "en", "en"),
        ("Warum ist es schnell?", "de", "de"),
        ("왜 빠른가요?", "ja", "ko"),
        ("Почему быстро?", "uk", "uk"),
        ("Почему быстро?", "ja", "ru"),
        ("1.87?", "ja", "ja"),
    ],
)
async def test_the_language_follows_the_question(question: str, usual: str, language: str) -> None:
    world = World()
    await world.ask(question, language=usual)
    assert world.answerer.asked[0].language == language


async def test_a_language_asked_for_stays() -> None:
    world = World()
    await world.ask("Why is it fast?", language="ja", exactly=True)
    assert world.answerer.asked[0].language == "ja"


async def test_a_conversation_is_bounded() -> None:
    world = World()
    await world.ask(turns=tuple(Turn(f"Question {number}?", "word " * 2_000) for number in range(30)))
    turns = world.answerer.asked[0].turns
    assert turns[-1].question == "Question 29?"
    assert len(turns) <= 6
    assert sum(len(turn.question) + len(turn.answer) for turn in turns) < 8_100


async def test_ten_who_ask_at_once_cost_one_call() -> None:
    world = World(shelf=Shelf(), answerer=FakeAnswerer([[CLAIM, 0.05, LATER, DONE]]))

    everybody = await asyncio.gather(*(world.ask() for _ in range(10)))
    again = await world.ask()

    assert len(world.answerer.asked) == 1
    assert {answers[-1] for answers in everybody} == {again[-1]}
    assert len(again) == 1
    assert len(world.purse.reserved) == 2


async def test_the_key_of_an_answer_tells_what_makes_it_another() -> None:
    shelf = Shelf()
    world = World(shelf=shelf)
    await world.ask()
    await world.ask("Another question?", turns=(Turn("Before?", "Yes."),))
    world.reader.texts = {PAPER.id: replace(TEXT, version=2)}
    await world.ask()
    assert len(shelf.answers) == 3


async def test_what_could_be_answered_on_its_own_needs_no_conversation() -> None:
    world = World(shelf=Shelf())
    alone = await world.ask("Another question?")
    assert (await world.ask("Another question?", turns=(Turn("Before?", "Yes."),)))[-1] == alone[-1]
    assert len(world.answerer.asked) == 1

    silent = World(shelf=Shelf(), answerer=FakeAnswerer([[DraftPiece("NOT_IN_PAPER"), DONE], [CLAIM, DONE]]))
    assert (await silent.ask("And why?"))[-1].kind is AnswerKind.NOT_SAID
    assert (await silent.ask("And why?", turns=(Turn("Before?", "Yes."),)))[-1].kind is AnswerKind.ANSWERED


async def test_what_is_cancelled_is_settled_at_what_it_may_have_cost() -> None:
    for shelf in (None, Shelf()):
        world = World(answerer=FakeAnswerer([[CLAIM, LATER, 60.0, DONE]]), shelf=shelf)
        async with aclosing(world.asking.ask(Asked((PAPER,), "How fast is it?", "en"))) as answers:
            await anext(answers)
        assert world.purse.settled == [USED]


async def test_whoever_leaves_early_leaves_nothing_running() -> None:
    world = World(shelf=Shelf(), answerer=FakeAnswerer([[CLAIM, DraftPiece("\n"), 60.0, DONE]]))
    stream = world.asking.ask(Asked((PAPER,), "How fast is it?", "en"))
    first = await anext(stream)
    await stream.aclose()
    assert len(first.claims) == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}
