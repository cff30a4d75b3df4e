"""Full texts of known content for the tests of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.models import BlockKind, FullText, TextBlock, TextSection, TextSource, Vectors
from bot.questions.terms import terms

KINDS = {"": BlockKind.PARAGRAPH, "caption": BlockKind.CAPTION, "row": BlockKind.ROW, "formula": BlockKind.FORMULA}
WIDTH = 64


def text(*sections: tuple[str, Iterable[str]], level: int = 1) -> FullText:
    """Return a text of (title, paragraphs); `caption|…`, `row|…` and `formula|…` are blocks of these kinds."""
    made = []
    for number, (title, paragraphs) in enumerate(sections):
        blocks = []
        for n, paragraph in enumerate(paragraphs):
            kind, bar, words = paragraph.rpartition("|")
            sentences = tuple(f"{one.rstrip('.')}." for one in words.split(". "))
            blocks.append(TextBlock(f"S{number}.p{n}", KINDS[kind if bar else ""], sentences))
        made.append(TextSection(f"S{number}", title, level, tuple(blocks)))
    return FullText(None, TextSource.HTML, tuple(made), title="Lanterns")


def ids(full: FullText) -> list[str]:
    return [block.id for _, block in full.blocks()]


class HashedWords:
    """An embedder whose vectors count words in a few columns."""

    model = "hashed"

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        self.embedded += texts
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, one in zip(rows, texts, strict=True):
            for term in terms(one):
                row[sum(map(ord, term)) % WIDTH] += 1
        return Vectors(self.model, WIDTH, rows.tobytes())
