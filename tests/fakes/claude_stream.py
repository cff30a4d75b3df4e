"""A streamed message, event by event as the API sends it.

https://platform.claude.com/docs/en/build-with-claude/streaming: the text of a block in deltas, then its citations in
deltas of their own without any text; counts so far at the start, all of them at the end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import Any

from aiohttp import web

from tests.fakes.claude_answers import Block
from tests.fakes.claude_api import tokens

Json = dict[str, Any]

_DELTA = 24  # characters of a text delta
_THINKING = {"type": "thinking", "thinking": "", "signature": ""}


def events(number: int, model: str, blocks: Sequence[Block], stop_reason: str, usage: Json) -> Iterator[Json]:
    """Yield the events of an answer. A refusal has no content; one that is cut off ends in the middle of its text."""
    message: Json = {
        "id": f"msg_{number:024}", "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage | {"output_tokens": 1},
    }  # fmt: skip
    yield {"type": "message_start", "message": message}
    yield {"type": "ping"}
    written = [] if stop_reason == "refusal" else list(blocks)
    if stop_reason == "max_tokens" and written:
        last = written[-1] if written[-1].text.strip() else written.pop()
        written = [*written[:-1], Block(written[-1].text[: max(1, len(written[-1].text) // 2)], last.citations[:0])]
    yield {"type": "content_block_start", "index": 0, "content_block": _THINKING}
    yield _delta(0, {"type": "thinking_delta", "thinking": "The documents"})
    yield _delta(0, {"type": "signature_delta", "signature": "c2lnbmVk"})
    yield {"type": "content_block_stop", "index": 0}
    for index, block in enumerate(written, 1):
        start: Json = {"type": "text", "text": "", "citations": [] if block.citations else None}
        yield {"type": "content_block_start", "index": index, "content_block": start}
        pieces = [block.text[at : at + _DELTA] for at in range(0, len(block.text), _DELTA)]
        for at, piece in enumerate(pieces):
            yield _delta(index, {"type": "text_delta", "text": piece})
            # The first citation may come between the texts, the others come behind them.
            if at == 0 and len(pieces) > 1 and block.citations:
                yield _delta(index, {"type": "citations_delta", "citation": block.citations[0]})
        for citation in block.citations[1 if len(pieces) > 1 else 0 :]:
            yield _delta(index, {"type": "citations_delta", "citation": citation})
        yield {"type": "content_block_stop", "index": index}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": stop_reason, "stop_sequence": None},
        "usage": {"output_tokens": max(1, tokens("".join(block.text for block in written)))},
    }
    yield {"type": "message_stop"}


def _delta(index: int, delta: Json) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": delta}


async def send(request: web.Request, wanted: Sequence[Json], mode: str, over: asyncio.Event) -> web.StreamResponse:
    """Send the events; in a mode of `claude_modes.STREAMS` something goes wrong after half of them."""
    response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    broken = mode in ("hangs", "breaks_off", "overloaded_midway", "garbled")
    for event in wanted[: _half(wanted)] if broken else wanted:
        await _write(response, event["type"], json.dumps(event, ensure_ascii=False))
    if mode == "hangs":
        await over.wait()
    elif mode == "breaks_off" and request.transport:
        request.transport.close()
        return response
    elif mode == "overloaded_midway":
        error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        await _write(response, "error", json.dumps(error))
    elif mode == "garbled":
        await _write(response, "content_block_delta", '{"type": "content_block_delta", "in')
    await response.write_eof()
    return response


def _half(events: Sequence[Json]) -> int:
    """Return how many events there are up to the end of the first cited block, or half of them."""
    cited = False
    for at, event in enumerate(events):
        cited = cited or event.get("delta", {}).get("type") == "citations_delta"
        if cited and event["type"] == "content_block_stop":
            return at + 2 if at + 2 < len(events) - 2 else at + 1
    return len(events) // 2


async def _write(response: web.StreamResponse, kind: str, data: str) -> None:
    await response.write(f"event: {kind}\ndata: {data}\n\n".encode())
