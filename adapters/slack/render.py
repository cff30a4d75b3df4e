"""Parts as messages of Slack. Pure: values and words in, blocks and their fallback text out.

What came from outside is stripped of what cannot be seen, stands in `rich_text` or `plain_text` (see `blocks`), and is
cut so that Slack takes the message.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.cards import TAKEAWAY, TITLE, Message, body_of, card, linked, sheet, takeaway, title_of
from bot.models import Card, Digest, Entry, Greeting, Headline, Layout, Notice, Page, PaperView, Part
from bot.words import Words, sentences

# What a click means; `adapters.slack.forms` and `adapters.slack.asking` do it.
FORM, PREVIEW = "digest.form", "digest.preview"

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
    digest = part.digest
    title = words.say("digest.title", date=words.day(digest.date))
    made = [b.header(title), b.context(sentences.status_line(words, digest))]
    if why_not := sentences.empty(words, digest):
        made.append(b.rich(b.line(b.text(b.clip(why_not, b.CONTEXT)))))
    hint = words.say(f"headline.hint.{part.layout.value}") if digest.entries else ""
    if digest.entries:
        room = b.TOTAL - b.length(made) - b.width(hint)
        made.append(_items(digest, words, room, more=part.layout is Layout.COMPACT))
        made.append(b.context(hint))
    named = "\n".join(f"{entry.rank}. {title_of(entry.paper, words)}" for entry in digest.entries)
    return Message(b.escaped("\n".join(filter(None, [title, why_not, named]))), made)


def _items(digest: Digest, words: Words, room: int, *, more: bool) -> Json:
    share = room // len(digest.entries)
    return b.rich(b.numbered(b.line(*_item(entry, words, share, more=more)) for entry in digest.entries))


def _item(entry: Entry, words: Words, room: int, *, more: bool) -> Iterator[Json]:
    """One paper's lines in a headline."""
    title = b.clip(title_of(entry.paper, words), min(TITLE, room // 2))
    yield linked(entry.paper, title)
    room -= b.width(title) + 2
    said = takeaway(entry, words)
    if said and room > 2:
        shown = b.clip(said, min(TAKEAWAY, room))
        yield b.text(f"\n{shown}", bold=more and entry.summary is not None)
        room -= b.width(shown) + 1
    body = b.clip(body_of(entry.summary.text), room) if more and entry.summary else ""
    if body:
        yield b.text(f"\n{body}")


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
    said = words.say("greeting.text")
    buttons = [
        b.button(words.say("greeting.subscribe"), FORM, "subscribe", primary=True),
        b.button(words.say("greeting.preview"), PREVIEW, "preview"),
    ]
    return Message(b.escaped(said), [b.rich(b.line(*b.sentence(said))), b.actions(*buttons)])


def channel_of(name: str) -> str:
    """The channel's id of a ChannelKey's name (`T1/C1`)."""
    return name.partition("/")[2]
