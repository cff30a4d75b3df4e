"""One paper as a message of Slack: in a digest, on its own, or among those of which one is to be chosen. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from bot.models import Card, Entry, Excerpt, Failure, Paper, PaperView, Style, Summary
from bot.papers.refs import pdf_url
from bot.words import Words, one_line, plain, sentences, web_link, without_bold

# What a click means; `adapters.slack.asking` does it.
DETAILS, CITE, SHARE, CHOOSE = "paper.details", "paper.cite", "paper.share", "paper.choose"
OPEN = "open."  # begins the name of buttons that only open a page

TITLE = 300  # characters
TAKEAWAY = 400
_LONGEST_ADDRESS = 500  # of a link; a longer one is no paper's


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is what notifications and screen readers have, in mrkdwn."""

    text: str
    blocks: list[Json]


def card(card: Card, words: Words) -> Message:
    entry = card.entry
    title = b.clip(title_of(entry.paper, words), TITLE)
    above = [
        b.rich(b.line(b.text(f"{entry.rank}. ", bold=True), linked(entry.paper, title))),
        *_facts(entry.paper, words),
    ]
    why = sentences.why(words, entry.reasons)
    below = [*([b.context(why)] if why else []), b.actions(*_buttons(entry.paper, words, Style.BRIEF))]
    texts = _texts(entry.summary, entry.failure, entry.excerpt, words, b.TOTAL - b.length([*above, *below]))
    spoken = [title, takeaway(entry, words)]
    return Message(b.escaped("\n".join(filter(None, spoken))), [*above, *texts, *below])


def sheet(sheet: PaperView, words: Words, *, share: bool = False) -> Message:
    """A paper on its own; `share`: with the button that posts it into the channel."""
    paper = sheet.paper
    title = b.clip(title_of(paper, words), TITLE)
    above = [b.rich(b.line(linked(paper, title))), *_facts(paper, words)]
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
        why = b.clip(f"⚠️ {sentences.failure(words, failure)}", room // 2)
        said.append(b.text(why))  # not in italics, which Japanese has none of
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
    takeaway = b.clip(one_line(summary.headline), TAKEAWAY)
    if takeaway:
        yield b.text(takeaway if first else f"\n{takeaway}", bold=True)
    pieces = [("paper.abstract" if summary.sections else "", summary.text)]
    pieces += [(f"paper.section.{section.kind.value}", section.text) for section in summary.sections]
    share = (room - b.width(takeaway)) // len(pieces)
    begun = bool(takeaway) or not first
    for key, text in pieces:
        label = words.say(key) if key else ""
        shown = b.clip(body_of(text), share - b.width(label) - 4)
        if not shown:
            continue
        if label:
            yield b.text(f"\n\n{label}" if begun else label, bold=True)
        yield b.text(f"\n{shown}" if begun or label else shown)
        begun = True


def _buttons(paper: Paper, words: Words, style: Style, *, share: bool = False) -> Iterator[Json]:
    named = title_of(paper, words)
    value = str(paper.id)
    if b.width(value) <= b.VALUE:
        if share:
            yield b.button(words.say("button.share"), SHARE, f"{style.value} {value}"[: b.VALUE], primary=True)
        if style is Style.BRIEF:
            yield b.button(words.say("button.details"), DETAILS, value, spoken=_spoken(words, "details", named))
        yield b.button(words.say("button.bibtex"), CITE, value, spoken=_spoken(words, "bibtex", named))
    if address := pdf_url(paper):
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
        shown = f"{title_of(paper, words)}\n{words.authors(paper, 3)}, {paper.published.year}"
        pick = b.button(words.say("choices.pick"), CHOOSE, str(paper.id)[: b.VALUE], spoken=title_of(paper, words))
        made.append(
            {
                "type": "section",
                "block_id": f"choice.{number}",
                "text": b.plain_text(b.clip(shown, 500), 500),
                "accessory": pick,
            }
        )
    return made


def takeaway(entry: Entry, words: Words) -> str:
    if entry.summary:
        return one_line(entry.summary.headline)
    return sentences.failure(words, entry.failure) if entry.failure else ""


def title_of(paper: Paper, words: Words) -> str:
    return one_line(paper.title) or words.say("paper.untitled")


def linked(paper: Paper, title: str) -> Json:
    """The bold title, linked where the paper has an address that is one."""
    address = web_link(paper.url)
    if not address or len(address) > _LONGEST_ADDRESS:
        return b.text(title, bold=True)
    return b.link(address, title, bold=True)


def body_of(text: str) -> str:
    return plain(without_bold(text)).strip()
