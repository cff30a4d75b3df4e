"""A paper's full text, in one form whatever it was read from, and what is asked of it and answered from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.models.papers import PaperId


class TextSource(StrEnum):
    """What a full text was read from: `abstract` where neither page nor PDF could be read."""

    HTML = "html"
    PDF = "pdf"
    ABSTRACT = "abstract"


class BlockKind(StrEnum):
    """What a block of a full text is. A `row` is one of a table, a `note` a footnote lifted out of its paragraph."""

    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    ROW = "row"
    FORMULA = "formula"
    NOTE = "note"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One block in reading order. `id` is unique within the text and the same each time that version is read.

    `anchor` is the fragment that leads to it on the page of the text ("S3.p2" of the HTML, "page=3" of the PDF), ""
    if there is none. Formulas within sentences are TeX between dollar signs.
    """

    id: str
    kind: BlockKind
    sentences: tuple[str, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class TextSection:
    """A heading and the blocks below it, up to the next heading of any level. Level 1 is the highest.

    The paper's title is such a heading, and so is that of its references. Text before the first one has an empty title.
    """

    id: str
    title: str
    level: int
    blocks: tuple[TextBlock, ...]


@dataclass(frozen=True, slots=True)
class SentenceRef:
    """One sentence of a full text: the id of its block, and its place in it from 0."""

    block: str
    index: int

    def __str__(self) -> str:
        return f"{self.block}/{self.index}"


@dataclass(frozen=True, slots=True)
class FullText:
    """A paper's text. `url` is the page that the anchors belong to, with its version where that is known.

    `references` are the entries of the bibliography, kept apart from the text. `dropped` counts what was left out by
    kind, such as hidden text. `licence` is that of this version as its page names it, "" if unknown. `unread` are the
    codes of why a better source was not read, first that of the HTML.
    """

    paper: PaperId | None
    source: TextSource
    sections: tuple[TextSection, ...]
    url: str = ""
    version: int | None = None
    references: tuple[str, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    licence: str = ""
    title: str = ""
    unread: tuple[str, ...] = ()

    def blocks(self) -> Iterator[tuple[TextSection, TextBlock]]:
        """Yield every block in reading order, with its section."""
        return ((section, block) for section in self.sections for block in section.blocks)

    def sentences(self) -> Iterator[tuple[SentenceRef, str]]:
        """Yield every sentence in reading order, with where it stands."""
        return (
            (SentenceRef(block.id, index), sentence)
            for _, block in self.blocks()
            for index, sentence in enumerate(block.sentences)
        )
