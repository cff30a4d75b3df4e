"""Answers of the core as messages of Slack. Pure."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.cards import Message, choices, sheet
from adapters.slack.render import FORM, render
from bot.models import Document, Headline, Layout, PaperView, Part, Reply
from bot.words import Words, plain, words_for
from bot.words.replies import reply_lines

_MOST_BLOCKS = 50
_LINES = 8_000  # characters of an answer's sentences; help is the longest
_MANY = 3  # an answer of so many sentences is a list


def message(reply: Reply, *, share: bool = False, settings: str = "") -> Message:
    """The reply for one person. `share`: a paper in it can be posted into the channel; `settings`: with a button that
    opens the form of that channel."""
    words = words_for(reply.language)
    made: list[Json] = []
    lines = reply_lines(words, reply, lambda user: f"<@{user}>")
    if lines:
        made.append(_said(lines))
    spoken = [b.escaped(b.PERSON.sub(r"@\1", "\n".join(lines)))] if lines else []
    for part in _fitting(reply.parts, words):
        shown = sheet(part, words, share=share) if isinstance(part, PaperView) else render(part, words)
        if made and not isinstance(part, PaperView):
            made.append(b.divider())
        made += shown.blocks
        spoken.append(shown.text)
    made += choices(reply.choices, words)
    for document in reply.documents:
        made.append(_document(document, (b.TOTAL - _LINES // 2) // len(reply.documents)))
        spoken.append(b.escaped(document.name))
    if any(b.width(one.text) > (b.TOTAL - _LINES // 2) // len(reply.documents) for one in reply.documents):
        made.append(b.rich(b.line(*b.sentence(words.say("chat.document_cut")))))
    if settings:
        made.append(b.actions(b.button(words.say("button.settings"), FORM, settings)))
    return Message("\n".join(spoken)[: b.FALLBACK] or "…", made[:_MOST_BLOCKS])


def _said(lines: tuple[str, ...]) -> Json:
    """One line a sentence; many are a list. A person's id stands as `<@U…>` in them, and becomes their name."""
    room = _LINES if sum(map(b.width, lines)) <= _LINES else _LINES // len(lines)
    shown = [b.line(*_elements(b.clip(line, room))) for line in lines]
    if len(lines) < _MANY:
        joined = [element for number, one in enumerate(shown) for element in _broken(one["elements"], number)]
        return b.rich(b.line(*joined))
    return b.rich(b.bullets(shown))


def _broken(elements: list[Json], number: int) -> list[Json]:
    """The elements on a line of their own, below the one before."""
    if not number or not elements:
        return elements
    first = elements[0]
    return [{**first, "text": f"\n{first['text']}"}, *elements[1:]] if first["type"] == "text" else elements


def _elements(line: str) -> list[Json]:
    found: list[Json] = []
    for index, piece in enumerate(b.PERSON.split(line)):
        found += [b.user(piece)] if index % 2 else b.sentence(piece)
    return found


def _fitting(parts: tuple[Part, ...], words: Words) -> tuple[Part, ...]:
    """All parts where they fit into one message, else the headline, with the summaries that the cards would have."""
    if len(parts) < 2:
        return parts  # each fits by itself
    made = [render(part, words) for part in parts]
    if sum(len(one.blocks) + 1 for one in made) < _MOST_BLOCKS - 3 and sum(map(_length, made)) <= b.TOTAL - _LINES // 2:
        return parts
    first = parts[0]
    return (replace(first, layout=Layout.COMPACT),) if isinstance(first, Headline) else parts[:1]


def _length(shown: Message) -> int:
    return b.length(shown.blocks)


def _document(document: Document, room: int) -> Json:
    """A text to copy."""
    return b.rich(b.line(b.text(document.name, bold=True)), b.preformatted(b.clip(plain(document.text), room) or "…"))
