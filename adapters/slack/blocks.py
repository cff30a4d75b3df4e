"""Block Kit: each function builds one block or element, cut to Slack's limits. Pure.

Untrusted text goes into `rich_text` and `plain_text`, which Slack shows verbatim: the only markup, mentions and links
in them are those built here (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block).
Only the fallback `text` of a message and the rare `mrkdwn` need escaping.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.common.cutting import cut, units

Json = dict[str, Any]

# https://docs.slack.dev/reference/block-kit: limits in characters for each kind of text.
HEADER = 150
CONTEXT = 2_000  # Slack allows 3,000; small print should be short
BUTTON = 75
VALUE = 2_000
ADDRESS = 3_000
OPTION = 75
OPTIONS = 100  # of a menu
PLACEHOLDER = 150
# For all blocks together: Slack refuses about 13,200 (slackapi/bolt-js#2509), whatever the limits of each.
TOTAL = 12_000
# Slack splits `text` beyond 4,000 into several messages.
FALLBACK = 3_000
width = units  # upper bound of a text's length as Slack counts it
# Each dot of what may be a domain, and the colon of an address.
_ADDRESS = re.compile(
    r"(?<=\w)\.(?=(?:[\w-]{1,63}\.){0,8}[^\W\d_]{2})|(?<=www)\.|(?<=\w):(?=//)|(?<=mailto):", re.IGNORECASE
)
_WORD_JOINER = "\u2060"
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def clip(text: str, room: int) -> str:
    """Return the text in at most `room` UTF-16 units, ending in `…` if cut."""
    return cut(text, room)


def escaped(text: str, room: int = FALLBACK) -> str:
    """Escape text for `mrkdwn`: it cannot mention anybody, and nothing in it becomes a link. No entity is cut in two.

    `& < >` become entities (https://docs.slack.dev/messaging/formatting-message-text#escaping). Slack also makes links
    of whatever looks like an address, such as `cs.AI`; an invisible character beside the dot keeps it from that.
    """
    apart = _ADDRESS.sub(f"{_WORD_JOINER}\\g<0>{_WORD_JOINER}", text)
    return cut((_ESCAPES.get(character, character) for character in apart), room)


def unescaped(text: str) -> str:
    """Return what a person typed; Slack sends `& < >` as entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# --- rich text --------------------------------------------------------------------------------


def text(content: str, *, bold: bool = False, code: bool = False) -> Json:
    style = {name: True for name, wanted in (("bold", bold), ("code", code)) if wanted}
    return {"type": "text", "text": content, **({"style": style} if style else {})}


def link(address: str, content: str, *, bold: bool = False) -> Json:
    return {"type": "link", "url": address, "text": content, **({"style": {"bold": True}} if bold else {})}


def channel(identifier: str, direct: str) -> Json:
    """Mention a channel; Slack shows its name only to people who may see it.

    Direct messages have no name that Slack could show: `direct` stands for them.
    """
    if identifier.startswith("D"):
        return text(direct, bold=True)
    return {"type": "channel", "channel_id": identifier}


def user(identifier: str) -> Json:
    """Mention a user. Only for answers to one person, because it notifies."""
    return {"type": "user", "user_id": identifier}


_CODE = re.compile(r"`([^`\n]+)`")
PERSON = re.compile(r"<@([UW][A-Z0-9]{2,20})>")


def sentence(content: str) -> list[Json]:
    """Return the elements of a catalogue sentence, with text between backticks as code."""
    pieces = _CODE.split(content)
    return [text(piece, code=bool(index % 2)) for index, piece in enumerate(pieces) if piece]


def line(*elements: Json) -> Json:
    """Build a paragraph, leaving out empty text elements, which Slack refuses."""
    filled = [one for one in elements if one["type"] != "text" or one["text"]]
    return {"type": "rich_text_section", "elements": filled}


def quote(*elements: Json) -> Json:
    return {"type": "rich_text_quote", "elements": list(elements)}


def preformatted(content: str) -> Json:
    return {"type": "rich_text_preformatted", "elements": [text(content)]}


def numbered(lines: Iterable[Json], *, first: int = 1) -> Json:
    """Build a numbered list; `first` is the number of its first line."""
    offset = {"offset": first - 1} if first > 1 else {}
    return {"type": "rich_text_list", "style": "ordered", "elements": list(lines), **offset}


def bullets(lines: Iterable[Json]) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def rich(*parts: Json) -> Json:
    """Build a rich text block of paragraphs, lists and quotes, leaving out empty ones."""
    return {"type": "rich_text", "elements": [part for part in parts if part["elements"]]}


# --- blocks -----------------------------------------------------------------------------------


def plain_text(content: str, room: int, *, emoji: bool = False) -> Json:
    return {"type": "plain_text", "text": clip(content, room) or "…", "emoji": emoji}


def header(content: str) -> Json:
    return {"type": "header", "text": plain_text(content, HEADER)}


def context(*shown: str) -> Json:
    """Build a line of small print, one element per text."""
    return {"type": "context", "elements": [plain_text(one, CONTEXT) for one in shown if one][:10]}


def divider() -> Json:
    return {"type": "divider"}


def actions(*elements: Json, block: str = "") -> Json:
    return {"type": "actions", **({"block_id": block} if block else {}), "elements": list(elements)[:25]}


def button(
    label: str, action: str, value: str = "", *, address: str = "", primary: bool = False, spoken: str = ""
) -> Json:
    """Build a button, which opens a page if it has an `address`. A screen reader says `spoken` instead of the label."""
    element: Json = {"type": "button", "action_id": action, "text": plain_text(label, BUTTON, emoji=True)}
    if value:
        element["value"] = value
    if address:
        element["url"] = address
    if primary:
        element["style"] = "primary"
    if spoken:
        element["accessibility_label"] = clip(spoken, BUTTON)
    return element


def option(label: str, value: str, about: str = "") -> Json:
    described = {"description": plain_text(about, OPTION)} if about else {}
    return {"text": plain_text(label, OPTION), "value": value, **described}


def select(placeholder: str, action: str, options: Iterable[Json]) -> Json:
    """Build a menu of at most 100 options."""
    shown = list(options)[:OPTIONS]
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain_text(placeholder, PLACEHOLDER),
        "options": shown,
    }


def length(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Return the characters of all blocks, as `TOTAL` counts them."""
    return sum(_length(block) for block in blocks)


def _length(value: object) -> int:
    if isinstance(value, Mapping):
        return sum(width(v) if k == "text" and isinstance(v, str) else _length(v) for k, v in value.items())
    return sum(map(_length, value)) if isinstance(value, list | tuple) else 0
