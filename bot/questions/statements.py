"""An answer's pieces put together into statements: sentences of the answer with all that is cited in them. Pure.

A model cites in pieces: `According to the paper, ` without a citation, `the gain is 1.87x` with one, then `.`. What
decides whether a sentence is proved is the whole of it: behind `It is wrong that ` a proved half says the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.checking.text import sentences
from bot.models import DraftPiece, SentenceRange

_LINE_MARK = re.compile(r"^\s{0,12}(?:[-*•‣▪–]\s{1,8}|\(?\d{1,2}[.)]\s{1,8}|#{1,6}\s{1,8}|>\s{0,8}|・\s{0,8}){1,2}")
_MOST_PIECES = 2_000  # of one answer; no answer of its length in tokens has as many


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, or several that one citation covers, in the pieces that it was written in."""

    pieces: tuple[DraftPiece, ...]

    @property
    def text(self) -> str:
        return " ".join("".join(piece.text for piece in self.pieces).split())

    @property
    def cited(self) -> tuple[SentenceRange, ...]:
        """Return what is cited anywhere in it, each once, in the order of the citations."""
        return tuple(dict.fromkeys(place for piece in self.pieces for place in piece.cited))

    @property
    def uncited(self) -> tuple[str, ...]:
        """Return the texts of the pieces that cite nothing."""
        return tuple(piece.text for piece in self.pieces if not piece.cited)


class Statements:
    """Takes pieces in the order of writing, and gives back each statement as soon as it is complete."""

    def __init__(self) -> None:
        self._pieces: list[DraftPiece] = []
        self._taken = 0

    def add(self, piece: DraftPiece) -> Iterator[Statement]:
        """Yield the statements that the piece completes. A line break always ends one."""
        self._taken += 1
        if self._taken > _MOST_PIECES:
            return
        for number, line in enumerate(re.split(r"[\r\n\u2028\u2029]+", piece.text)):
            if number:
                yield from self.end()
            text = line if self._pieces else _LINE_MARK.sub("", line)
            for part in [text] if piece.cited else _in_sentences(text):
                if not part.strip() and not self._pieces:
                    continue
                self._pieces.append(DraftPiece(part, piece.cited))
                if _is_closed("".join(one.text for one in self._pieces)):
                    yield from self.end()

    def end(self) -> Iterator[Statement]:
        """Yield the last statement, complete or not."""
        statement = Statement(tuple(self._pieces))
        self._pieces = []
        if any(map(str.isalnum, statement.text)):
            yield statement


def _in_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text with the space around them, so that they can be joined again."""
    start = 0
    for sentence in sentences(text):
        end = text.index(sentence, start) + len(sentence)
        yield text[start:end]
        start = end
    if text[start:]:
        yield text[start:]


def _is_closed(text: str) -> bool:
    """Whether a sentence ends here: what follows would begin another."""
    line = text.strip()
    return bool(line) and sentences(f"{line[-200:]} Next")[-1] == "Next"
