"""Render a question about papers and its answer as one message: the statements, and below them their proof. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Self

from adapters.common.cutting import units
from adapters.discord.buttons import NO_KEY, Action, Click, Colour, Json, button, rows
from adapters.discord.sizes import COLOUR, DESCRIPTION, TITLE, TOTAL
from adapters.discord.text import LONGEST_CONTENT, clip, escaped, joined, masked_address, title_line
from bot.models import AnswerView
from bot.words import Words
from bot.words.answers import AskedLayout, AskedPaperLayout, ClaimLayout, QuotationLayout, asked_layout
from bot.words.layout import Button, ButtonKind

_PROOF_COLOUR = 0x8A8F98  # grey: what others wrote
_SUBTEXT, _QUOTE = "-# ", "> "
_PAPER, _LINE, _WHERE = 300, 600, 160  # units of a paper's line, of any other line, of a section's name
_STATED = 3_400  # units of all statements together, so that the rest and the proof have room
_LEAST_QUOTED = 60  # units of a quotation
_REMEMBERED = 500

_ACTIONS = {
    ButtonKind.CANCEL: Action.CANCEL,
    ButtonKind.SHARE_ANSWER: Action.SHARE_ANSWER,
    ButtonKind.NEXT: Action.NEXT,
}


def embeds(view: AnswerView, words: Words) -> list[Json]:
    """Return one embed with what is said and, if anything is proved, another with the quotations.

    Statements that do not fit are left out whole, and counted. Quotations share the rest of the room: long ones are
    cut, and of a statement's several ones the last may be left out, but no statement is without any. `words` are those
    of the answer's language.
    """
    return _embeds(view, words)[0]


def _embeds(view: AnswerView, words: Words) -> tuple[list[Json], bool]:
    """Return the embeds, and whether anything was cut or left out."""
    layout = asked_layout(view, words)
    room = min(_STATED, DESCRIPTION - units(_said(layout, words, [])["description"]))
    stated = _fitting([_claim(one, room - 2) for one in layout.answer.claims], room)
    # The fewer statements, the more room for the proof of each.
    counts = range(1, len(stated) + 1)
    number = bisect_left(counts, True, key=lambda one: not _laid_out(layout, words, stated[:one])[1].fits)
    said, proof = _laid_out(layout, words, stated[:number])
    shown = [said, {"description": proof.text, "color": _PROOF_COLOUR}] if proof.quoted else [said]
    return shown, number < len(layout.answer.claims) or proof.cut


def _laid_out(layout: AskedLayout, words: Words, stated: Sequence[str]) -> tuple[Json, _Proof]:
    """Return the embed with those statements, and their proof in the rest of the room."""
    said = _said(layout, words, stated)
    room = min(DESCRIPTION, TOTAL - units(said["title"]) - units(said["description"]))
    return said, _Proof.of(layout.answer.claims[: len(stated)], words, room)


def _said(layout: AskedLayout, words: Words, stated: Sequence[str]) -> Json:
    """Return the embed with those statements, which are the first of the answer's."""
    answer = layout.answer
    unshown = len(answer.claims) - len(stated)
    head = [*(_paper(one, words) for one in layout.papers)]
    status = [_SUBTEXT + clip(layout.status, _LINE)] if layout.status else []
    notes = [*([words.count("answer.unshown", unshown)] if unshown else ()), *answer.notes]
    paragraphs = [
        "\n".join([*head, *status]),
        clip(answer.instead, _LINE),
        *stated,
        "\n".join(_SUBTEXT + clip(note, _LINE) for note in notes),
    ]
    return {
        "title": clip(layout.question, TITLE),
        "description": "\n\n".join(filter(None, paragraphs)),
        "color": COLOUR,
    }


def components(view: AnswerView, words: Words, key: str = NO_KEY, *, share: bool = False) -> list[Json]:
    """Return the rows of buttons below an answer: what is done with it, then each question to ask next in its own."""
    shown = asked_layout(view, words, share=share).buttons
    following = [one for one in shown if one.kind is ButtonKind.NEXT and one.label]
    acting = [_button(one, key) for one in shown if one.kind is not ButtonKind.NEXT]
    if not view.working and _embeds(view, words)[1]:
        acting.append(button(words.say("button.quotations"), Click(Action.QUOTATIONS, key, view.turn)))
    return [*rows(acting), *(row for one in following for row in rows([_button(one, key)]))]


def pages(view: AnswerView, words: Words) -> list[str]:
    """Return the contents of messages with every statement above its quotations, which are whole."""
    layout = asked_layout(view, words)
    texts = [f"**{clip(layout.question, _LINE)}**"]
    for claim in layout.answer.claims:
        texts.append(_claim(claim, LONGEST_CONTENT))
        for quotation in claim.quotations:
            one = _quoted(_QUOTE, quotation, words)
            texts.append(one.within(LONGEST_CONTENT - one.frame))
    return joined(texts)


def _button(shown: Button, key: str) -> Json:
    subject = f"{shown.turn}/{shown.number}" if shown.kind is ButtonKind.NEXT else shown.turn
    colour = Colour.PRIMARY if shown.primary else Colour.SECONDARY
    return button(shown.label, Click(_ACTIONS[shown.kind], key, subject), colour)


def _paper(paper: AskedPaperLayout, words: Words) -> str:
    """Return a paper's lines: its title, which is a link; its id, and what was read of it."""
    facts = [clip(fact, _WHERE) for fact in (paper.name, paper.read) if fact and fact != paper.title]
    lines = [title_line(paper.title, paper.link, words.say("paper.link"), _PAPER), " · ".join(facts)]
    return "\n".join(_SUBTEXT + line for line in lines if line)


def _claim(claim: ClaimLayout, room: int) -> str:
    number = f"**{claim.number}.** " if claim.number else ""
    about = f" ({clip(claim.about, _WHERE)})" if claim.about else ""
    return number + clip(claim.text, room - units(number + about)) + about


def _fitting(stated: Sequence[str], room: int) -> list[str]:
    """Return as many of the statements, from the first, as fit."""
    ends = accumulate(units(one) + 2 for one in stated)
    return [one for one, end in zip(stated, ends, strict=True) if end <= room]


# --- the proof --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quotation: its text between `before` and `behind`, which are whole in any case.

    `needed` is whether it is the first of some statement.
    """

    before: str
    text: str
    behind: str
    needed: bool = True

    @property
    def frame(self) -> int:
        return units(self.before) + units(self.behind) + 1

    @property
    def length(self) -> int:
        return _length(self.text)

    @property
    def least(self) -> int:
        return self.frame + min(self.length, _LEAST_QUOTED)

    def within(self, room: int) -> str:
        """Return the line, with the text cut to the room."""
        return f"{self.before}{clip(self.text, room)}{self.behind}"


@dataclass(frozen=True, slots=True)
class _Proof:
    """The quotations of some statements, each with the numbers of its statements. `fits` is False if not every
    statement can have one in the room; `cut` says that some text, or some statement's further quotation, is missing.
    """

    quoted: Sequence[_Quoted]
    limits: Sequence[int]
    complete: bool

    @classmethod
    def of(cls, claims: Sequence[ClaimLayout], words: Words, room: int) -> Self:
        numbers: dict[QuotationLayout, list[str]] = {}
        for claim in claims:
            for quotation in claim.quotations:
                numbers.setdefault(quotation, []).append(str(claim.number))
        needed = {claim.quotations[0] for claim in claims if claim.quotations}
        quoted = [
            _quoted(f"{_SUBTEXT}**{words.list(of)}** ", quotation, words, needed=quotation in needed)
            for quotation, of in numbers.items()
        ]
        least = sum(one.least for one in quoted)
        for place in range(len(quoted) - 1, -1, -1):
            if least > room and not quoted[place].needed:
                least -= quoted.pop(place).least
        limits = _shared([one.length for one in quoted], room - sum(one.frame for one in quoted))
        return cls(quoted, limits, len(quoted) == len(numbers))

    @property
    def fits(self) -> bool:
        return all(limit >= min(one.length, _LEAST_QUOTED) for one, limit in self._limited)

    @property
    def cut(self) -> bool:
        return not self.complete or any(limit < one.length for one, limit in self._limited)

    @property
    def text(self) -> str:
        return "\n".join(one.within(limit) for one, limit in self._limited)

    @property
    def _limited(self) -> Iterable[tuple[_Quoted, int]]:
        return zip(self.quoted, self.limits, strict=True)


def _quoted(mark: str, quotation: QuotationLayout, words: Words, *, needed: bool = True) -> _Quoted:
    left, _, right = words.say("answer.quotation", text="\n").partition("\n")
    where = f"{quotation.paper} · {quotation.where}" if quotation.paper else quotation.where
    behind = f"{right} {_linked(where, quotation.link)}"
    return _Quoted(mark + left, quotation.text, behind, needed)


# An answer is laid out several times until it fits, and again each time it has grown.
@lru_cache(maxsize=_REMEMBERED)
def _length(text: str) -> int:
    return units(escaped(text))


@lru_cache(maxsize=_REMEMBERED)
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
