"""Render the core's replies as Slack messages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from itertools import groupby, zip_longest

from adapters.common.cutting import split
from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.cards import Message, around, paper_view
from adapters.slack.claims import answer
from adapters.slack.menus import NO_THREAD, choices, setting_menu
from adapters.slack.render import FORM, STEP, render
from bot.models import Document, Headline, Layout, NextStep, PaperView, Part, Reply
from bot.words import Words, plain, words_for
from bot.words.replies import reply_lines

_MOST_BLOCKS = 50
_LINES = 8_000  # units of sentences in a message
_BESIDE_PARTS = 1_000  # units of sentences in a message with a paper or a digest
_MOST_LINES = 100
_WHOLE = re.compile(r"(`[^`\n]+`|<@[UW][A-Z0-9]{2,20}>)")
_NUMBERED = re.compile(r"\d+\. ")
_MANY = 3  # sentences; this many are shown as a list


def messages(
    reply: Reply, *, share: bool = False, settings: str = "", menu: str = "", thread: str = "", notify: bool = True
) -> list[Message]:
    """Render a reply for one person as one message, or several if it has more text or parts than fit into one.

    With `share`, a paper or an answer in it gets a button that posts it to the channel. The last message offers the
    settings form of the channel with the id `settings`, and the values of the command named `menu`; neither where that
    is empty. A paper picked for a question is asked about in the `thread`. `notify` makes mentions of the people in it.
    """
    words = words_for(reply.language)
    lines = reply_lines(words, reply, lambda user: f"<@{user}>")
    pages = _pages(lines if notify else tuple(b.PERSON.sub(r"@\1", line) for line in lines))
    groups = _grouped(reply.parts, words)
    if not (pages or groups or reply.choices or reply.documents or reply.details or reply.answer):
        pages = [(words.say("chat.empty"),)]
    beside = _BESIDE_PARTS if groups else _LINES // 2 if reply.documents or reply.choices else _LINES
    alone = pages if pages and sum(map(b.width, pages[-1])) > beside else pages[:-1]
    shown = [Message(_spoken(lines), [_said(lines)]) for lines in alone]
    blocks, spoken = [], []
    if lines := () if len(alone) == len(pages) else pages[-1]:
        blocks, spoken = [_said(lines)], [_spoken(lines)]
    for number, group in enumerate(groups):
        if number:
            shown.append(_message(blocks, spoken))
            blocks, spoken = [], []
        for part in group:
            rendered = paper_view(part, words, share=share) if isinstance(part, PaperView) else render(part, words)
            if blocks and not isinstance(part, PaperView):
                blocks.append(b.divider())
            blocks += rendered.blocks
            spoken.append(rendered.text)
    asked = f"{reply.asked} {thread or NO_THREAD}" if reply.asked else ""
    blocks += choices(reply.choices, words, "\n".join(line for page in pages for line in page), asked)
    for one in _more(reply, words, share=share):
        blocks += one.blocks
        spoken.append(one.text)
    room = (b.TOTAL - _LINES // 2) // max(len(reply.documents), 1)
    for document in reply.documents:
        blocks.append(_document(document, room))
        spoken.append(b.escaped(document.name))
    if any(b.width(one.text) > room for one in reply.documents):
        blocks.append(b.rich(b.line(*b.sentence(words.say("chat.document_cut")))))
    offered = [_step(step, words, settings) for step in reply.steps] or setting_menu(menu, words)
    if settings and not reply.steps:
        offered.append(b.button(words.say("button.settings"), FORM, settings))
    if offered:
        blocks.append(b.actions(*offered))
    return [*shown, _message(blocks, spoken)] if blocks else shown


def _more(reply: Reply, words: Words, *, share: bool) -> Iterator[Message]:
    """Yield the answer to a question, and what is around a paper."""
    if reply.answer:
        yield answer(reply.answer, share=share).whole
    if reply.details:
        yield around(reply.details, words)


def message(reply: Reply) -> Message:
    """Render a reply that is known to fit into one message."""
    return messages(reply)[0]


def _message(blocks: list[Json], spoken: list[str]) -> Message:
    return Message("\n".join(spoken)[: b.FALLBACK] or "…", blocks[:_MOST_BLOCKS])


def _spoken(lines: tuple[str, ...]) -> str:
    return b.escaped(b.PERSON.sub(r"@\1", "\n".join(lines)))


def _pages(lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Distribute the lines over as few messages as possible; a line that is too long for one is split."""
    pages: list[tuple[str, ...]] = []
    for line in (piece for whole in lines for piece in split(_pieces(whole), _LINES)):
        if pages and len(pages[-1]) < _MOST_LINES and sum(map(b.width, pages[-1])) + b.width(line) <= _LINES:
            pages[-1] = (*pages[-1], line)
        else:
            pages.append((line,))
    return pages


def _pieces(line: str) -> Iterator[str]:
    """Yield the characters of a line, with a command or a mention in one piece."""
    for piece in _WHOLE.split(line):
        if _WHOLE.fullmatch(piece) and b.width(piece) <= _LINES:
            yield piece
        else:
            yield from piece


def _step(step: NextStep, words: Words, settings: str) -> Json:
    """The button of a step; that of the settings opens their form, where the channel is known."""
    label = words.say(f"step.{step.value}")
    if step is NextStep.SETTINGS and settings:
        return b.button(label, FORM, settings)
    return b.button(label, f"{STEP}{step.value}", step.value, primary=step is NextStep.SUBSCRIBE)


def _said(lines: tuple[str, ...]) -> Json:
    """Show one sentence per line, or lists if there are many. A user id (`<@U…>`) in them becomes a mention.

    A line that ends in a colon, or stands above numbered ones, is a heading of those below it.
    """
    if len(lines) < _MANY:
        return b.rich(b.line(*_joined([_elements(line) for line in lines])))
    kinds = [_kind(line, below) for line, below in zip_longest(lines, lines[1:], fillvalue="")]
    groups = groupby(zip(kinds, lines, strict=True), lambda pair: pair[0])
    return b.rich(*(part for kind, group in groups for part in _listed(kind, [line for _, line in group])))


class _Kind(Enum):
    HEADING = auto()
    NUMBERED = auto()
    OTHER = auto()


def _kind(line: str, below: str) -> _Kind:
    if _NUMBERED.match(line):
        return _Kind.NUMBERED
    return _Kind.HEADING if line.endswith((":", "\uff1a")) or _NUMBERED.match(below) else _Kind.OTHER


def _listed(kind: _Kind, lines: list[str]) -> Iterator[Json]:
    """Yield the lines of one kind as paragraphs or as a list."""
    if kind is _Kind.HEADING:
        yield from (b.line(*(_headed(line, one) for one in _elements(line))) for line in lines)
    elif len(lines) == 1 and kind is _Kind.OTHER:
        yield b.line(*_elements(lines[0]))
    elif kind is _Kind.NUMBERED and all(line.startswith(f"{n}. ") for n, line in enumerate(lines, 1)):
        yield b.numbered(b.line(*_elements(_NUMBERED.sub("", line))) for line in lines)
    else:
        yield b.bullets(b.line(*_elements(line)) for line in lines)


def _headed(line: str, element: Json) -> Json:
    """Return the element of a heading in bold, unless the line is whole sentences."""
    return {**element, "style": {"bold": True}} if _is_plain(element) and ". " not in line else element


def _joined(lines: list[list[Json]]) -> list[Json]:
    """Return the lines' elements as one paragraph. The breaks stand in plain text, never in code or a name."""
    joined: list[Json] = []
    for elements in filter(None, lines):
        rest = elements
        if joined and _is_plain(joined[-1]):
            joined[-1] = {**joined[-1], "text": f"{joined[-1]['text']}\n"}
        elif joined and _is_plain(elements[0]):
            rest = [{**elements[0], "text": f"\n{elements[0]['text']}"}, *elements[1:]]
        elif joined:
            joined.append(b.text("\n"))
        joined += rest
    return joined


def _is_plain(element: Json) -> bool:
    return element["type"] == "text" and not element.get("style")


def _elements(line: str) -> list[Json]:
    elements: list[Json] = []
    for index, piece in enumerate(b.PERSON.split(line)):
        elements += [b.user(piece)] if index % 2 else b.sentence(piece)
    return elements


def _grouped(parts: tuple[Part, ...], words: Words) -> list[tuple[Part, ...]]:
    """Distribute the parts over as few messages as possible. A digest that needs several is shown compact in one."""
    groups: list[tuple[Part, ...]] = []
    blocks = length = 0
    for part in parts:
        rendered = render(part, words)
        blocks, length = blocks + len(rendered.blocks) + 1, length + _length(rendered)
        if groups and blocks < _MOST_BLOCKS - 3 and length <= b.TOTAL - _LINES // 2:
            groups[-1] = (*groups[-1], part)
        else:
            groups.append((part,))
            blocks, length = len(rendered.blocks) + 1, _length(rendered)
    if len(groups) > 1 and isinstance(parts[0], Headline):
        return [(replace(parts[0], layout=Layout.COMPACT),)]
    return groups


def _length(rendered: Message) -> int:
    return b.length(rendered.blocks)


def _document(document: Document, room: int) -> Json:
    """Show a document as preformatted text, ready to copy."""
    return b.rich(b.line(b.text(document.name, bold=True)), b.preformatted(b.clip(plain(document.text), room) or "…"))
