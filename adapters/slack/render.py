"""Render parts as Slack messages. Pure: values and words in, blocks and their fallback text out.

Untrusted text is stripped of invisible characters, placed in `rich_text` or `plain_text` (see `blocks`), and cut to
Slack's limits.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.cards import TAKEAWAY, TITLE, Message, card, linked, news_card, paper_view
from adapters.slack.claims import answer
from bot.models import AnswerView, Card, Greeting, Headline, News, Notice, Page, PaperView, Part
from bot.words import Words, sentences
from bot.words.layout import ButtonKind, ItemLayout, greeting_layout, headline_layout

# Action ids, handled in `adapters.slack.forms` and `adapters.slack.asking`.
FORM, PREVIEW = "digest.form", "digest.preview"
STEP = "digest.step."  # followed by the word of `/digest` that does it
_ACTIONS = {ButtonKind.SUBSCRIBE: FORM, ButtonKind.PREVIEW: PREVIEW}

_NOTICE = 2_000


def render(part: Part, words: Words) -> Message:
    """Render a part for a channel. Raises ValueError for a Page, which a chat cannot show."""
    match part:
        case Headline():
            return _headline(part, words)
        case Card():
            return card(part, words)
        case PaperView():
            return paper_view(part, words)
        case Notice():
            return _notice(part, words)
        case News():
            return news_card(part, words)
        case Greeting():
            return _greeting(words)
        case AnswerView():
            return answer(part).whole
        case Page():
            raise ValueError("a page has no place in a chat")


# --- the headline -----------------------------------------------------------------------------


def _headline(part: Headline, words: Words) -> Message:
    layout = headline_layout(part, words)
    blocks = [b.header(layout.title), b.context(layout.status)]
    if layout.empty:
        blocks.append(b.rich(b.line(b.text(b.clip(layout.empty, b.CONTEXT)))))
    if layout.items:
        room = b.TOTAL - b.length(blocks) - b.width(layout.hint)
        share = room // len(layout.items)
        blocks.append(b.rich(b.numbered(b.line(*_item(item, share)) for item in layout.items)))
        blocks.append(b.context(layout.hint))
    named = "\n".join(f"{item.number}. {item.title}" for item in layout.items)
    return Message(b.escaped("\n".join(filter(None, [layout.title, layout.empty, named]))), blocks)


def _item(item: ItemLayout, room: int) -> Iterator[Json]:
    """Yield one paper's lines in a headline."""
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
    text = b.clip(sentences.notice(words, notice), _NOTICE)
    about = [b.channel(channel_of(notice.about.name), words.say("chat.direct"))] if notice.about else []
    spaced = f"{text} " if about else text
    # A backtick from an argument must not start code.
    foreign = any("`" in value for _, value in notice.arguments if isinstance(value, str))
    elements = [b.text(spaced)] if foreign else b.sentence(spaced)
    return Message(b.escaped(text), [b.rich(b.line(*elements, *about))])


def _greeting(words: Words) -> Message:
    layout = greeting_layout(words)
    buttons = [b.button(one.label, _ACTIONS[one.kind], one.kind.value, primary=one.primary) for one in layout.buttons]
    return Message(b.escaped(layout.text), [b.rich(b.line(*b.sentence(layout.text))), b.actions(*buttons)])


def channel_of(name: str) -> str:
    """Return the channel id from a ChannelKey's name (`T1/C1` -> `C1`)."""
    return name.partition("/")[2]
