"""Parts as messages of Slack. Pure: values and words in, blocks and their fallback text out.

What came from outside is stripped of what cannot be seen, stands in `rich_text` or `plain_text` (see `blocks`), and is
cut so that Slack takes the message.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.cards import TAKEAWAY, TITLE, Message, card, linked, sheet
from bot.models import Card, Greeting, Headline, Notice, Page, PaperView, Part
from bot.words import Words, sentences
from bot.words.layout import ButtonKind, ItemLayout, greeting_layout, headline_layout

# What a click means; `adapters.slack.forms` and `adapters.slack.asking` do it.
FORM, PREVIEW = "digest.form", "digest.preview"
_ACTIONS = {ButtonKind.SUBSCRIBE: FORM, ButtonKind.PREVIEW: PREVIEW}

_NOTICE = 2_000


def render(part: Part, words: Words) -> Message:
    """The part as a message in a channel. Raises ValueError for a Page, which has no place in a chat."""
    match part:
        case Headline():
            return _headline(part, words)
        case Card():
            return card(part, words)
        case PaperView():
            return sheet(part, words)
        case Notice():
            return _notice(part, words)
        case Greeting():
            return _greeting(words)
        case Page():
            raise ValueError("a page has no place in a chat")


# --- the headline -----------------------------------------------------------------------------


def _headline(part: Headline, words: Words) -> Message:
    shown = headline_layout(part, words)
    made = [b.header(shown.title), b.context(shown.status)]
    if shown.empty:
        made.append(b.rich(b.line(b.text(b.clip(shown.empty, b.CONTEXT)))))
    if shown.items:
        room = b.TOTAL - b.length(made) - b.width(shown.hint)
        share = room // len(shown.items)
        made.append(b.rich(b.numbered(b.line(*_item(item, share)) for item in shown.items)))
        made.append(b.context(shown.hint))
    named = "\n".join(f"{item.number}. {item.title}" for item in shown.items)
    return Message(b.escaped("\n".join(filter(None, [shown.title, shown.empty, named]))), made)


def _item(item: ItemLayout, room: int) -> Iterator[Json]:
    """One paper's lines in a headline."""
    title = b.clip(item.title, min(TITLE, room // 2))
    yield linked(item.link, title)
    room -= b.width(title) + 2
    if item.lead and room > 2:
        lead = b.clip(item.lead, min(TAKEAWAY, room))
        yield b.text(f"\n{lead}", bold=bool(item.text))
        room -= b.width(lead) + 1
    if text := b.clip(item.text, room):
        yield b.text(f"\n{text}")


# --- short messages ---------------------------------------------------------------------------


def _notice(notice: Notice, words: Words) -> Message:
    said = b.clip(sentences.notice(words, notice), _NOTICE)
    about = [b.channel(channel_of(notice.about.name))] if notice.about else []
    spaced = f"{said} " if about else said
    # A backtick that came from outside is no markup of ours.
    foreign = any("`" in value for _, value in notice.arguments if isinstance(value, str))
    shown = [b.text(spaced)] if foreign else b.sentence(spaced)
    return Message(b.escaped(said), [b.rich(b.line(*shown, *about))])


def _greeting(words: Words) -> Message:
    shown = greeting_layout(words)
    buttons = [b.button(one.label, _ACTIONS[one.kind], one.kind.value, primary=one.primary) for one in shown.buttons]
    return Message(b.escaped(shown.text), [b.rich(b.line(*b.sentence(shown.text))), b.actions(*buttons)])


def channel_of(name: str) -> str:
    """The channel's id of a ChannelKey's name (`T1/C1`)."""
    return name.partition("/")[2]
