"""Sections, blocks and references in the order in which a walk over a page meets them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.models import TextBlock, TextSection
from bot.reading.drafts import Finished


@dataclass(eq=False, slots=True)
class Heading:
    """A section of the page, whose title comes later, if at all."""

    id: str
    level: int
    title: str = ""
    bibliography: bool = False


@dataclass(slots=True)
class _Part:
    heading: Heading
    id: str
    blocks: list[TextBlock] = field(default_factory=list)


class Outline:
    """Takes what comes, and gives each section and each block a name of its own."""

    def __init__(self) -> None:
        self.references: list[str] = []
        self._open = [Heading("front", 1)]
        self._parts: list[_Part] = []
        self._names: Counter[str] = Counter()

    @property
    def heading(self) -> Heading:
        """The innermost open section."""
        return self._open[-1]

    def open(self, name: str, *, title: str = "", bibliography: bool = False) -> None:
        """Open a section within the present one."""
        self._open.append(Heading(name, len(self._open), title, bibliography))

    def entitle(self, title: str) -> None:
        self.heading.title = title
        self._part()

    def close(self) -> None:
        self._open.pop()

    def write(self, blocks: Iterable[Finished]) -> None:
        """Add blocks to the present section. Within the bibliography they are references."""
        for block in blocks:
            if self.heading.bibliography:
                self.refer(" ".join(block.sentences))
            else:
                part = self._part()
                name = self._unique(block.id or f"{part.id}.b")
                part.blocks.append(TextBlock(name, block.kind, block.sentences, block.anchor))

    def refer(self, text: str) -> None:
        if text:
            self.references.append(text)

    def sections(self) -> tuple[TextSection, ...]:
        return tuple(
            TextSection(part.id, part.heading.title, part.heading.level, tuple(part.blocks)) for part in self._parts
        )

    def _part(self) -> _Part:
        """Return the part of the present section that is being written: what follows a section within it is another."""
        if not self._parts or self._parts[-1].heading is not self.heading:
            self._parts.append(_Part(self.heading, self._unique(self.heading.id)))
        return self._parts[-1]

    def _unique(self, name: str) -> str:
        """Return the name, with a number behind it if it is taken."""
        self._names[name] += 1
        if self._names[name] == 1:
            return name
        while (numbered := f"{name}-{self._names[name]}") in self._names:
            self._names[name] += 1
        self._names[numbered] = 1
        return numbered
