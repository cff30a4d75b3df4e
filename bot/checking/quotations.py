"""Whether a quotation stands in a paper, letter by letter, and where. Pure; nothing counts that is only similar.

Both texts are reduced to a skeleton, which ignores what readers ignore (case, spaces, line breaks, hyphens, ligatures,
TeX against Unicode) and keeps what changes a meaning (letters, digits, decimal points, signs before numbers). A
quotation is in the paper if its skeleton is in the paper's, from the beginning of a word to the end of one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.checking.skeleton import MINUS, SEPARATOR, raw_place, readable_with_places, skeleton_of
from bot.models.fulltext import BlockKind, FullText, SentenceRef, TextSource

LEAST = 20  # characters of the skeleton of a quotation, and of each piece of one; shorter ones are found anywhere
LONGEST = 5_000  # characters of a quotation
LONGEST_GAP = 1_500  # characters of the skeleton between two pieces
_MOST_PLACES = 64  # at which a beginning that stands in the paper again and again is tried

_WITHIN_WORDS = MINUS | frozenset("_^'’.,")
_ELLIPSIS = re.compile(r"\[?(?:…|\.{3,}|(?:\. ){2,}\.)\]?")
_CLOSING = re.compile(r"[)\]”’\"'»」』]*[.!?。！？]?[)\]”’\"'»」』]*")
_ENDED = re.compile(r"[.!?。！？][)\]”’\"'»」』]*\s*\Z")
_DENSE = re.compile(r"[ぁ-ヿ㐀-鿿々가-힣฀-๿]")


@dataclass(frozen=True, slots=True)
class FoundQuotation:
    """A quotation as the paper has it: its own characters, " … " where some are left out, and the sentences."""

    text: str
    sentences: tuple[SentenceRef, ...]


class QuotationFinder:
    """A paper's text prepared for looking quotations up; takes about a second for a million characters."""

    def __init__(self, text: FullText) -> None:
        self._has_gaps = text.source is TextSource.PDF
        self._refs: list[SentenceRef] = []
        self._raw: list[str] = []
        self._starts: list[int] = []  # of the sentences in the shown text
        self._spans: list[list[tuple[int, int, int]]] = []
        self._blocks: list[tuple[int, int, BlockKind]] = []  # first and last sentence
        shown: list[str] = []
        length = 0
        for _, block in text.blocks():
            if not block.sentences:
                continue
            first = len(self._refs)
            for index, sentence in enumerate(block.sentences):
                readable, spans = readable_with_places(sentence)
                self._refs.append(SentenceRef(block.id, index))
                self._raw.append(sentence)
                self._spans.append(spans)
                self._starts.append(length)
                shown.append(readable)
                length += len(readable) + 1
            self._blocks.append((first, len(self._refs) - 1, block.kind))
        self._paper = skeleton_of("\n".join(shown))
        self._edges = self._block_edges()

    def _block_edges(self) -> list[tuple[int, int]]:
        """Return where each block begins and ends in the skeleton."""
        ends = [*self._starts[1:], len(self._paper.shown) + 1]
        return [
            (bisect_left(self._paper.places, self._starts[first]), bisect_left(self._paper.places, ends[last]))
            for first, last, _ in self._blocks
        ]

    def find(self, quotation: str) -> FoundQuotation | None:
        """Return the quotation as it stands in the paper, None if it does not, or is too short or too long to tell.

        It stands there whole, or in parts where it has an ellipsis itself. The text of a PDF may have a note, a figure
        or the like in the midst of a sentence: there two pieces are found around whole blocks as well.
        """
        if len(quotation) > LONGEST:
            return None
        letters = skeleton_of(readable_with_places(quotation)[0]).letters
        if len(letters) < LEAST:
            return None
        for start in self._occurrences(letters):
            return self._found([(start, start + len(letters))])
        parts = [skeleton_of(readable_with_places(part)[0]).letters for part in _ELLIPSIS.split(quotation)]
        parts = [part for part in parts if part]
        if len(parts) > 1:
            return self._in_parts(parts)
        return self._around_blocks(letters) if self._has_gaps else None

    def _occurrences(self, letters: str, start: int = 0, end: int | None = None) -> Iterator[int]:
        """Yield where the letters stand from the beginning of a word to the end of one."""
        for place in self._places(letters, start, end):
            if self._is_edge(place) and self._is_edge(place + len(letters)):
                yield place

    def _places(self, letters: str, start: int = 0, end: int | None = None) -> Iterator[int]:
        end = len(self._paper.letters) if end is None else end
        for _ in range(_MOST_PLACES):
            start = self._paper.letters.find(letters, start, end)
            if start < 0:
                return
            yield start
            start += 1

    def _is_edge(self, place: int) -> bool:
        """Return whether neither a word nor a number goes on from before a place of the skeleton to behind it."""
        paper = self._paper
        if place in (0, len(paper.letters)):
            return True
        left = place - 2 if paper.letters[place - 1] == SEPARATOR else place - 1
        right = place + 1 if paper.letters[place] == SEPARATOR else place
        between = paper.shown[paper.places[left] + 1 : paper.places[right]]
        if "\n" in between:
            return True
        if paper.letters[left] in "-.<>≤≥" or paper.letters[right] in ".%":
            return False
        if not between and paper.places[left] != paper.places[right]:
            return bool(_DENSE.match(paper.shown[paper.places[left]]) or _DENSE.match(paper.shown[paper.places[right]]))
        return any(char.isspace() or char not in _WITHIN_WORDS for char in between)

    def _in_parts(self, parts: Sequence[str]) -> FoundQuotation | None:
        """Return parts that stand in the paper one after the other."""
        if min(map(len, parts)) < LEAST:
            return None
        for start in self._occurrences(parts[0]):
            ranges = [(start, start + len(parts[0]))]
            for part in parts[1:]:
                last = ranges[-1][1]
                place = next(self._occurrences(part, last, last + LONGEST_GAP + len(part)), None)
                if place is None:
                    break
                ranges.append((place, place + len(part)))
            else:
                return self._found(ranges)
        return None

    def _around_blocks(self, letters: str) -> FoundQuotation | None:
        """Return a quotation whose text is interrupted once, by whole blocks: one ends before them, one begins after.

        Only that proves an interruption. A gap elsewhere would let words be left out, "not" among them.
        """
        paper, length = self._paper.letters, len(letters)
        if length < 2 * LEAST:
            return None
        tails = [place + LEAST for place in self._places(letters[-LEAST:]) if self._is_edge(place + LEAST)]
        for start in self._places(letters[:LEAST]):
            if not self._is_edge(start):
                continue
            ahead = _common(paper, start, letters)
            for end in tails:
                gap = end - start - length
                if not 0 < gap <= LONGEST_GAP:
                    continue
                back = _common_back(paper, end, letters)
                cut = self._cut(start, gap, max(LEAST, length - back), min(ahead, length - LEAST))
                if cut is not None:
                    return self._found([(start, cut), (cut + gap, end)])
        return None

    def _cut(self, start: int, gap: int, least: int, most: int) -> int | None:
        """Return where a block ends so that another begins behind the gap; at least and at most that far from start."""
        ends = [end for _, end in self._edges]
        for block in range(bisect_left(ends, start + least), bisect_right(ends, start + most)):
            following = bisect_left(self._edges, (ends[block] + gap, 0))
            if following < len(self._edges) and self._edges[following][0] == ends[block] + gap:
                skipped = {self._blocks[between][2] for between in range(block + 1, following)}
                last = self._raw[self._blocks[block][1]]
                if BlockKind.PARAGRAPH not in skipped or not _ENDED.search(last):
                    return ends[block]
        return None

    def _found(self, ranges: Sequence[tuple[int, int]]) -> FoundQuotation:
        refs: dict[SentenceRef, None] = {}
        texts = []
        for start, end in ranges:
            first, last = self._paper.places[start], self._paper.places[end - 1]
            one, other = bisect_right(self._starts, first) - 1, bisect_right(self._starts, last) - 1
            pieces = [self._raw[number] for number in range(one, other + 1)]
            pieces[-1] = pieces[-1][: self._end(other, last, end)]
            pieces[0] = pieces[0][self._begin(one, first, start) :]
            texts.append(" ".join(pieces))
            refs |= dict.fromkeys(self._refs[one : other + 1])
        return FoundQuotation(" … ".join(texts), tuple(refs))

    def _begin(self, sentence: int, place: int, start: int) -> int:
        """Return where a quotation begins in its first sentence; marks before its first letter belong to it."""
        if start == 0 or self._paper.places[start - 1] < self._starts[sentence]:
            return 0
        return raw_place(self._spans[sentence], place - self._starts[sentence])[0]

    def _end(self, sentence: int, place: int, end: int) -> int:
        """Return where a quotation ends in its last sentence, with the marks that close it."""
        raw = self._raw[sentence]
        places = self._paper.places
        if end == len(places) or (sentence + 1 < len(self._starts) and places[end] >= self._starts[sentence + 1]):
            return len(raw)
        after = raw_place(self._spans[sentence], place - self._starts[sentence])[1]
        return after + len(_CLOSING.findall(raw, after)[0])


def _common(paper: str, start: int, letters: str) -> int:
    """Return how many of the letters stand in the paper from a place on."""
    low, high = 0, len(letters)
    while low < high:
        middle = (low + high + 1) // 2
        if paper.startswith(letters[low:middle], start + low):
            low = middle
        else:
            high = middle - 1
    return low


def _common_back(paper: str, end: int, letters: str) -> int:
    """Return how many of the last letters stand in the paper before a place."""
    length = len(letters)
    low, high = 0, min(length, end)
    while low < high:
        middle = (low + high + 1) // 2
        if paper.endswith(letters[length - middle : length - low], 0, end - low):
            low = middle
        else:
            high = middle - 1
    return low
