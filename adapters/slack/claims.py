"""Questions about papers and their answers as Slack messages. Pure.

Claims and quotations come from models and papers, questions from anybody: they go into `rich_text` and `plain_text`
alone, where nothing notifies and no link is made but ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.cards import TITLE, Message, linked
from bot.models import AnswerView
from bot.words import Words, words_for
from bot.words.answers import AskedLayout, AskedPaperLayout, ClaimLayout, QuotationLayout, asked_layout
from bot.words.layout import Button, ButtonKind

# Action ids, handled in `adapters.slack.questions`.
CANCEL, SHARE_ANSWER, QUOTATIONS = "answer.cancel", "answer.share", "answer.quotations"
NEXT = "answer.next."  # followed by the question's number
_ACTIONS = {ButtonKind.CANCEL: CANCEL, ButtonKind.SHARE_ANSWER: SHARE_ANSWER}

_QUESTION = 600  # units
_CLAIMS = 5_000  # units of all claims together
_NOTES = 200  # units of one note
_QUOTED = 220  # units of a quotation below an answer; a modal has it whole
_WHERE = 120
_MOST_QUOTED = 12  # quotations below an answer
_MOST_BLOCKS = 20  # of claims
_MOST_IN_FULL = 40  # claims with their quotations in a modal
_LONGEST_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer in three parts, of which the last changes while it grows.

    `text` is for notifications, `status` says what is being done.
    """

    head: list[Json]
    claims: list[Json]
    tail: list[Json]
    text: str
    status: str

    @property
    def whole(self) -> Message:
        return Message(self.text, [*self.head, *self.claims, *self.tail])


def answer(view: AnswerView, *, share: bool = False) -> Shown:
    """Render a question and its answer, in the answer's language.

    With `share`, a complete answer has the button that posts it to the channel.
    """
    words = words_for(view.language)
    layout = asked_layout(view, words, share=share)
    head = [b.context(b.clip(layout.question, _QUESTION))] if layout.question else []
    head += _papers(layout.papers)
    claims = list(_claims(layout.answer.claims))
    instead = [b.rich(b.line(b.text(layout.answer.instead)))] if layout.answer.instead else []
    quoted, cut = _quoted(layout, words)
    notes = [b.context(*(b.clip(note, _NOTES) for note in layout.answer.notes))] if layout.answer.notes else []
    status = [b.context(layout.status)] if layout.status else []
    tail = [*instead, *quoted, *notes, *status, *_actions(layout, words, view.turn, cut=cut)]
    lines = [layout.question, layout.answer.instead or layout.status, *(one.text for one in layout.answer.claims)]
    text = b.escaped("\n".join(filter(None, lines))) or "…"
    return Shown(head, claims, tail or ([] if head or claims else [b.context("…")]), text, layout.status)


def quotations(view: AnswerView) -> Message:
    """Render every quotation of an answer in full, below the claim that it proves."""
    words = words_for(view.language)
    layout = asked_layout(view, words)
    proved = [one for one in layout.answer.claims if one.quotations][:_MOST_IN_FULL]
    room = b.TOTAL // max(sum(1 + 2 * len(one.quotations) for one in proved), 1) - len("[99] “”")
    blocks = []
    for claim in proved:
        parts = [b.line(b.text(f"{claim.number}. {b.clip(claim.text, room)}", bold=True))]
        for quotation in claim.quotations:
            parts += _quotation("", quotation, room, words)
        blocks.append(b.rich(*parts))
    return Message(b.escaped(layout.question) or "…", blocks or [b.context(words.say("chat.empty"))])


def _papers(papers: tuple[AskedPaperLayout, ...]) -> Iterator[Json]:
    """Yield the blocks that name the papers and say what was read of them."""
    if not papers:
        return
    facts = [" · ".join(filter(None, [one.name if one.name != one.title else "", one.read])) for one in papers]
    titles = [linked(one.link, b.clip(one.title, TITLE)) for one in papers]
    if len(papers) == 1:
        yield b.rich(b.line(*titles))
        if any(facts):
            yield b.context(*facts)
    else:
        beside = zip(titles, facts, strict=True)
        yield b.rich(*(b.line(title, b.text(f"  {fact}" if fact else "")) for title, fact in beside))


def _claims(claims: tuple[ClaimLayout, ...]) -> Iterator[Json]:
    """Yield one block a claim; the last has all that would be too many."""
    share = max(_CLAIMS // max(len(claims), 1), 100)
    parts = [_claim(one, share) for one in claims]
    yield from (b.rich(one) for one in parts[: _MOST_BLOCKS - 1])
    if rest := parts[_MOST_BLOCKS - 1 :]:
        yield b.rich(*rest)


def _claim(claim: ClaimLayout, room: int) -> Json:
    elements = [b.text(b.clip(claim.text, room)), *([b.text(f"  [{claim.about}]")] if claim.about else [])]
    if claim.number is None:
        return b.line(*elements)
    return b.numbered([b.line(*elements)], first=claim.number)


def _quoted(layout: AskedLayout, words: Words) -> tuple[list[Json], bool]:
    """Return the quotations in short, and whether anything of them was cut or left out."""
    proofs = [(one.number, quotation) for one in layout.answer.claims for quotation in one.quotations]
    parts: list[Json] = []
    for number, quotation in proofs[:_MOST_QUOTED]:
        parts += _quotation(f"[{number}] ", quotation, _QUOTED, words)
    cut = len(proofs) > _MOST_QUOTED or any(b.width(quotation.text) > _QUOTED for _, quotation in proofs)
    return ([b.rich(*parts)] if parts else []), cut


def _quotation(mark: str, quotation: QuotationLayout, room: int, words: Words) -> Iterator[Json]:
    """Yield where the quotation stands, as a link, and its text."""
    where = b.clip(" · ".join(filter(None, [quotation.paper, quotation.where])), min(_WHERE, room))
    linked_to = quotation.link if len(quotation.link) <= _LONGEST_ADDRESS else ""
    place = b.link(linked_to, where) if linked_to else b.text(where)
    yield b.line(b.text(mark, bold=True), place)
    yield b.quote(b.text(words.say("answer.quotation", text=_cut(quotation.text, room))))


def _cut(text: str, room: int) -> str:
    """Return the text in at most `room` units, cut between words where it has any."""
    short = b.clip(text, room)
    if short == text:
        return text
    whole, blank, _ = short.removesuffix("…").rpartition(" ")
    return f"{whole.rstrip()}…" if blank and len(whole) > room // 2 else short


def _actions(layout: AskedLayout, words: Words, turn: str, *, cut: bool) -> Iterator[Json]:
    """Yield the row of what can be done with the answer, and that of the questions to ask next."""
    following = [one for one in layout.buttons if one.kind is ButtonKind.NEXT]
    own = list(_own(one for one in layout.buttons if one.kind in _ACTIONS))
    if cut and not any(one.kind is ButtonKind.CANCEL for one in layout.buttons):
        own.append(b.button(words.say("button.quotations"), QUOTATIONS, turn))
    if own:
        yield b.actions(*own)
    if following:
        yield b.context(layout.answer.next_heading or words.say("answer.next"))
        buttons = [
            b.button(one.label, f"{NEXT}{one.number}", f"{one.turn} {one.number}", spoken=one.label)
            for one in following[:5]
        ]
        yield b.actions(*buttons)


def _own(buttons: Iterable[Button]) -> Iterator[Json]:
    for one in buttons:
        yield b.button(one.label, _ACTIONS[one.kind], one.turn, primary=one.primary)
