"""The events of a streamed answer: what is a citation, what is left of markup, and what cannot be the API's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.claude.streaming import AnswerReader, Malformed, without_markup
from bot.models import DraftEnd, DraftPiece, SentenceRange, StopReason
from tests.fakes import claude_stream
from tests.fakes.claude_answers import Block

MODEL = "claude-haiku-5-5"
SIZES = (10, 4)
USAGE = {"input_tokens": 30, "cache_creation_input_tokens": 1_000, "cache_read_input_tokens": 0}


def place(
    document: object = 0, start: object = 1, end: object = 2, kind: str = "content_block_location"
) -> dict[str, Any]:
    return {"type": kind, "document_index": document, "start_block_index": start, "end_block_index": end}


def read(*blocks: Block, stop: str = "end_turn") -> tuple[list[DraftPiece | DraftEnd], AnswerReader]:
    reader = AnswerReader(MODEL, SIZES, 4_000)
    events = claude_stream.events(1, MODEL, blocks, stop, USAGE)
    return [item for event in events for item in reader.read(event)], reader


def test_citations_belong_to_their_block_wherever_they_come() -> None:
    long = "A text of more than one delta, with a citation between."
    items, reader = read(Block("According to it: "), Block(long, (place(), place(1, 0, 4))), Block("\n"))

    cited = (SentenceRange(0, 1, 2), SentenceRange(1, 0, 4))
    assert items == [
        DraftPiece("According to it: "),
        DraftPiece(long, cited),
        DraftPiece("\n"),
        DraftEnd(StopReason.COMPLETE),
    ]
    assert (reader.usage.input_tokens, reader.usage.cache_write_tokens) == (30, 1_000)
    assert reader.ended


@pytest.mark.parametrize(
    "citation",
    [
        place(0, 10, 11),
        place(0, 9, 11),
        place(0, -1, 1),
        place(0, 3, 3),
        place(0, 5, 2),
        place(2, 0, 1),
        place(-1, 0, 1),
        place("0"),
        place(True),
        place(0, 1.0, 2.0),
        place(0, None, 2),
        place(kind="char_location"),
        place(kind="page_location"),
        {},
        "0-1",
        None,
        [place()],
    ],
)
def test_a_citation_that_leads_nowhere_is_dropped_and_counted(citation: Any) -> None:
    items, _ = read(Block("A claim.", (citation, place())))

    assert items[0] == DraftPiece("A claim.", (SentenceRange(0, 1, 2),))
    assert items[-1] == DraftEnd(StopReason.COMPLETE, invalid=1)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", [("plain", False)]),
        ('<cite index="0-3">a claim</cite>', [("a claim", True)]),
        ('(cite index="1-17">a claim</cite> and more', [("a claim", True), (" and more", False)]),
        ('Before <cite index="0">in</cite> after', [("Before ", False), ("in", True), (" after", False)]),
        ('<cite index="0">in</cite>', [("in", True)]),
        ("&lt;cite index=1&gt;in&lt;/cite&gt;", [("in", True)]),
        ('<CITE index="0">to the end', [("to the end", True)]),
        ('text <cite index="0', [("text ", False), ("", True)]),
        ("</cite>tail", [("tail", False)]),
        ("They cite <b>and (cite the paper)", [("They cite <b>and (cite the paper)", False)]),
        ("", []),
    ],
)
def test_markup_is_stripped_and_its_text_counts_as_uncited(text: str, parts: list[tuple[str, bool]]) -> None:
    assert list(without_markup(text)) == parts


def test_markup_ends_with_its_block() -> None:
    items, _ = read(Block('<cite index="0">leaked ', (place(),)), Block("proved", (place(),)))

    assert items[:2] == [DraftPiece("leaked "), DraftPiece("proved", (SentenceRange(0, 1, 2),))]


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", StopReason.COMPLETE),
        ("max_tokens", StopReason.TRUNCATED),
        ("model_context_window_exceeded", StopReason.TRUNCATED),
        ("refusal", StopReason.REFUSED),
        ("tool_use", StopReason.MALFORMED),
        ("something_new", StopReason.MALFORMED),
    ],
)
def test_the_end_says_why(reason: str, stop: StopReason) -> None:
    items, _ = read(Block("A claim.", (place(),)), stop=reason)

    assert items[-1] == DraftEnd(stop)


def test_before_its_end_an_answer_costs_at_most_what_was_allowed() -> None:
    reader = AnswerReader(MODEL, SIZES, 4_000)
    events = list(claude_stream.events(1, MODEL, [Block("A claim.")], "end_turn", USAGE))
    for event in events[:-1]:
        list(reader.read(event))
    open_end = reader.usage
    list(reader.read(events[-1]))

    assert open_end.output_tokens == 4_000
    assert reader.usage.output_tokens == 2
    assert reader.usage.usd < open_end.usd


@pytest.mark.parametrize(
    "event",
    [
        None,
        5,
        [],
        {},
        {"type": 3},
        {"type": "message_start"},
        {"type": "message_start", "message": {"usage": {"input_tokens": -1}}},
        {"type": "content_block_start", "index": 0},
        {"type": "content_block_start", "index": "x", "content_block": {"type": "text"}},
        {"type": "content_block_delta", "index": 0},
        {"type": "message_delta"},
    ],
)
def test_what_cannot_be_an_event_is_malformed(event: object) -> None:
    with pytest.raises(Malformed):
        list(AnswerReader(MODEL, SIZES, 10).read(event))


@pytest.mark.parametrize("event", [{"type": "ping"}, {"type": "something_new", "x": 1}])
def test_events_of_other_kinds_are_passed_over(event: object) -> None:
    assert list(AnswerReader(MODEL, SIZES, 10).read(event)) == []
