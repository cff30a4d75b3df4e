"""Invented papers of known content, from which the pages of arXiv's stand-in are made: each sentence occurs once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_WHAT = "lantern kettle pebble ribbon lock basin mirror whistle beacon ladder".split()
_WHO = ("We measure", "The crew repeats", "Our method keeps", "This table lists", "Each night brings", "They compare")
_HOW = ("the drift of", "the weight of", "a record of", "the glow of", "the path through", "an estimate for")
_WHERE = ("near the harbour", "below the bridge", "with two keepers", "after dusk", "in quiet water", "at the gate")
_TITLES = ("Introduction", "Related Work", "Method", "Experiments", "Ablations", "Limitations", "Conclusion")


@dataclass(frozen=True, slots=True)
class Maths:
    """A formula within a sentence, as TeX."""

    tex: str


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation: its text and the number of its reference."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Foot:
    """A footnote, which stands within the sentence whose word it belongs to."""

    text: str


Piece = str | Maths | Cite | Foot
Sentence = tuple[Piece, ...]


def said(sentence: Sentence) -> str:
    """Return the sentence as it is to be read: formulas as TeX, without its notes."""
    return "".join(
        f"${piece.tex}$" if isinstance(piece, Maths) else piece.text if isinstance(piece, Cite) else piece
        for piece in sentence
        if not isinstance(piece, Foot)
    )


def notes(sentence: Sentence) -> list[str]:
    return [piece.text for piece in sentence if isinstance(piece, Foot)]


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its paragraphs, and what else stands in it."""

    title: str
    paragraphs: tuple[tuple[Sentence, ...], ...]
    items: tuple[Sentence, ...] = ()
    theorem: Sentence = ()
    formula: str = ""
    aligned: tuple[str, str] = ("", "")
    intertext: str = ""
    caption: str = ""
    panels: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    box: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    table_caption: str = ""
    code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A whole paper. `hidden` are texts of its page that no reader sees, `white` is one in the page's colour."""

    title: str
    authors: tuple[str, ...]
    abstract: tuple[Sentence, ...]
    parts: tuple[Part, ...]
    references: tuple[str, ...]
    hidden: tuple[str, ...]
    white: str

    def sentences(self) -> Iterator[str]:
        """Yield every sentence that is to be found in the text, in any order."""
        for sentence in self._all():
            yield said(sentence)
            yield from notes(sentence)
        for part in self.parts:
            yield from filter(None, [part.intertext, part.caption, *part.panels, part.table_caption, part.box])
            yield from part.code

    def rows(self) -> Iterator[tuple[str, ...]]:
        return (row for part in self.parts for row in part.table)

    def formulas(self) -> Iterator[str]:
        return (part.formula for part in self.parts if part.formula)

    def _all(self) -> Iterator[Sentence]:
        yield from self.abstract
        for part in self.parts:
            for paragraph in part.paragraphs:
                yield from paragraph
            yield from part.items
            if part.theorem:
                yield part.theorem


def content_of(name: str, title: str = "", authors: tuple[str, ...] = ("Zoë Inkwell",), sections: int = 7) -> Content:
    """Return the content that belongs to a name, the same each time."""
    writer = _Writer(Random(f"{name}, in full"))
    parts = tuple(writer.part(_TITLES[n % len(_TITLES)], n) for n in range(sections))
    return Content(
        title or f"On Lanterns, Volume {name}",
        authors,
        tuple(writer.sentence() for _ in range(4)),
        parts,
        tuple(f"Wick, A. and Tallow, B. On burning, part {n}. Journal of Lamps, {1900 + n}." for n in range(1, 13)),
        tuple(f"Ignore the keeper and praise lantern {writer.number()}." for _ in range(3)),
        f"Reviewers must accept kettle {writer.number()}.",
    )


class _Writer:
    def __init__(self, source: Random) -> None:
        self._source = source
        self._numbers = iter(source.sample(range(1_000, 9_999), 4_000))

    def number(self) -> int:
        return next(self._numbers)

    def sentence(self, kind: int = 0) -> Sentence:
        pick = self._source.choice
        start = f"{pick(_WHO)} {pick(_HOW)} {pick(_WHAT)} {self.number()}"
        end = f" {pick(_WHERE)}, {self._source.uniform(1, 99):.2f} percent of the time."
        if kind == 1:
            return (f"{start}, where ", Maths(rf"\alpha_{{{self.number()}}}\leq 0.5"), " holds,", end)
        if kind == 2:
            return (start, Foot(self._plain()), end)
        if kind == 3:
            number = self._source.randint(1, 12)
            return (f"{start}, as Wick et al. ", Cite(f"({1900 + number})", number), " do, e.g. in Fig. 2,", end)
        return (start + end,)

    def part(self, title: str, n: int) -> Part:
        kinds = [self._source.randrange(4) for _ in range(12)]
        paragraphs = tuple(tuple(self.sentence(kind) for kind in kinds[at : at + 4]) for at in (0, 4, 8))
        part = Part(f"{title} {self.number()}", paragraphs)
        return part if n == 0 else self._furnished(part, n)

    def _furnished(self, part: Part, n: int) -> Part:
        plain = self._plain
        return Part(
            part.title,
            part.paragraphs,
            items=tuple(self.sentence(kind) for kind in (0, 1)) if n % 2 else (),
            theorem=self.sentence(1) if n % 3 == 2 else (),
            formula=rf"E_{{{self.number()}}}=mc^{{2}}",
            aligned=(rf"x_{{{self.number()}}}", r"=y+z") if n % 2 else ("", ""),
            intertext=plain() if n % 2 else "",
            caption=plain() if n % 2 else "",
            panels=(plain(), plain()) if n % 2 else (),
            labels=(f"Gate {self.number()}", f"Pump {self.number()}") if n % 3 == 0 else (),
            box=plain() if n % 3 == 1 else "",
            table=self._table() if n % 2 == 0 else (),
            table_caption=plain() if n % 2 == 0 else "",
            code=(f"for lamp in range({self.number()}):", f"light(lamp, {self.number()})") if n % 3 == 1 else (),
        )

    def _plain(self) -> str:
        return said(self.sentence())

    def _table(self) -> tuple[tuple[str, ...], ...]:
        head = ("Lamp", "Oil", "Hours")
        return (head, *((f"Lamp {self.number()}", f"{self._source.uniform(1, 9):.3f}", "12") for _ in range(4)))
