"""A streamed answer with citations, event by event. Pure: the API's events in, pieces of a draft out.

Events: https://platform.claude.com/docs/en/build-with-claude/streaming. Citations of a block come as deltas of their
own, after or between those of its text, so that a piece is complete only when its block ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from bot.claude import prices
from bot.models import DraftEnd, DraftPiece, SentenceRange, StopReason, Usage

Count = Annotated[int, Field(ge=0, le=1_000_000_000)]  # tokens; more would not be an answer to us

STOPS: Mapping[str, StopReason] = {
    "end_turn": StopReason.COMPLETE,
    "max_tokens": StopReason.TRUNCATED,
    "model_context_window_exceeded": StopReason.TRUNCATED,
    "refusal": StopReason.REFUSED,
}
# Models sometimes write the citation as markup instead: `<cite index="1-17">…</cite>`
# (anthropic-sdk-typescript#1119). A round bracket may stand for the angular one.
_LEAKED = re.compile(
    r"(?P<close>(?:<|&lt;)\s*/\s*(?:\w{1,12}:)?cite\b[^<>]{0,20}?(?:>|&gt;|$)|\(/cite[)>])"
    r"|(?:<|&lt;)\s*(?:\w{1,12}:)?cite\b[^<>]{0,300}?(?:>|&gt;|$)|\(cite\s+index\b[^()<>]{0,300}(?:[)>]|$)",
    re.IGNORECASE,
)


class Tokens(BaseModel):
    """The token counts of an answer. In a stream the last counts replace those before."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None

    def usage(self, before: Usage = Usage()) -> Usage:  # noqa: B008  # a frozen value
        """Return the counts, those that are missing as `before` has them."""
        return Usage(
            before.input_tokens if self.input_tokens is None else self.input_tokens,
            before.output_tokens if self.output_tokens is None else self.output_tokens,
            before.cache_read_tokens if self.cache_read_input_tokens is None else self.cache_read_input_tokens,
            before.cache_write_tokens if self.cache_creation_input_tokens is None else self.cache_creation_input_tokens,
        )


class _Started(BaseModel):
    usage: Tokens


class _Block(BaseModel):
    type: str
    text: str | None = None
    citations: list[Any] | None = None


class _Delta(BaseModel):
    """What an event adds: text or a citation to a block, or how the answer ended."""

    type: str | None = None
    text: str | None = None
    citation: Any = None
    stop_reason: str | None = None


class _Event(BaseModel):
    type: str
    message: _Started | None = None
    index: int | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: Tokens | None = None


class Malformed(ValueError):
    """An event that is none of the API's."""


class AnswerReader:
    """Reads the events of one answer. `sizes` are the numbers of sentences of the texts that may be cited."""

    def __init__(self, model: str, sizes: Sequence[int], max_tokens: int) -> None:
        self._model = model
        self._sizes = sizes
        self._max_tokens = max_tokens
        self._counted: Usage | None = None
        self._open: int | None = None
        self._text: list[str] = []
        self._citations: list[Any] = []
        self._stop: StopReason | None = None
        self.invalid = 0
        self.ended = False

    @property
    def started(self) -> bool:
        return self._counted is not None

    @property
    def usage(self) -> Usage:
        """Return what the answer has cost; before its end, the most that it may cost."""
        counted = self._counted or Usage()
        if self.started and not self.ended:
            counted = replace(counted, output_tokens=self._max_tokens)
        return replace(counted, usd=prices.cost(self._model, counted))

    def read(self, event: object) -> Iterator[DraftPiece | DraftEnd]:
        """Yield what an event completes. Raises Malformed for one that cannot be the API's."""
        try:
            read = _Event.model_validate(event)
        except ValidationError as error:
            raise Malformed(str(error)) from error
        match read.type:
            case "message_start" if read.message:
                self._counted = read.message.usage.usage()
            case "content_block_start" if read.content_block:
                self._begin(read.content_block, read.index)
            case "content_block_delta" if read.delta:
                self._add(read.delta, read.index)
            case "content_block_stop":
                yield from self._finish(read.index)
            case "message_delta" if read.delta:
                self._stop = STOPS.get(read.delta.stop_reason or "", StopReason.MALFORMED)
                if read.usage:
                    self._counted = read.usage.usage(self._counted or Usage())
            case "message_stop":
                self.ended = True
                yield DraftEnd(self._stop or StopReason.MALFORMED, self.invalid)
            case "message_start" | "content_block_start" | "content_block_delta" | "message_delta":
                raise Malformed(read.type)

    def _begin(self, block: _Block, index: int | None) -> None:
        self._open = index if block.type == "text" else None
        self._text = [block.text or ""]
        self._citations = list(block.citations or ())

    def _add(self, delta: _Delta, index: int | None) -> None:
        if self._open is None or index != self._open:
            return  # of a block that is no text, such as thinking
        if delta.type == "text_delta":
            self._text.append(delta.text or "")
        elif delta.type == "citations_delta":
            self._citations.append(delta.citation)

    def _finish(self, index: int | None) -> Iterator[DraftPiece]:
        if self._open is None or index != self._open:
            return
        self._open = None
        cited: dict[SentenceRange, None] = {}
        for citation in self._citations:
            if place := _place(citation, self._sizes):
                cited[place] = None
            else:
                self.invalid += 1
        text = "".join(self._text)
        for piece, leaked in without_markup(text):
            if leaked:
                self.invalid += 1
            if piece:
                yield DraftPiece(piece, () if leaked else tuple(cited))


def _place(citation: object, sizes: Sequence[int]) -> SentenceRange | None:
    """Return the sentences that a citation leads to; None if there are no such sentences."""
    if not isinstance(citation, Mapping) or citation.get("type") != "content_block_location":
        return None
    text, start, end = (citation.get(name) for name in ("document_index", "start_block_index", "end_block_index"))
    if type(text) is not int or type(start) is not int or type(end) is not int:
        return None
    if not 0 <= text < len(sizes) or not 0 <= start < end <= sizes[text]:
        return None
    return SentenceRange(text, start, end)


def without_markup(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a block's text without citation markup, and whether such markup stood around them."""
    start, inside = 0, False
    for match in _LEAKED.finditer(text):
        if match.start() > start or inside:
            yield text[start : match.start()], inside
        start, inside = match.end(), match["close"] is None
    if start < len(text) or inside:
        yield text[start:], inside
