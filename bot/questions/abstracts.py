"""Questions from abstracts alone, where no full text can be had: the sample's papers, which are published nowhere."""

from __future__ import annotations

from bot.checking.text import sentences
from bot.models import BlockKind, FullText, Paper, TextBlock, TextSection, TextSource


class AbstractReader:
    """A Reader (see `bot.ports`) that asks nobody."""

    async def read(self, paper: Paper) -> FullText:
        """Return the abstract as the paper's text."""
        block = TextBlock("abstract", BlockKind.PARAGRAPH, sentences(" ".join(paper.abstract.split())))
        return FullText(
            paper=paper.id,
            source=TextSource.ABSTRACT,
            sections=(TextSection("abstract", "Abstract", 1, (block,)),),
            url=paper.url,
            title=paper.title,
        )
