"""Block Kit by the letter: each function gives one block or element, cut to what Slack takes. Pure.

Text from outside goes into `rich_text` and `plain_text`, which Slack shows as they are: no markup, no mention and no
link comes out of them but those that are built here (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
Only the fallback `text` of a message and the rare `mrkdwn` need escaping.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.common.cutting import cut, units

Json = dict[str, Any]

# https://docs.slack.dev/reference/block-kit: characters of each kind of text.
HEADER = 150
CONTEXT = 2_000  # Slack takes 3,000; what stands in small print is short
BUTTON = 75
VALUE = 2_000
ADDRESS = 3_000
OPTION = 75
# Of all blocks together: Slack refuses about 13,200 (slackapi/bolt-js#2509), whatever each of them may have.
TOTAL = 12_000
# `text` beyond 4,000 is split into several messages.
FALLBACK = 3_000
width = units  # how long Slack may find a text
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def clip(text: str, room: int) -> str:
    """Return the text in at most `room` UTF-16 units; a cut shows as `…`."""
    return cut(text, room)


def escaped(text: str, room: int = FALLBACK) -> str:
    """The text for `mrkdwn`: `& < >` as entities, so that nothing in it calls anybody; never cut inside one.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return cut((_ESCAPES.get(character, character) for character in text), room)


def unescaped(text: str) -> str:
    """What a person typed: Slack sends `& < >` as entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# --- rich text --------------------------------------------------------------------------------


def text(shown: str, *, bold: bool = False, code: bool = False) -> Json:
    style = {name: True for name, wanted in (("bold", bold), ("code", code)) if wanted}
    return {"type": "text", "text": shown, **({"style": style} if style else {})}


def link(address: str, shown: str, *, bold: bool = False) -> Json:
    return {"type": "link", "url": address, "text": shown, **({"style": {"bold": True}} if bold else {})}


def channel(identifier: str) -> Json:
    """A channel's name, which only those see who may."""
    return {"type": "channel", "channel_id": identifier}


def user(identifier: str) -> Json:
    """Somebody's name; only for answers to one person, because it notifies."""
    return {"type": "user", "user_id": identifier}


_CODE = re.compile(r"`([^`\n]+)`")
PERSON = re.compile(r"<@([UW][A-Z0-9]{2,20})>")


def sentence(shown: str) -> list[Json]:
    """A sentence of the catalogues: what stands between backticks is code."""
    pieces = _CODE.split(shown)
    return [text(piece, code=bool(index % 2)) for index, piece in enumerate(pieces) if piece]


def line(*elements: Json) -> Json:
    """A paragraph; elements without text, which Slack refuses, are left out."""
    kept = [one for one in elements if one["type"] != "text" or one["text"]]
    return {"type": "rich_text_section", "elements": kept}


def quote(*elements: Json) -> Json:
    return {"type": "rich_text_quote", "elements": list(elements)}


def preformatted(shown: str) -> Json:
    return {"type": "rich_text_preformatted", "elements": [text(shown)]}


def numbered(lines: Iterable[Json]) -> Json:
    return {"type": "rich_text_list", "style": "ordered", "elements": list(lines)}


def bullets(lines: Iterable[Json]) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def rich(*parts: Json) -> Json:
    """A block of such paragraphs, lists and quotes; empty ones are left out."""
    return {"type": "rich_text", "elements": [part for part in parts if part["elements"]]}


# --- blocks -----------------------------------------------------------------------------------


def plain_text(shown: str, room: int, *, emoji: bool = False) -> Json:
    return {"type": "plain_text", "text": clip(shown, room) or "…", "emoji": emoji}


def header(shown: str) -> Json:
    return {"type": "header", "text": plain_text(shown, HEADER)}


def context(*shown: str) -> Json:
    """Small print, one element a text."""
    return {"type": "context", "elements": [plain_text(one, CONTEXT) for one in shown if one][:10]}


def divider() -> Json:
    return {"type": "divider"}


def actions(*elements: Json, block: str = "") -> Json:
    return {"type": "actions", **({"block_id": block} if block else {}), "elements": list(elements)[:25]}


def button(
    shown: str, action: str, value: str = "", *, address: str = "", primary: bool = False, spoken: str = ""
) -> Json:
    """A button; with `address` it opens a page. `spoken` is what a screen reader says instead."""
    made: Json = {"type": "button", "action_id": action, "text": plain_text(shown, BUTTON, emoji=True)}
    if value:
        made["value"] = value
    if address:
        made["url"] = address
    if primary:
        made["style"] = "primary"
    if spoken:
        made["accessibility_label"] = clip(spoken, BUTTON)
    return made


def option(shown: str, value: str) -> Json:
    return {"text": plain_text(shown, OPTION), "value": value}


def length(blocks: Sequence[Mapping[str, Any]]) -> int:
    """All characters of the blocks, as `TOTAL` counts them."""
    return sum(_length(block) for block in blocks)


def _length(value: object) -> int:
    if isinstance(value, Mapping):
        return sum(width(v) if k == "text" and isinstance(v, str) else _length(v) for k, v in value.items())
    return sum(map(_length, value)) if isinstance(value, list | tuple) else 0
