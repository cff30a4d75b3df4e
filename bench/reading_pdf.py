"""The PDF half of `bench.reading`: planted sentences that are found, and real papers beside their HTML.

Generated papers are set in seven looks (columns, indents, hyphens, an order row by row). A planted sentence counts if
it is one of the text's, letter by letter; the matcher of quotations must find each of them, and none of as many with
one word replaced. A real `NAME.pdf` beside a `NAME.html` is measured by the sentences of the HTML that the matcher
finds in it. Times are the processor's, the worker's start included.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.checking.quotations import LEAST, QuotationFinder
from bot.checking.skeleton import readable_with_places, skeleton_of
from bot.errors import ReadingError
from bot.models import BlockKind, FullText
from bot.reading.html import read_html
from bot.reading.pdf import PdfReader
from bot.reading.reader import pdf_text
from tests.support.typeset import Look, Typeset, paper

ROOT = Path(__file__).resolve().parents[1]
LOOKS = {
    "two columns": Look(),
    "one column": Look(columns=1),
    "no indents": Look(indent=False),
    "row by row": Look(interleaved=True),
    "large type": Look(columns=1, size=11, indent=False),
    "no margins": Look(heads=False, stamp=False),
    "no hyphens": Look(hyphens=False),
}
LEAST_FOUND = 0.97
LEAST_QUOTED = 0.98


@dataclass(frozen=True, slots=True)
class Figure:
    """Sentences of papers: how many there are, are read as they are, the matcher finds, and it finds altered."""

    planted: int = 0
    read: int = 0
    quoted: int = 0
    altered: int = 0
    leaked: int = 0
    pages: int = 0
    milliseconds: float = 0.0

    def __add__(self, other: Figure) -> Figure:
        return Figure(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def measured(text: FullText, sentences: Sequence[str], pages: int, milliseconds: float, leaks: Sequence[str]) -> Figure:
    finder = QuotationFinder(text)
    have = {sentence for _, sentence in text.sentences()}
    whole = "\n".join(have)
    return Figure(
        len(sentences),
        sum(sentence in have for sentence in sentences),
        sum(finder.find(sentence) is not None for sentence in sentences),
        sum(finder.find(sentence) is not None for sentence in altered(sentences)),
        sum(leak in whole for leak in leaks),
        pages,
        milliseconds,
    )


def altered(sentences: Sequence[str]) -> Iterator[str]:
    """Yield each sentence with one word in its midst replaced by a word of another sentence."""
    chance = random.Random(1)
    words = sorted({word for sentence in sentences for word in sentence.split() if word.isalpha() and len(word) > 3})
    for sentence in sentences:
        pieces = sentence.split()
        places = [place for place, word in enumerate(pieces[1:-1], 1) if word.isalpha()]
        if places and len(words) > 1:
            place = chance.choice(places)
            pieces[place] = chance.choice([word for word in words if word.casefold() != pieces[place].casefold()])
            yield " ".join(pieces)


async def generated(look: Look, papers: int) -> Figure:
    """Read generated papers in one look."""
    total, reader = Figure(), PdfReader()
    for seed in range(papers):
        typeset = paper(seed, look)
        total += await _typeset(reader, typeset)
    return total


async def _typeset(reader: PdfReader, typeset: Typeset) -> Figure:
    began = _worked()
    found = await reader.read(typeset.data, paper="generated")
    milliseconds = 1_000 * (_worked() - began)
    return measured(pdf_text(found), typeset.sentences, found.pages, milliseconds, typeset.furniture)


def _worked() -> float:
    """Return the seconds of processor time of all workers that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pdf_figures(papers: int, files: Sequence[Path]) -> list[str]:
    """Print the figures of PDFs, and return what is out of bounds."""
    faults: list[str] = []
    for name, look in LOOKS.items():
        figure = asyncio.run(generated(look, papers))
        share = figure.read / figure.planted
        print(
            f"PDF, generated, {name:<11} {papers} papers: {figure.read} of {figure.planted} planted sentences"
            f" ({share:.2%}), the matcher finds {figure.quoted}, altered {figure.altered}, {figure.leaked} leaked,"
            f" {figure.milliseconds / figure.pages:.0f} ms a page"
        )
        if share < LEAST_FOUND or figure.quoted < LEAST_FOUND * figure.planted:
            faults.append(f"PDF, {name}: {share:.2%} of the planted sentences")
        if figure.altered or figure.leaked:
            faults.append(f"PDF, {name}: {figure.altered} altered sentences found, {figure.leaked} texts leaked")
    for path in files:
        faults += _real(path)
    return faults


def _real(path: Path) -> list[str]:
    began = _worked()
    try:
        found = asyncio.run(PdfReader().read(path.read_bytes(), paper=path.name))
    except ReadingError as error:
        print(f"PDF, {path.name}: {error.code}")
        return []
    milliseconds = 1_000 * (_worked() - began) / found.pages
    text = pdf_text(found)
    sentences = sum(len(block.sentences) for _, block in text.blocks() if block.kind is BlockKind.PARAGRAPH)
    dropped = ", ".join(f"{kind} {count}" for kind, count in found.dropped) or "nothing"
    print(
        f"PDF, {path.name}: {len(found.sections)} sections, {sentences} sentences, {len(found.references)} references,"
        f" {milliseconds:.0f} ms a page; left out: {dropped}"
    )
    page = path.with_suffix(".html")
    if not page.is_file():
        return []
    wanted = list(_prose(read_html(page.read_bytes())))
    figure = measured(text, wanted, found.pages, milliseconds, ())
    share = figure.quoted / max(figure.planted, 1)
    print(f"    {figure.quoted} of {figure.planted} sentences of its HTML ({share:.2%}), altered {figure.altered}")
    if share < LEAST_QUOTED or figure.altered:
        return [f"{path.name}: {share:.2%} of its HTML's sentences found, {figure.altered} altered ones"]
    return []


def _prose(text: FullText) -> Iterator[str]:
    """Yield the sentences of paragraphs that are long enough to be looked up, but for the authors' below the title."""
    for section, block in text.blocks():
        if block.kind is BlockKind.PARAGRAPH and section.title not in ("", text.title):
            for sentence in block.sentences:
                if len(skeleton_of(readable_with_places(sentence)[0]).letters) >= LEAST:
                    yield sentence


def shared_files() -> list[Path]:
    folder = Path(os.environ.get("KAWARABAN_SHARED") or ROOT.parent / "shared") / "reading" / "pdf"
    if not folder.is_dir():
        print(f"PDF, real papers: not measured, there is no {folder}")
    return sorted(folder.glob("*.pdf"))
