"""Render a question about papers and its answer as one message: the statements, and below them their proof. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from adapters.common.cutting import units
from adapters.discord.buttons import NO_KEY, Action, Click, Colour, Json, button, rows
from adapters.discord.sizes import COLOUR, DESCRIPTION, TITLE, TOTAL
from adapters.discord.text import LONGEST_CONTENT, clip, escaped, joined, masked_address, title_line
from bot.models import AnswerView
from bot.words import Words
from bot.words.answers import AskedPaperLayout, ClaimLayout, QuotationLayout, asked_layout
from bot.words.layout import Button, ButtonKind

_PROOF_COLOUR = 0x8A8F98  # grey: what others wrote
_SUBTEXT, _QUOTE = "-# ", "> "
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

    Statements that do not fit are left out whole, and counted. Quotations share the rest of the room: long ones are
    cut, and of a statement's several ones the last may be left out, but no statement is without any. `words` are those
    of the answer's language.
    """
    return _embeds(view, words)[0]


def _embeds(view: AnswerView, words: Words) -> tuple[list[Json], bool]:
    """Return the embeds, and whether anything was cut or left out."""
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
    proof, cut = _proof(answer.claims[: len(stated)], words, room)
    shown = [said, {"description": proof, "color": _PROOF_COLOUR}] if proof else [said]
    return shown, bool(unshown) or cut


def components(view: AnswerView, words: Words, key: str = NO_KEY, *, share: bool = False) -> list[Json]:
    """Return the rows of buttons below an answer: what is done with it, then each question to ask next in its own."""
    shown = asked_layout(view, words, share=share).buttons
    following = [one for one in shown if one.kind is ButtonKind.NEXT]
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


def _paper(paper: AskedPaperLayout) -> str:
    """Return a paper's lines: its title, which is a link; its id, and what was read of it."""
    facts = [clip(fact, _WHERE) for fact in (paper.name, paper.read) if fact and fact != paper.title]
    lines = [title_line(paper.title, paper.link, clip(paper.name, _WHERE), _PAPER), " · ".join(facts)]
    return "\n".join(_SUBTEXT + line for line in lines if line)


def _claim(claim: ClaimLayout, room: int = _STATED) -> str:
    number = f"**{claim.number}.** " if claim.number else ""
    about = f" ({clip(claim.about, _WHERE)})" if claim.about else ""
    return number + clip(claim.text, room - units(number + about)) + about


def _fitting(stated: Sequence[str]) -> list[str]:
    """Return as many of the statements, from the first, as fit."""
    ends = accumulate(units(one) + 2 for one in stated)
    return [one for one, end in zip(stated, ends, strict=True) if end <= _STATED + 2]


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

    def within(self, room: int) -> str:
        """Return the line, with the text cut to the room."""
        return f"{self.before}{clip(self.text, room)}{self.behind}"


def _proof(claims: Sequence[ClaimLayout], words: Words, room: int) -> tuple[str, bool]:
    """Return a line for each quotation, with the numbers of its statements, and whether anything of them is missing."""
    numbers: dict[QuotationLayout, list[str]] = {}
    for claim in claims:
        for quotation in claim.quotations:
            numbers.setdefault(quotation, []).append(str(claim.number))
    needed = {claim.quotations[0] for claim in claims if claim.quotations}
    quoted = [
        _quoted(f"{_SUBTEXT}**{words.list(of)}** ", quotation, words, needed=quotation in needed)
        for quotation, of in numbers.items()
    ]
    while sum(one.frame + _LEAST_QUOTED for one in quoted) > room and not all(one.needed for one in quoted):
        del quoted[max(place for place, one in enumerate(quoted) if not one.needed)]
    texts = [escaped(one.text) for one in quoted]
    limits = _shared([units(text) for text in texts], room - sum(one.frame for one in quoted))
    lines = [one.within(limit) for one, limit in zip(quoted, limits, strict=True) if limit]
    cut = any(units(text) > limit for text, limit in zip(texts, limits, strict=True))
    return "\n".join(lines), cut or len(lines) < len(numbers)


def _quoted(mark: str, quotation: QuotationLayout, words: Words, *, needed: bool = True) -> _Quoted:
    left, _, right = words.say("answer.quotation", text="\n").partition("\n")
    where = f"{quotation.paper} · {quotation.where}" if quotation.paper else quotation.where
    behind = f"{right} {_linked(where, quotation.link)}"
    return _Quoted(mark + left, quotation.text, behind, needed)


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
