"""Papers of known content set as PDFs the way TeX sets them: columns, hyphens, ligatures, notes, floats, running heads.

The words are invented. `paper` returns the file together with the sentences that a reader of it must find.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.pdfs import A4, PdfPage, pdf, width

_ONSETS = "b c d f g h k l m n p r s t v br ch cl cr dr fl fr gl gr pl pr sh sl st th tr".split()
_VOWELS = "a e i o u ai ea ee oa ou".split()
_ENDS = "n r s t l m d ck nd rt st ng".split()
_SMALL = "the of a in to and for with on by from as at over under between".split()
_LIGATURES = (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ"))


@dataclass(frozen=True, slots=True)
class Typeset:
    """A PDF and what is in it. `sentences` are those of the running text, in order; `furniture` is none of it."""

    data: bytes
    title: str
    headings: tuple[str, ...]
    sentences: tuple[str, ...]
    captions: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    references: tuple[str, ...]
    furniture: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How a paper is set. `interleaved` writes both columns row by row, as some programs do."""

    columns: int = 2
    size: float = 10
    indent: bool = True
    hyphens: bool = True
    interleaved: bool = False
    pages: int = 5
    heads: bool = True
    stamp: bool = True


class Words:
    """Makes sentences of invented words; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._nouns = [self._word() for _ in range(400)] + [
            "officer",
            "baffle",
            "affluent",
            "flow",
            "finding",
            "effort",
        ]

    def _word(self) -> str:
        pick = self.random.choice
        return "".join(pick(_ONSETS) + pick(_VOWELS) for _ in range(self.random.choice((1, 2, 2, 3)))) + pick(_ENDS)

    def sentence(self) -> str:
        words = [
            self.random.choice(_SMALL if self.random.random() < 0.35 else self._nouns)
            for _ in range(self.random.randint(8, 24))
        ]
        words.append(self.random.choice(self._nouns))
        extras = (
            f"{self.random.randint(1, 99)}.{self.random.randint(0, 99)}%",
            f"{self.random.choice(self._nouns)}-{self.random.choice(self._nouns)}",
            f"({self.random.choice(self._nouns).title()} et al., 20{self.random.randint(10, 26)})",
            f"{self.random.choice(self._nouns)},",
        )
        for extra in extras:
            if self.random.random() < 0.4:
                words.insert(self.random.randrange(2, len(words) - 1), extra)
        words[0] = words[0].rstrip(",").capitalize()
        return f"{' '.join(words)}."

    def phrase(self, count: int) -> str:
        return " ".join(self.random.choice(self._nouns).capitalize() for _ in range(count))


@dataclass(slots=True)
class _Set:
    """A line to be set: words with what is raised after them, and the note that it calls for."""

    words: list[tuple[str, str]]
    last: bool = False
    indent: float = 0.0


@dataclass(slots=True)
class _Setter:
    look: Look
    words: Words
    head: str
    pages: list[PdfPage] = field(default_factory=list)
    column: int = 0
    y: float = 0.0
    floor: float = 0.0
    waiting: list[tuple[str, str]] = field(default_factory=list)  # notes of the column
    floats: list[tuple[str, list[tuple[str, ...]]]] = field(default_factory=list)

    top: float = 770.0

    bottom, left, gutter = 80.0, 60.0, 20.0

    @property
    def wide(self) -> float:
        full = A4[0] - 2 * self.left
        return full if self.look.columns == 1 else (full - self.gutter) / 2

    @property
    def x(self) -> float:
        return self.left + self.column * (self.wide + self.gutter)

    @property
    def page(self) -> PdfPage:
        return self.pages[-1]

    def open_page(self) -> None:
        self.pages.append(PdfPage())
        self.column = 0
        number = len(self.pages)
        if self.look.heads:
            self.page.text(self.left, 805, self.head, 8)
        self.page.text(A4[0] / 2, 40, str(number + 100), 9)
        if number == 1 and self.look.stamp:
            self.page.text(30, 250, "arXiv:2611.01234v2 [cs.XX] 11 Nov 2026", 18, angle=90)
        self.open_column()

    def open_column(self) -> None:
        self.y, self.floor = self.top, self.bottom
        if self.floats and len(self.pages) > 1:
            caption, rows = self.floats.pop(0)
            for row in rows:
                self.y -= self.look.size * 1.1
                for place, cell in enumerate(row):
                    self.page.text(self.x + place * self.wide / len(row), self.y, cell, self.look.size * 0.9)
            self.y -= self.look.size
            self.small(caption)
            self.y -= self.look.size * 1.5

    def close_column(self) -> None:
        size = self.look.size * 0.8
        y = self.floor + self.noted - 6
        for mark, note in self.waiting:
            first, *others = _wrapped(note, self.wide - 12, size)
            y -= self.look.size
            pieces = len(self.page.content)
            self.page.text(self.x + 2, y + 3, mark, size * 0.75)
            self.page.text(self.x + 8, y, first, size)
            self.page.content[pieces:] = ["\n".join(self.page.content[pieces:])]
            for line in others:
                y -= self.look.size
                self.page.text(self.x + 8, y, line, size)
        self.waiting = []

    def next_column(self) -> None:
        self.close_column()
        if self.column + 1 < self.look.columns:
            self.column += 1
            self.open_column()
        else:
            self.open_page()

    def small(self, text: str) -> None:
        for line in _wrapped(text, self.wide, self.look.size * 0.9):
            self.y -= self.look.size * 1.1
            self.page.text(self.x, self.y, line, self.look.size * 0.9)

    def heading(self, text: str) -> None:
        if self.y - 5 * self.look.size < self.floor + self.noted:
            self.next_column()
        self.y -= 2.2 * self.look.size
        self.page.text(self.x, self.y, text, self.look.size * 1.2, "bold")
        self.y -= 0.6 * self.look.size

    @property
    def noted(self) -> float:
        """The height of the column's notes."""
        return sum(len(_wrapped(note, self.wide - 12, self.look.size * 0.8)) for _, note in self.waiting) * (
            self.look.size
        ) + (6 if self.waiting else 0)

    def paragraph(self, words: list[tuple[str, str]], notes: dict[str, str]) -> None:
        """Set a paragraph; each word has a mark raised after it, or "", and `notes` says what a mark stands for."""
        for line in self._lines(words):
            called = [(mark, notes[mark]) for _, mark in line.words if mark in notes]
            self.waiting += called
            if self.y - 1.2 * self.look.size < self.floor + self.noted:
                if called:
                    del self.waiting[-len(called) :]
                self.next_column()
                self.waiting += called
            self.y -= 1.2 * self.look.size
            pieces = len(self.page.content)
            self._line(line)
            self.page.content[pieces:] = ["\n".join(self.page.content[pieces:])]

    def _lines(self, words: list[tuple[str, str]]) -> Iterator[_Set]:
        """Yield justified lines; a word that does not fit is divided where hyphens are allowed."""
        size, left = self.look.size, list(words)
        indent = 1.2 * size if self.look.indent else 0.0
        while left:
            line: list[tuple[str, str]] = []
            room = self.wide - indent
            while left:
                word, mark = left[0]
                need = width(word, size) + width(mark, size * 0.7) + (width(" ", size) * 0.8 if line else 0)
                if need <= room:
                    line.append(left.pop(0))
                    room -= need
                    continue
                piece = self._piece(word, room - width(" ", size))
                if piece:
                    line.append((f"{word[:piece]}-", ""))
                    left[0] = (word[piece:], mark)
                break
            yield _Set(line, not left, indent)
            indent = 0.0

    def _piece(self, word: str, room: float) -> int:
        """Return after how many letters a word is divided, 0 if it is not."""
        if not self.look.hyphens or not word.isalpha() or len(word) < 7:
            return 0
        return next((n for n in range(len(word) - 3, 2, -1) if width(f"{word[:n]}-", self.look.size) <= room), 0)

    def _line(self, line: _Set) -> None:
        size = self.look.size
        natural = sum(width(word, size) + width(mark, size * 0.7) for word, mark in line.words)
        gaps = len(line.words) - 1
        space = width(" ", size)
        if not line.last and gaps:
            space = (self.wide - line.indent - natural) / gaps
        x = self.x + line.indent
        run, start = "", x
        for place, (word, mark) in enumerate(line.words):
            run += word
            x += width(word, size)
            if mark:
                self._run(start, run, space)
                self.page.text(x, self.y + size * 0.36, mark, size * 0.7)
                x += width(mark, size * 0.7) + space
                run, start = "", x
            elif place < gaps:
                run += " "
                x += space
        if run:
            self._run(start, run, space)

    def _run(self, x: float, text: str, space: float) -> None:
        spacing = space - width(" ", self.look.size)
        for plain, joined in _LIGATURES:
            text = text.replace(plain, joined)
        self.page.text(x, self.y, text, self.look.size, spacing=spacing)


def _wrapped(text: str, wide: float, size: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, size) > wide:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def paper(seed: int, look: Look | None = None) -> Typeset:
    """Return an invented paper; the same seed and look make the same file."""
    return _Paper(Words(seed), look or Look()).typeset()


class _Paper:
    def __init__(self, words: Words, look: Look) -> None:
        self._words = words
        self._look = look
        self._title, self._head = words.phrase(6), words.phrase(4)
        self._setter = _Setter(look, words, self._head)
        self._sentences: list[str] = []
        self._headings: list[str] = []
        self._notes: list[str] = []
        self._captions: list[str] = []
        self._rows: list[tuple[str, ...]] = []
        self._references: list[str] = []

    def typeset(self) -> Typeset:
        setter = self._setter
        setter.open_page()
        setter.y -= 20
        setter.page.text(setter.left, setter.y, self._title, 17, "bold")
        setter.y -= 30
        setter.top, top = setter.y, setter.top
        while len(setter.pages) < self._look.pages or len(self._headings) < 3:
            number = len(self._headings) + 1
            self._heading(f"{number} {self._words.phrase(2)}" if number > 1 else "Abstract")
            for _ in range(self._words.random.randint(2, 5)):
                self._paragraph()
                if len(setter.pages) > 1 or setter.column:
                    setter.top = top
        while setter.floats:
            setter.next_column()
        self._bibliography()
        setter.close_column()
        if self._look.interleaved:
            _interleave(setter.pages)
        return Typeset(
            pdf(setter.pages),
            self._title,
            tuple(self._headings),
            tuple(self._sentences),
            tuple(self._captions),
            tuple(self._notes),
            tuple(self._rows),
            tuple(self._references),
            (self._head, "arXiv:2611.01234v2"),
        )

    def _heading(self, text: str) -> None:
        self._headings.append(text)
        self._setter.heading(text)

    def _paragraph(self) -> None:
        """Set a paragraph that may call for a note, and may have a table float by."""
        chance = self._words.random
        said = [self._words.sentence() for _ in range(chance.randint(3, 7))]
        marked = [(word, "") for sentence in said for word in sentence.split()]
        called: dict[str, str] = {}
        place = chance.randrange(len(marked))
        word = marked[place][0]
        if chance.random() < 0.6 and len(word.strip(".,")) > 3 and not any(char.isdigit() for char in word):
            mark, note = str(len(self._notes) + 1), self._words.sentence()
            marked[place] = (word, mark)
            called[mark] = note
            self._notes.append(note)
        if chance.random() < 0.3:
            caption = f"Table {len(self._captions) + 1}: {self._words.sentence()}"
            rows: list[tuple[str, ...]] = [
                (self._words.phrase(1), f"{n}.{chance.randint(10, 99)}", f"{n + 7}.1") for n in range(1, 5)
            ]
            self._captions.append(caption)
            self._rows += rows
            self._setter.floats.append((caption, rows))
        self._setter.paragraph(marked, called)
        self._sentences += said

    def _bibliography(self) -> None:
        setter, size = self._setter, self._look.size
        self._heading("References")
        for number in range(1, 13):
            entry = f"[{number}] {self._words.phrase(2)}. {self._words.sentence()}"
            self._references.append(entry)
            if setter.y < setter.floor + setter.noted + 5 * size:
                setter.next_column()
            setter.small(entry)


def _interleave(pages: list[PdfPage]) -> None:
    """Order each page's pieces from top to bottom and left to right, as programs do that know no columns."""
    for page in pages:
        page.content.sort(key=_place)


def _place(operators: str) -> tuple[float, float]:
    numbers = operators.partition(" Tw ")[2].split()
    return (-round(float(numbers[5])), float(numbers[4]))
