"""Parts as messages of Slack. Pure: values and words in, blocks and their fallback text out.

What came from outside is stripped of what cannot be seen, stands in `rich_text` or `plain_text` (see `blocks`), and is
cut so that Slack takes the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from bot.models import (
    Card,
    Digest,
    Entry,
    Excerpt,
    Failure,
    Greeting,
    Headline,
    Layout,
    Notice,
    Page,
    Paper,
    Part,
    Sheet,
    Style,
    Summary,
)
from bot.words import Words, one_line, plain, sentences, web_link, without_bold

# What a click means; `adapters.slack.clicks` does it.
DETAILS, CITE, SHARE, CHOOSE = "paper.details", "paper.cite", "paper.share", "paper.choose"
FORM, PREVIEW = "digest.form", "digest.preview"
OPEN = "open."  # begins the name of buttons that only open a page

_TITLE = 300
_TAKEAWAY = 400
_NOTICE = 2_000
_LONGEST_ADDRESS = 500  # of a link; a longer one is no paper's
_ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is what notifications and screen readers have, in mrkdwn."""

    text: str
    blocks: list[Json]


def render(part: Part, words: Words) -> Message:
    """The part as a message in a channel. Raises ValueError for a Page, which has no place in a chat."""
    match part:
        case Headline():
            return _headline(part, words)
        case Card():
            return _card(part, words)
        case Sheet():
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
    named = "\n".join(f"{entry.rank}. {_title(entry.paper, words)}" for entry in digest.entries)
    return Message(b.escaped("\n".join(filter(None, [title, why_not, named]))), made)


def _items(digest: Digest, words: Words, room: int, *, more: bool) -> Json:
    share = room // len(digest.entries)
    return b.rich(b.numbered(b.line(*_item(entry, words, share, more=more)) for entry in digest.entries))


def _item(entry: Entry, words: Words, room: int, *, more: bool) -> Iterator[Json]:
    """One paper's lines in a headline."""
    title = b.clip(_title(entry.paper, words), min(_TITLE, room // 2))
    yield _linked(entry.paper, title)
    room -= b.width(title) + 2
    takeaway = _takeaway(entry, words)
    if takeaway and room > 2:
        shown = b.clip(takeaway, min(_TAKEAWAY, room))
        yield b.text(f"\n{shown}")
        room -= b.width(shown) + 1
    body = b.clip(_body(entry.summary.text), room) if more and entry.summary else ""
    if body:
        yield b.text(f"\n{body}")


def _takeaway(entry: Entry, words: Words) -> str:
    if entry.summary:
        return one_line(entry.summary.headline)
    return sentences.failure(words, entry.failure) if entry.failure else ""


# --- one paper --------------------------------------------------------------------------------


def _card(card: Card, words: Words) -> Message:
    entry = card.entry
    title = b.clip(_title(entry.paper, words), _TITLE)
    above = [
        b.rich(b.line(b.text(f"{entry.rank}. ", bold=True), _linked(entry.paper, title))),
        *_facts(entry.paper, words),
    ]
    why = sentences.why(words, entry.reasons)
    below = [*([b.context(why)] if why else []), b.actions(*_buttons(entry.paper, words, Style.BRIEF))]
    texts = _texts(entry.summary, entry.failure, entry.excerpt, words, b.TOTAL - b.length([*above, *below]))
    spoken = [title, _takeaway(entry, words)]
    return Message(b.escaped("\n".join(filter(None, spoken))), [*above, *texts, *below])


def sheet(sheet: Sheet, words: Words, *, share: bool = False) -> Message:
    """A paper on its own; `share`: with the button that posts it into the channel."""
    paper = sheet.paper
    title = b.clip(_title(paper, words), _TITLE)
    above = [b.rich(b.line(_linked(paper, title))), *_facts(paper, words)]
    below = [b.actions(*_buttons(paper, words, sheet.style, share=share))]
    texts = _texts(sheet.summary, sheet.failure, sheet.excerpt, words, b.TOTAL - b.length([*above, *below]))
    takeaway = one_line(sheet.summary.headline) if sheet.summary else ""
    return Message(b.escaped("\n".join(filter(None, [title, takeaway]))), [*above, *texts, *below])


def _facts(paper: Paper, words: Words) -> list[Json]:
    facts = [words.authors(paper), words.date(paper.published.date())]
    if paper.sources:
        facts.append(words.list(sentences.source_name(words, source) for source in paper.sources))
    if paper.arxiv_id and (name := one_line(paper.arxiv_id)):
        facts.append(f"arXiv:{name}")
    made = [b.context(" · ".join(b.clip(fact, b.CONTEXT // 4 - 3) for fact in facts))]
    if paper.withdrawn:
        made.append(b.rich(b.line(b.text(f"⚠️ {words.say('paper.withdrawn')}", bold=True))))
    return made


def _texts(
    summary: Summary | None, failure: Failure | None, excerpt: Excerpt | None, words: Words, room: int
) -> list[Json]:
    """The summary or, in its place, the honest line and somebody else's text under its label."""
    said: list[Json] = []
    quoted = ""
    if failure:
        why = b.clip(sentences.failure(words, failure), room // 2)
        said.append(b.text(why, italic=True))
        room -= b.width(why)
    if excerpt:
        label = sentences.excerpt_label(words, excerpt)
        said.append(b.text(f"\n{label}" if said else label, bold=True))
        quoted = b.clip(plain(excerpt.text).strip(), room - b.width(label) - 1)
    if summary:
        said += _summary(summary, words, room, first=not said)
    if not said:
        return []
    return [b.rich(b.line(*said), *([b.quote(b.text(quoted))] if quoted else []))]


def _summary(summary: Summary, words: Words, room: int, *, first: bool) -> Iterator[Json]:
    """Everything in one paragraph, whose lines Slack keeps apart. `first`: nothing stands above."""
    takeaway = b.clip(one_line(summary.headline), _TAKEAWAY)
    if takeaway:
        yield b.text(takeaway if first else f"\n{takeaway}", bold=True)
    pieces = [("paper.abstract" if summary.sections else "", summary.text)]
    pieces += [(f"paper.section.{section.kind.value}", section.text) for section in summary.sections]
    share = (room - b.width(takeaway)) // len(pieces)
    begun = bool(takeaway) or not first
    for key, text in pieces:
        label = words.say(key) if key else ""
        shown = b.clip(_body(text), share - b.width(label) - 4)
        if not shown:
            continue
        if label:
            yield b.text(f"\n\n{label}" if begun else label, bold=True)
        yield b.text(f"\n{shown}" if begun or label else shown)
        begun = True


def _buttons(paper: Paper, words: Words, style: Style, *, share: bool = False) -> Iterator[Json]:
    named = _title(paper, words)
    value = str(paper.id)
    if b.width(value) <= b.VALUE:
        if share:
            yield b.button(words.say("button.share"), SHARE, f"{style.value} {value}"[: b.VALUE], primary=True)
        if style is Style.BRIEF:
            yield b.button(words.say("button.details"), DETAILS, value, spoken=_spoken(words, "details", named))
        yield b.button(words.say("button.bibtex"), CITE, value, spoken=_spoken(words, "bibtex", named))
    if paper.arxiv_id and _ARXIV_ID.fullmatch(paper.arxiv_id):
        address = f"https://arxiv.org/pdf/{paper.arxiv_id}"
        yield b.button(words.say("button.pdf"), f"{OPEN}pdf", address=address, spoken=_spoken(words, "pdf", named))
    code = web_link(paper.code_url or "")
    if code and len(code) <= _LONGEST_ADDRESS:
        yield b.button(words.say("button.code"), f"{OPEN}code", address=code, spoken=_spoken(words, "code", named))


def _spoken(words: Words, name: str, title: str) -> str:
    return f"{words.say(f'button.{name}')}: {title}"


def choices(papers: Sequence[Paper], words: Words) -> list[Json]:
    """Papers of which the asker is to choose one, each with its button."""
    made: list[Json] = []
    for number, paper in enumerate(papers[:20]):
        shown = f"{_title(paper, words)}\n{words.authors(paper, 3)}, {paper.published.year}"
        pick = b.button(words.say("choices.pick"), CHOOSE, str(paper.id)[: b.VALUE], spoken=_title(paper, words))
        made.append(
            {
                "type": "section",
                "block_id": f"choice.{number}",
                "text": b.plain_text(b.clip(shown, 500), 500),
                "accessory": pick,
            }
        )
    return made


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


# --- pieces -----------------------------------------------------------------------------------


def _title(paper: Paper, words: Words) -> str:
    return one_line(paper.title) or words.say("paper.untitled")


def _linked(paper: Paper, title: str) -> Json:
    """The bold title, linked where the paper has an address that is one."""
    address = web_link(paper.url)
    if not address or len(address) > _LONGEST_ADDRESS:
        return b.text(title, bold=True)
    return b.link(address, title, bold=True)


def _body(text: str) -> str:
    return plain(without_bold(text)).strip()
