"""Cut a long text to its beginning, where nothing chooses passages from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.models import FullText, TextBlock, TextSection


@dataclass(frozen=True, slots=True)
class Beginning:
    """A text cut short: `omitted` blocks are left out behind what is shown. All section titles stay."""

    text: FullText
    omitted: int


class Beginnings:
    """`bot.questions.asking.Chooser` that takes blocks from the start, whole ones, while they fit."""

    async def choose(self, text: FullText, question: str, limit: int) -> Beginning:  # whatever is asked
        """Return the first blocks of the text, of at most `limit` characters together."""
        sections: list[TextSection] = []
        room, omitted = limit, 0
        for section in text.sections:
            kept: list[TextBlock] = []
            for block in section.blocks:
                room -= sum(map(len, block.sentences))
                if room < 0:
                    omitted += 1
                else:
                    kept.append(block)
            sections.append(replace(section, blocks=tuple(kept)))
        return Beginning(replace(text, sections=tuple(sections)), omitted)
