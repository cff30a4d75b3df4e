"""Parts as text in the markup of the tests' chat platform. Pure: values and words in, text out.

Everything that came from outside is escaped, stripped of what cannot be seen, and cut so that the message is taken.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.common.cutting import cut
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
    PaperView,
    Part,
    Summary,
)
from bot.words import Words, one_line, plain, sentences, web_link

LONGEST = 4_000  # characters of markup that the platform takes in one message
_TITLE = 250
_LINE = 250
_LONGEST_LINK = 500
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def render(part: Part, words: Words) -> str:
    """The part in at most LONGEST characters."""
    match part:
        case Headline():
            return _digest(part.digest, words, more=part.layout is Layout.COMPACT)
        case Page():
            return _digest(part.digest, words, more=True)
        case Card():
            return _card(part, words)
        case Notice():
            return clip(sentences.notice(words, part), LONGEST)
        case PaperView():
            return _sheet(part, words)
        case Greeting():
            return clip(words.say("greeting.text"), LONGEST)


def clip(text: str, room: int) -> str:
    """The text escaped, cut before the first character that does not fit into `room`; a cut shows as `…`."""
    return cut((_MARKUP.get(character, character) for character in text), room, len)


def _digest(digest: Digest, words: Words, *, more: bool) -> str:
    head = [
        clip(words.say("digest.title", date=words.day(digest.date)), _LINE),
        clip(sentences.status_line(words, digest), 2 * _LINE),
    ]
    if why_not := sentences.empty(words, digest):
        head.append(clip(why_not, 2 * _LINE))
    room = LONGEST - sum(len(line) + 1 for line in head)
    share = room // max(len(digest.entries), 1) - 1
    return "\n".join([*head, *(_item(entry, words, share, more=more) for entry in digest.entries)])


def _item(entry: Entry, words: Words, room: int, *, more: bool) -> str:
    """One paper's lines in a headline."""
    line = f"{entry.rank}. {_title(entry.paper, words, room // 2)}"
    says = one_line(entry.summary.headline) if entry.summary else ""
    if entry.failure:
        says = sentences.failure(words, entry.failure)
    if more and entry.summary:
        says = f"{says}\n{plain(entry.summary.text)}"
    return f"{line}\n{clip(says, room - len(line) - 1)}" if says else line


def _card(card: Card, words: Words) -> str:
    entry = card.entry
    above = [f"{entry.rank}/{card.of} {_title(entry.paper, words, LONGEST // 4)}", *_facts(entry.paper, words)]
    below = [clip(why, 2 * _LINE) for why in [sentences.why(words, entry.reasons)] if why]
    return _joined(above, _text(entry.summary, entry.failure, entry.excerpt, words), below)


def _sheet(sheet: PaperView, words: Words) -> str:
    above = [_title(sheet.paper, words, LONGEST // 4), *_facts(sheet.paper, words)]
    return _joined(above, _text(sheet.summary, sheet.failure, sheet.excerpt, words), [])


def _joined(above: list[str], text: Iterable[str], below: list[str]) -> str:
    room = LONGEST - sum(len(line) + 1 for line in (*above, *below))
    return "\n".join([*above, clip("\n".join(text), room), *below])


def _facts(paper: Paper, words: Words) -> Iterable[str]:
    facts = [words.authors(paper), words.date(paper.published.date())]
    if paper.sources:
        facts.append(words.list(sentences.source_name(words, source) for source in paper.sources))
    if paper.arxiv_id:
        facts.append(f"arXiv:{one_line(paper.arxiv_id)}")
    yield clip(" · ".join(facts), 2 * _LINE)
    if paper.withdrawn:
        yield words.say("paper.withdrawn")


def _text(summary: Summary | None, failure: Failure | None, excerpt: Excerpt | None, words: Words) -> Iterable[str]:
    """The summary or, in its place, the honest line and somebody else's text under its label."""
    if summary:
        yield from filter(None, (one_line(summary.headline), plain(summary.text)))
        for section in summary.sections:
            yield words.say(f"paper.section.{section.kind.value}")
            yield plain(section.text)
    if failure:
        yield sentences.failure(words, failure)
    if excerpt:
        yield sentences.excerpt_label(words, excerpt)
        yield plain(excerpt.text)


def _title(paper: Paper, words: Words, room: int) -> str:
    """The linked title; without the link where its address is none or too long to fit."""
    title = one_line(paper.title) or words.say("paper.untitled")
    address = clip(web_link(paper.url) or "", LONGEST)
    if not address or len(address) > min(_LONGEST_LINK, room // 2):
        return clip(title, min(_TITLE, room))
    return f"<{address}|{clip(title, min(_TITLE, room - len(address)))}>"
