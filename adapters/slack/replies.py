"""Render the core's replies as Slack messages. Pure."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.cards import Message, choices, paper_view
from adapters.slack.render import FORM, STEP, render
from bot.models import Document, Headline, Layout, NextStep, PaperView, Part, Reply
from bot.words import Words, plain, words_for
from bot.words.replies import reply_lines

_MOST_BLOCKS = 50
_LINES = 8_000  # characters of an answer's sentences; help is the longest
_MANY = 3  # sentences; this many are shown as a list


def message(reply: Reply, *, share: bool = False, settings: str = "") -> Message:
    """Render a reply for one person.

    With `share`, a paper in it gets a button that posts it to the channel. `settings` is the id of a channel whose
    settings form a button opens, empty for no button.
    """
    words = words_for(reply.language)
    blocks: list[Json] = []
    lines = reply_lines(words, reply, lambda user: f"<@{user}>")
    if lines:
        blocks.append(_said(lines))
    spoken = [b.escaped(b.PERSON.sub(r"@\1", "\n".join(lines)))] if lines else []
    for part in _fitting(reply.parts, words):
        rendered = paper_view(part, words, share=share) if isinstance(part, PaperView) else render(part, words)
        if blocks and not isinstance(part, PaperView):
            blocks.append(b.divider())
        blocks += rendered.blocks
        spoken.append(rendered.text)
    blocks += choices(reply.choices, words)
    for document in reply.documents:
        blocks.append(_document(document, (b.TOTAL - _LINES // 2) // len(reply.documents)))
        spoken.append(b.escaped(document.name))
    if any(b.width(one.text) > (b.TOTAL - _LINES // 2) // len(reply.documents) for one in reply.documents):
        blocks.append(b.rich(b.line(*b.sentence(words.say("chat.document_cut")))))
    if reply.steps:
        blocks.append(b.actions(*(_step(step, words, settings) for step in reply.steps)))
    elif settings:
        blocks.append(b.actions(b.button(words.say("button.settings"), FORM, settings)))
    return Message("\n".join(spoken)[: b.FALLBACK] or "…", blocks[:_MOST_BLOCKS])


def _step(step: NextStep, words: Words, settings: str) -> Json:
    """The button of a step; that of the settings opens their form, where the channel is known."""
    label = words.say(f"step.{step.value}")
    if step is NextStep.SETTINGS and settings:
        return b.button(label, FORM, settings)
    return b.button(label, f"{STEP}{step.value}", step.value, primary=step is NextStep.SUBSCRIBE)


def _said(lines: tuple[str, ...]) -> Json:
    """Show one sentence per line, or a list if there are many. A user id (`<@U…>`) in them becomes a mention."""
    room = _LINES if sum(map(b.width, lines)) <= _LINES else _LINES // len(lines)
    sections = [b.line(*_elements(b.clip(line, room))) for line in lines]
    if len(lines) < _MANY:
        joined = [element for number, one in enumerate(sections) for element in _broken(one["elements"], number)]
        return b.rich(b.line(*joined))
    return b.rich(b.bullets(sections))


def _broken(elements: list[Json], number: int) -> list[Json]:
    """Return the elements with a line break in front, outside code and names, except for the first line."""
    if not number or not elements:
        return elements
    first = elements[0]
    if first["type"] == "text" and not first.get("style"):
        return [{**first, "text": f"\n{first['text']}"}, *elements[1:]]
    return [b.text("\n"), *elements]


def _elements(line: str) -> list[Json]:
    elements: list[Json] = []
    for index, piece in enumerate(b.PERSON.split(line)):
        elements += [b.user(piece)] if index % 2 else b.sentence(piece)
    return elements


def _fitting(parts: tuple[Part, ...], words: Words) -> tuple[Part, ...]:
    """Return all parts if they fit into one message, otherwise the headline with the cards' summaries."""
    if len(parts) < 2:
        return parts  # each fits by itself
    messages = [render(part, words) for part in parts]
    if (
        sum(len(one.blocks) + 1 for one in messages) < _MOST_BLOCKS - 3
        and sum(map(_length, messages)) <= b.TOTAL - _LINES // 2
    ):
        return parts
    first = parts[0]
    return (replace(first, layout=Layout.COMPACT),) if isinstance(first, Headline) else parts[:1]


def _length(rendered: Message) -> int:
    return b.length(rendered.blocks)


def _document(document: Document, room: int) -> Json:
    """Show a document as preformatted text, ready to copy."""
    return b.rich(b.line(b.text(document.name, bold=True)), b.preformatted(b.clip(plain(document.text), room) or "…"))
