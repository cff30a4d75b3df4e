"""A PDF's pages as sections of blocks with sentences: the whole way from glyphs to text. Pure.

Paragraphs that a column, a page, a note or a float interrupts are put together; headings become sections, and the
bibliography is kept apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.models.fulltext import BlockKind, TextBlock, TextSection
from bot.reading.pdf_blocks import blocks, body_of, rows_of
from bot.reading.pdf_columns import columns_of, ordered
from bot.reading.pdf_forms import Block, Body, Form, caption_name, heading_number
from bot.reading.pdf_hyphens import Joiner
from bot.reading.pdf_lines import Line
from bot.reading.pdf_margins import without_margins
from bot.reading.pdf_values import PdfText
from bot.reading.sentences import split

_KINDS = {
    Form.TEXT: BlockKind.PARAGRAPH,
    Form.HEADING: BlockKind.PARAGRAPH,
    Form.CAPTION: BlockKind.CAPTION,
    Form.NOTE: BlockKind.NOTE,
    Form.FORMULA: BlockKind.FORMULA,
    Form.CODE: BlockKind.CODE,
}
_REFERENCES = re.compile(
    r"(?:references(?: and notes)?|bibliography|literature cited|works cited|literatur(?:verzeichnis)?|références"
    r"|bibliographie|referencias|bibliografía|参考文献|引用文献)\W*",
    re.IGNORECASE,
)
_LONGEST_ROW = 300  # characters
_SENTENCE_END = re.compile(r"[.!?。！？][)\]”’\"'»」』]*\Z")


@dataclass(slots=True)
class _Paragraph:
    """A block of the text to be, with the blocks of the pages that it is made of."""

    kind: BlockKind
    parts: list[Block]

    @property
    def lines(self) -> Iterator[str]:
        return (row.text for part in self.parts for row in part.rows)


@dataclass(slots=True)
class _Section:
    title: str
    level: int
    paragraphs: list[_Paragraph] = field(default_factory=list)


def text_of(pages: Sequence[tuple[float, Sequence[Line]]], dropped: Counter[str]) -> PdfText:
    """Return the text of a paper whose pages are given as their width in points and their lines in the file's order."""
    kept = without_margins([found for _, found in pages], dropped)
    if not any(kept):
        return PdfText((), dropped=_counts(dropped), pages=len(pages))
    body = body_of(kept)
    flow: list[Block] = []
    for found, columns in zip(kept, columns_of(kept, [width for width, _ in pages]), strict=True):
        flow += blocks(ordered(found, columns), columns, body)
    joiner = Joiner(line.text for found in kept for line in found)
    title = _title(flow, body)
    if title is not None:
        flow.remove(title)
    sections, entries = _sections(flow, body, joiner)
    return PdfText(
        tuple(_numbered(sections, joiner)),
        tuple(_references(entries, joiner)),
        joiner.join(row.text for row in title.rows) if title else "",
        _counts(dropped),
        len(pages),
    )


def _counts(dropped: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((kind, count) for kind, count in dropped.items() if count))


def _title(flow: Sequence[Block], body: Body) -> Block | None:
    """Return the block of the largest type on the first page, None if nothing there stands out."""
    first = [
        block
        for block in flow
        if block.page == flow[0].page
        and any(char.isalpha() for char in block.text)
        and not (block.form is Form.HEADING and heading_number(block.text))
    ]
    if not first:
        return None
    largest = max(first, key=lambda block: (round(block.size, 1), -first.index(block)))
    return largest if largest.size > 1.15 * body.size and 3 < len(largest.text) < 400 else None


def _sections(flow: list[Block], body: Body, joiner: Joiner) -> tuple[list[_Section], list[Block]]:
    """Return the sections with their paragraphs, and the blocks of the bibliography."""
    _settle_front(flow)
    _settle_captions(flow, body)
    levels = _Levels([block for block in flow if block.form is Form.HEADING])
    sections, entries = [_Section("", 1)], []
    in_references = False
    styles: set[tuple[int, bool]] = set()
    for block in flow:
        style = (round(block.size), block.bold)
        if block.form is Form.HEADING and not (in_references and style not in styles):
            title = joiner.join(row.text for row in block.rows)
            styles.add(style)
            in_references = bool(_REFERENCES.fullmatch(re.sub(r"^[\dIVX.]+\s+", "", title)))
            if not in_references:
                sections.append(_Section(title, levels.of(block)))
        elif in_references and block.form not in (Form.NOTE, Form.CAPTION, Form.SCRAP):
            entries.append(block)
        else:
            _add(sections[-1], block)
    return [section for section in sections if section.title or section.paragraphs], entries


def _settle_front(flow: Sequence[Block]) -> None:
    """Take names and addresses above the abstract for text, however bold they are."""
    headings = [place for place, block in enumerate(flow) if block.form is Form.HEADING]
    start = next((place for place in headings if _opens(flow[place])), None)
    if start is not None and flow[start].page == flow[0].page:
        for place in headings:
            if place < start:
                flow[place].form = Form.TEXT


def _settle_captions(flow: Sequence[Block], body: Body) -> None:
    """Take for text what only begins as a caption does, where a caption in smaller type has the same number."""
    captions: dict[str, list[Block]] = {}
    for block in flow:
        if block.form is Form.CAPTION and (name := caption_name(block.text)):
            captions.setdefault(name, []).append(block)
    for alike in captions.values():
        smaller = [block for block in alike if block.size < 0.96 * body.size]
        if smaller and len(smaller) < len(alike):
            for block in alike:
                if block not in smaller:
                    block.form = Form.TEXT


def _opens(block: Block) -> bool:
    """Return whether the heading is one with which the text of a paper begins."""
    return heading_number(block.text) is not None or bool(
        re.fullmatch(r"(?:abstract|summary|introduction|概要|要旨|はじめに)\W*", block.text, re.IGNORECASE)
    )


class _Levels:
    """The levels of a paper's headings: by their numbers, else by their size."""

    def __init__(self, headings: Sequence[Block]) -> None:
        numbered = [block.size for block in headings if (heading_number(block.text) or ".").count(".") == 0]
        self._sizes = sorted({round(block.size) for block in headings}, reverse=True)
        self._first = round(max(numbered)) if numbered else (self._sizes[0] if self._sizes else 0)

    def of(self, block: Block) -> int:
        number = heading_number(block.text)
        if number is not None:
            return number.count(".") + 1
        if round(block.size) >= self._first:
            return 1
        return min(1 + sum(self._first >= size > round(block.size) for size in self._sizes), 4)


def _add(section: _Section, block: Block) -> None:
    """Put a block to a section: to a paragraph that it goes on with, else as one of its own."""
    if block.form in (Form.TABLE, Form.SCRAP):
        section.paragraphs.append(_Paragraph(BlockKind.ROW, [block]))
        return
    kind = _KINDS[block.form]
    last = _interrupted(section, block, kind)
    if last is not None:
        last.parts.append(block)
    else:
        section.paragraphs.append(_Paragraph(kind, [block]))


def _interrupted(section: _Section, block: Block, kind: BlockKind) -> _Paragraph | None:
    """Return the paragraph or note in whose midst a block stands that begins a page, a column or a line."""
    for paragraph in reversed(section.paragraphs):
        if paragraph.kind is BlockKind.FORMULA and kind is BlockKind.PARAGRAPH:
            return None
        last = paragraph.parts[-1]
        if paragraph.kind is not kind or block.label or abs(last.size - block.size) > 0.07 * block.size:
            continue
        if block.page - last.page > 2:
            return None
        text, after = last.rows[-1].text, block.text
        if _SENTENCE_END.search(text) and not text.endswith(("e.g.", "i.e.", "al.", "cf.", "Fig.", "Eq.")):
            return None
        goes_on = after[:1].islower() or text.endswith("-")
        goes_on = goes_on or (last.is_full and not text.endswith(":") and not block.is_indented)
        return paragraph if goes_on and kind in (BlockKind.PARAGRAPH, BlockKind.NOTE) else None
    return None


def _numbered(sections: Sequence[_Section], joiner: Joiner) -> Iterator[TextSection]:
    """Yield the sections with ids; a block's is that of its page, and its place there."""
    counts: Counter[int] = Counter()
    for number, section in enumerate(sections, 1):
        found = []
        for paragraph in section.paragraphs:
            page = paragraph.parts[0].page
            for kind, sentences in _written(paragraph, joiner):
                counts[page] += 1
                found.append(TextBlock(f"p{page}.b{counts[page]}", kind, sentences, f"page={page}"))
        yield TextSection(f"s{number}", section.title, section.level, tuple(found))


def _written(paragraph: _Paragraph, joiner: Joiner) -> Iterator[tuple[BlockKind, tuple[str, ...]]]:
    if paragraph.kind is BlockKind.ROW:
        for part in paragraph.parts:
            yield from ((BlockKind.ROW, _whole(row)) for row in rows_of(part))
    elif paragraph.kind is BlockKind.CODE:
        yield BlockKind.CODE, tuple(paragraph.lines)
    elif paragraph.kind is BlockKind.FORMULA:
        yield BlockKind.FORMULA, _whole(" ".join(paragraph.lines))
    elif sentences := split(joiner.join(paragraph.lines)):
        yield paragraph.kind, sentences


def _whole(text: str) -> tuple[str, ...]:
    """Return a row or a formula as one sentence, if it is not so long that it is prose."""
    return (text,) if len(text) <= _LONGEST_ROW else split(text)


_MARKED = re.compile(r"\[[^\]]{1,20}\]|\d{1,3}\.\s")


def _references(entries: Sequence[Block], joiner: Joiner) -> Iterator[str]:
    """Yield the entries of a bibliography: by their marks, else by their hanging indents, else block by block."""
    rows = [(row, block) for block in entries for row in block.rows]
    marked = sum(bool(_MARKED.match(row.text)) for row, _ in rows)
    hanging = sum(row.first.x0 > block.left + 0.4 * row.size for row, block in rows)
    entry: list[str] = []
    for place, (row, block) in enumerate(rows):
        if 8 * marked >= len(rows):
            begins = bool(_MARKED.match(row.text))
        elif 4 * hanging >= len(rows):
            begins = row.first.x0 < block.left + 0.4 * row.size
        else:
            begins = place > 0 and row is block.rows[0] and bool(_SENTENCE_END.search(rows[place - 1][0].text))
        if begins and entry:
            yield joiner.join(entry)
            entry = []
        entry.append(row.text)
    if entry:
        yield joiner.join(entry)
