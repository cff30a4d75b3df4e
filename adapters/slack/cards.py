"""A paper as a Slack message: in a digest or on its own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.menus import choices
from bot.models import Card, News, PaperDetails, PaperView
from bot.words import Words
from bot.words.details import details_layout, news_layout
from bot.words.layout import Button, ButtonKind, PaperLayout, paper_layout

# Action ids, handled in `adapters.slack.asking`, the last in `adapters.slack.questions`.
DETAILS, CITE, SHARE, MORE, ASK = "paper.details", "paper.cite", "paper.share", "paper.more", "paper.ask"
OPEN = "open."  # prefix of the action ids of buttons that only open a page

TITLE = 300  # characters
TAKEAWAY = 400
_LONGEST_ADDRESS = 500  # characters of a link; no paper's is longer
_ACTIONS = {
    ButtonKind.SHARE: SHARE,
    ButtonKind.DETAILS: DETAILS,
    ButtonKind.ASK: ASK,
    ButtonKind.BIBTEX: CITE,
    ButtonKind.MORE: MORE,
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message's blocks, and the mrkdwn `text` for notifications and screen readers."""

    text: str
    blocks: list[Json]


def card(card: Card, words: Words) -> Message:
    return _paper(paper_layout(card.entry, words, ask=True))


def paper_view(view: PaperView, words: Words, *, share: bool = False) -> Message:
    """Render a paper on its own; with `share`, add the button that posts it to the channel."""
    return _paper(paper_layout(view, words, share=share, ask=True))


def _paper(paper: PaperLayout) -> Message:
    title = b.clip(paper.title, TITLE)
    number = [b.text(f"{paper.number}. ", bold=True)] if paper.number is not None else []
    above = [b.rich(b.line(*number, linked(paper.link, title))), *_facts(paper)]
    below = [*([b.context(paper.why)] if paper.why else []), b.actions(*_buttons(paper.buttons))]
    texts = _texts(paper, b.TOTAL - b.length([*above, *below]))
    return Message(b.escaped("\n".join(filter(None, [title, paper.lead]))), [*above, *texts, *below])


def _facts(paper: PaperLayout) -> Iterator[Json]:
    yield b.context(" · ".join(b.clip(fact.text, b.CONTEXT // len(paper.facts) - 3) for fact in paper.facts))
    if paper.withdrawn:
        yield b.rich(b.line(b.text(f"⚠️ {paper.withdrawn}", bold=True)))


def _texts(paper: PaperLayout, room: int) -> list[Json]:
    """Return the summary, or the reason why there is none and the labelled quotation."""
    elements: list[Json] = []
    quoted = ""
    if paper.failure:
        why = b.clip(f"⚠️ {paper.failure}", room // 2)
        elements.append(b.text(why))  # not in italics: Japanese has none
        room -= b.width(why)
    if paper.label:
        elements.append(b.text(f"\n{paper.label}" if elements else paper.label, bold=True))
        quoted = b.clip(paper.quotation, room - b.width(paper.label) - 1)
    elements += _summary(paper, room, first=not elements)
    if not elements:
        return []
    return [b.rich(b.line(*elements), *([b.quote(b.text(quoted))] if quoted else []))]


def _summary(paper: PaperLayout, room: int, *, first: bool) -> Iterator[Json]:
    """Yield the summary as elements of one paragraph. `first`: nothing stands above it in the paragraph."""
    takeaway = b.clip(paper.takeaway, TAKEAWAY)
    if takeaway:
        yield b.text(takeaway if first else f"\n{takeaway}", bold=True)
    share = (room - b.width(takeaway)) // max(len(paper.passages), 1)
    begun = bool(takeaway) or not first
    for passage in paper.passages:
        text = b.clip(passage.text, share - b.width(passage.heading) - 4)
        if not text:
            continue
        if passage.heading:
            yield b.text(f"\n\n{passage.heading}" if begun else passage.heading, bold=True)
        yield b.text(f"\n{text}" if begun or passage.heading else text)
        begun = True


def _buttons(buttons: Iterable[Button]) -> Iterator[Json]:
    """Yield the buttons whose address or id fits. A truncated id would name another paper or none."""
    for one in buttons:
        if one.address:
            if b.width(one.address) <= _LONGEST_ADDRESS:
                yield b.button(one.label, f"{OPEN}{one.kind}", address=one.address, spoken=one.spoken)
            continue
        value = f"{one.style.value} {one.paper}" if one.kind is ButtonKind.SHARE else one.paper
        if b.width(value) <= b.VALUE:
            yield b.button(one.label, _ACTIONS[one.kind], value, primary=one.primary, spoken=one.spoken)


def news_card(news: News, words: Words) -> Message:
    """Render what became of a paper, with its title above."""
    layout = news_layout(news, words)
    title = b.clip(layout.title, TITLE)
    said = b.rich(b.line(linked(layout.link, title), b.text(f"\n{layout.text}")))
    return Message(b.escaped(f"{title}\n{layout.text}"), [said, b.actions(*_buttons(layout.buttons))])


def around(details: PaperDetails, words: Words) -> Message:
    """Render what is around a paper: its pages, and similar papers to choose from."""
    layout = details_layout(details, words)
    title = b.clip(layout.title, TITLE)
    blocks = [b.rich(b.line(linked(layout.link, title)))]
    if layout.links or layout.hosts:
        blocks.append(b.rich(b.line(b.text(layout.links_heading, bold=True))))
        blocks += [b.context(*(b.clip(host, TITLE) for host in layout.hosts))] if layout.hosts else []
        blocks += [b.actions(*buttons)] if (buttons := [*_buttons(layout.links)]) else []
    blocks.append(b.rich(b.line(b.text(layout.similar_heading, bold=True))))
    if layout.similar:
        lines = (
            b.line(linked(one.link, b.clip(one.title, TITLE)), b.text(f"\n{b.clip(one.about, TITLE)}"))
            for one in layout.similar
        )
        blocks.append(b.rich(b.numbered(lines)))
    blocks += choices(details.similar, words, "\n".join(one.title for one in layout.similar))
    blocks += [b.rich(b.line(b.text(said))) for said in (layout.none, layout.failed) if said]
    return Message(b.escaped(f"{title}\n{layout.links_heading}, {layout.similar_heading}"), blocks)


def linked(address: str, title: str) -> Json:
    """Return the title in bold, linked if the paper has an address."""
    if not address or len(address) > _LONGEST_ADDRESS:
        return b.text(title, bold=True)
    return b.link(address, title, bold=True)
