"""Render a question about papers and its answer as one message: the statements, and below them their proof. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from adapters.common.cutting import units
from adapters.discord.buttons import NO_KEY, Action, Click, Colour, Json, button, rows
from adapters.discord.sizes import COLOUR, DESCRIPTION, TITLE, TOTAL
from adapters.discord.text import clip, masked_address, title_line
from bot.models import AnswerView
from bot.words import Words
from bot.words.answers import AskedPaperLayout, ClaimLayout, QuotationLayout, asked_layout
from bot.words.layout import Button, ButtonKind

_PROOF_COLOUR = 0x8A8F98  # grey: what others wrote
_SUBTEXT = "-# "
_PAPER, _LINE, _WHERE = 500, 600, 160  # units of a paper's line, of any other line, of a section's name
_STATED = 3_400  # units of all statements together, so that the rest and the proof have room
_LEAST_QUOTED = 60  # units of a quotation

_ACTIONS = {
    ButtonKind.CANCEL: Action.CANCEL,
    ButtonKind.SHARE_ANSWER: Action.SHARE_ANSWER,
    ButtonKind.NEXT: Action.NEXT,
}


def embeds(view: AnswerView, words: Words) -> list[Json]:
    """Return one embed with what is said and, if anything is proved, another with the quotations.

    Statements that do not fit are left out whole, and counted. Quotations share the rest of the room: long ones are cut,
    and of a statement's several ones the last may be left out, but no statement is without any. `words` are those of the
    answer's language.
    """
    layout = asked_layout(view, words)
    answer = layout.answer
    stated = _fitting([_claim(one) for one in answer.claims])
    unshown = len(answer.claims) - len(stated)
    notes = [*([words.count("answer.unshown", unshown)] if unshown else ()), *answer.notes]
    head = [*map(_paper, layout.papers), *([_SUBTEXT + clip(layout.status, _LINE)] if layout.status else ())]
    foot = [_SUBTEXT + clip(note, _LINE) for note in notes]
    paragraphs = ["\n".join(head), clip(answer.instead, _LINE), *stated, "\n".join(foot)]
    said: Json = {
        "title": clip(layout.question, TITLE),
        "description": "\n\n".join(filter(None, paragraphs)),
        "color": COLOUR,
    }
    room = min(DESCRIPTION, TOTAL - units(said["title"]) - units(said["description"]))
    proof = "\n".join(_proof(answer.claims[: len(stated)], words, room))
    return [said, {"description": proof, "color": _PROOF_COLOUR}] if proof else [said]


def components(view: AnswerView, words: Words, key: str = NO_KEY, *, share: bool = False) -> list[Json]:
    """Return the rows of buttons below an answer: what is done with it, then each question to ask next in its own."""
    shown = asked_layout(view, words, share=share).buttons
    following = [one for one in shown if one.kind is ButtonKind.NEXT]
    acting = rows(_button(one, key) for one in shown if one.kind is not ButtonKind.NEXT)
    return [*acting, *(row for one in following for row in rows([_button(one, key)]))]


def _button(shown: Button, key: str) -> Json:
    subject = f"{shown.turn}/{shown.number}" if shown.kind is ButtonKind.NEXT else shown.turn
    colour = Colour.PRIMARY if shown.primary else Colour.SECONDARY
    return button(shown.label, Click(_ACTIONS[shown.kind], key, subject), colour)


def _paper(paper: AskedPaperLayout) -> str:
    """Return a paper's lines: its title, which is a link; its id, and what was read of it."""
    facts = [clip(fact, _WHERE) for fact in (paper.name, paper.read) if fact and fact != paper.title]
    lines = [title_line(paper.title, paper.link, clip(paper.name, _WHERE), _PAPER), " · ".join(facts)]
    return "\n".join(_SUBTEXT + line for line in lines if line)


def _claim(claim: ClaimLayout) -> str:
    number = f"**{claim.number}.** " if claim.number else ""
    about = f" ({clip(claim.about, _WHERE)})" if claim.about else ""
    return number + clip(claim.text, _STATED - units(number + about)) + about


def _fitting(stated: Sequence[str]) -> list[str]:
    """Return as many of the statements, from the first, as fit."""
    ends = accumulate(units(one) + 2 for one in stated)
    return [one for one, end in zip(stated, ends, strict=True) if end <= _STATED + 2]


# --- the proof --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quotation as small print: its text between `before` and `behind`, which are whole in any case.

    `needed` is whether it is the first of some statement.
    """

    before: str
    text: str
    behind: str
    needed: bool

    @property
    def frame(self) -> int:
        return units(self.before) + units(self.behind) + 1


def _proof(claims: Sequence[ClaimLayout], words: Words, room: int) -> Iterator[str]:
    """Yield a line for each quotation: the numbers of its statements, its text, and where it stands."""
    numbers: dict[QuotationLayout, list[str]] = {}
    for claim in claims:
        for one in claim.quotations:
            numbers.setdefault(one, []).append(str(claim.number))
    needed = {claim.quotations[0] for claim in claims if claim.quotations}
    quoted = [_quoted(words.list(of), one, words, needed=one in needed) for one, of in numbers.items()]
    while sum(one.frame + _LEAST_QUOTED for one in quoted) > room and not all(one.needed for one in quoted):
        last = max(place for place, one in enumerate(quoted) if not one.needed)
        del quoted[last]
    lengths = [units(clip(one.text, room)) for one in quoted]
    limits = _shared(lengths, room - sum(one.frame for one in quoted))
    for one, limit in zip(quoted, limits, strict=True):
        yield one.before + clip(one.text, limit) + one.behind


def _quoted(numbers: str, quotation: QuotationLayout, words: Words, *, needed: bool) -> _Quoted:
    left, _, right = words.say("answer.quotation", text="\n").partition("\n")
    where = f"{quotation.paper} · {quotation.where}" if quotation.paper else quotation.where
    behind = f"{right} {_linked(where, quotation.link)}"
    return _Quoted(f"{_SUBTEXT}**{numbers}** {left}", quotation.text, behind, needed)


def _linked(where: str, url: str) -> str:
    """Return the place as a link. The label of a masked link cannot contain brackets, even escaped."""
    label = clip(where.replace("[", "(").replace("]", ")"), _WHERE)
    address = masked_address(url) if url else None
    return f"[{label}]({address})" if address and units(address) <= _LINE else label


def _shared(lengths: Sequence[int], room: int) -> list[int]:
    """Distribute the room: what shorter texts do not need is left to the longer ones."""
    limits = dict.fromkeys(range(len(lengths)), 0)
    for left, place in zip(range(len(lengths), 0, -1), sorted(limits, key=lambda one: lengths[one]), strict=True):
        limits[place] = max(min(lengths[place], room // left), 0)
        room -= limits[place]
    return list(limits.values())
