"""Line breaking for Japanese and English: at spaces, and between wide characters except around their punctuation.

rich breaks only at spaces, which leaves a ragged gap wherever a Latin name stands in a Japanese sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

_NEVER_FIRST = frozenset("、。，．・：；？！）」』】］｝〉》ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ％…〜")
_NEVER_LAST = frozenset("（「『【［｛〈《")


_WEB = ("https://", "http://")
_LONGEST_ADDRESS = 2000  # characters; what is longer is no address that anybody opens
_LEAST = 24  # cells in which a sentence can still be read
_NARROW = 4


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A rich renderable: text wrapped to the console's width, with each line indented and `lead` before the first."""

    text: str
    style: Style | str = ""
    indent: int = 0
    lead: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        margin = self.indent + cell_len(self.lead)
        before = " " * self.indent + self.lead
        # When the console does not wrap (to a file or a pipe), neither do we.
        lines = self.text.split("\n") if options.no_wrap else wrap(self.text, max(options.max_width - margin, 1))
        for line in lines:
            yield Text.assemble(before, (line, self.style), no_wrap=True, overflow="ignore")
            before = " " * margin


@dataclass(frozen=True, slots=True)
class Row:
    """A rich renderable: `lead`, and behind it the text, wrapped and aligned; where too little room is left, below."""

    lead: Text
    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        margin = self.lead.cell_len
        room = options.max_width - margin
        before: Text | str = self.lead
        if options.no_wrap:
            lines = self.text.split("\n")
        elif room >= _LEAST:
            lines = wrap(self.text, room)
        else:
            yield Text.assemble(self.lead, no_wrap=True, overflow="ignore")
            before, margin = " " * _NARROW, _NARROW
            lines = wrap(self.text, max(options.max_width - _NARROW, 1))
        for line in lines:
            yield Text.assemble(before, line, no_wrap=True, overflow="ignore")
            before = " " * margin


def wrap(text: str, width: int) -> list[str]:
    """Return the text's lines, none wider than `width` cells (except a single wide character). Blank lines stay.

    An address of the web stays whole on a line of its own, however long: broken up, it could not be copied.
    """
    return [line for paragraph in text.split("\n") for line in _fill(paragraph, width)]


def _fill(paragraph: str, width: int) -> Iterator[str]:
    line, used = "", 0
    for atom in _atoms(paragraph):
        for piece in _folded(atom, width):
            if line and used + cell_len(piece.rstrip(" ")) > width:
                yield line.rstrip(" ")
                line, used = "", 0
            line, used = line + piece, used + cell_len(piece)
    yield line.rstrip(" ")


def _atoms(paragraph: str) -> Iterator[str]:
    """Yield the pieces between which a line may end, each with the spaces after it."""
    atom = ""
    for character in paragraph:
        if atom and _may_break(atom[-1], character):
            yield atom
            atom = ""
        atom += character
    if atom:
        yield atom


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST or cell_len(after) == 0:
        return False
    return before == " " or cell_len(before) == 2 or cell_len(after) == 2


def _folded(atom: str, width: int) -> Iterator[str]:
    """Yield the atom in as few pieces as fit the width."""
    if atom.startswith(_WEB) and len(atom) <= _LONGEST_ADDRESS:
        yield atom
        return
    start, used = 0, 0
    for index, character in enumerate(atom):
        size = cell_len(character)
        if used + size > width and index > start and character != " ":
            yield atom[start:index]
            start, used = index, 0
        used += size
    yield atom[start:]
