"""One paper as a message of Slack: in a digest, on its own, or among those of which one is to be chosen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from bot.models import Card, Paper, PaperView
from bot.words import Words
from bot.words.layout import Button, ButtonKind, PaperLayout, choice_layout, paper_layout

# What a click means; `adapters.slack.asking` does it.
DETAILS, CITE, SHARE, CHOOSE = "paper.details", "paper.cite", "paper.share", "paper.choose"
OPEN = "open."  # begins the name of buttons that only open a page

TITLE = 300  # characters
TAKEAWAY = 400
_LONGEST_ADDRESS = 500  # of a link; a longer one is no paper's
_MOST_CHOICES = 20
_ACTIONS = {ButtonKind.SHARE: SHARE, ButtonKind.DETAILS: DETAILS, ButtonKind.BIBTEX: CITE}


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is what notifications and screen readers have, in mrkdwn."""

    text: str
    blocks: list[Json]


def card(card: Card, words: Words) -> Message:
    return _paper(paper_layout(card.entry, words))


def sheet(sheet: PaperView, words: Words, *, share: bool = False) -> Message:
    """A paper on its own; `share`: with the button that posts it into the channel."""
    return _paper(paper_layout(sheet, words, share=share))


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
    """Return the summary or, in its place, the reason why not and the quotation under its label."""
    said: list[Json] = []
    quoted = ""
    if paper.failure:
        why = b.clip(f"⚠️ {paper.failure}", room // 2)
        said.append(b.text(why))  # not in italics, which Japanese has none of
        room -= b.width(why)
    if paper.label:
        said.append(b.text(f"\n{paper.label}" if said else paper.label, bold=True))
        quoted = b.clip(paper.quotation, room - b.width(paper.label) - 1)
    said += _summary(paper, room, first=not said)
    if not said:
        return []
    return [b.rich(b.line(*said), *([b.quote(b.text(quoted))] if quoted else []))]


def _summary(paper: PaperLayout, room: int, *, first: bool) -> Iterator[Json]:
    """Everything in one paragraph, whose lines Slack keeps apart. `first`: nothing stands above."""
    takeaway = b.clip(paper.takeaway, TAKEAWAY)
    if takeaway:
        yield b.text(takeaway if first else f"\n{takeaway}", bold=True)
    share = (room - b.width(takeaway)) // max(len(paper.passages), 1)
    begun = bool(takeaway) or not first
    for passage in paper.passages:
        shown = b.clip(passage.text, share - b.width(passage.heading) - 4)
        if not shown:
            continue
        if passage.heading:
            yield b.text(f"\n\n{passage.heading}" if begun else passage.heading, bold=True)
        yield b.text(f"\n{shown}" if begun or passage.heading else shown)
        begun = True


def _buttons(buttons: Iterable[Button]) -> Iterator[Json]:
    """Yield the buttons whose address or id fits. A cut id would name another paper or none."""
    for one in buttons:
        if one.address:
            if b.width(one.address) <= _LONGEST_ADDRESS:
                yield b.button(one.label, f"{OPEN}{one.kind}", address=one.address, spoken=one.spoken)
            continue
        value = f"{one.style.value} {one.paper}" if one.kind is ButtonKind.SHARE else one.paper
        if b.width(value) <= b.VALUE:
            yield b.button(one.label, _ACTIONS[one.kind], value, primary=one.primary, spoken=one.spoken)


def choices(papers: Sequence[Paper], words: Words) -> list[Json]:
    """Papers of which the asker is to choose one, each with its button."""
    laid_out = [choice_layout(paper, words) for paper in papers]
    fitting = [one for one in laid_out if b.width(one.paper) <= b.VALUE][:_MOST_CHOICES]
    return [
        {
            "type": "section",
            "block_id": f"choice.{number}",
            "text": b.plain_text(b.clip(f"{one.title}\n{one.about}", 500), 500),
            "accessory": b.button(words.say("choices.pick"), CHOOSE, one.paper, spoken=one.title),
        }
        for number, one in enumerate(fitting)
    ]


def linked(address: str, title: str) -> Json:
    """Return the title in bold, linked if the paper has an address."""
    if not address or len(address) > _LONGEST_ADDRESS:
        return b.text(title, bold=True)
    return b.link(address, title, bold=True)
