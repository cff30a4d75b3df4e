"""A text's skeleton: what is left when all goes that readers ignore, and stays that changes a meaning. Pure."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.tex import tokens

SEPARATOR = "|"  # between two numbers that nothing else separates
MINUS = frozenset("-−‐\u2011–﹣－")
_POINTS = ".·"
_RAISED_MINUS = "⁻"
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_LOWERED = re.compile(r"[₀₁₂₃₄₅₆₇₈₉]")
_COMPARED = frozenset("<>≤≥⩽⩾")
_THOUSANDS = re.compile(r"(?<=\d)[,\u2009\u202f'’](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A text's letters, digits and signs of numbers, and for each of them its place in the text."""

    letters: str
    places: list[int]
    shown: str


Spans = Sequence[tuple[int, int, int]]


def readable_with_places(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    """Return the text with its TeX readable, and its formulas' places: where shown, and from where to where in it.

    What stands between two of them is the same in both.
    """
    parts: list[str] = []
    spans: list[tuple[int, int, int]] = []
    shown = raw = 0
    for token in tokens(text):
        spans.append((shown, raw, raw + len(token.raw) if token.shown != token.raw else -1))
        parts.append(token.shown)
        shown += len(token.shown)
        raw += len(token.raw)
    return "".join(parts), spans


def raw_place(spans: Spans, place: int) -> tuple[int, int]:
    """Return from where to where a shown character stands in the text; a formula counts as one character."""
    shown, raw, end = spans[bisect_right(spans, (place, 1 << 60, 0)) - 1]
    return (raw + place - shown, raw + place - shown + 1) if end < 0 else (raw, end)


@lru_cache(maxsize=8192)
def _folded(cluster: str) -> str:
    """Return the letters and digits of a character with its combining marks, as they are compared."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    kept = [char for char in text if char.isalnum()]
    # Hats over Latin and Greek letters are drawn in many ways; in other scripts the marks are vowels.
    if kept and kept[0] > "\u03ff":
        kept = [char for char in text if char.isalnum() or unicodedata.category(char)[0] == "M"]
    return "".join(kept)


def skeleton_of(shown: str) -> Skeleton:
    """Return the skeleton of a text without TeX, in one pass."""
    letters: list[str] = []
    places: list[int] = []
    length = len(shown)
    thousands = {match.start() for match in _THOUSANDS.finditer(shown)}
    apart = True  # whether something stood after the last letter
    level = ""
    place = 0
    while place < length:
        char, start = shown[place], place
        place += 1
        while place < length and unicodedata.combining(shown[place]):
            place += 1
        folded = _folded(shown[start:place])
        if folded:
            raised = "^" if _RAISED.match(char) else "_" if _LOWERED.match(char) else ""
            if letters and folded[0].isdigit() and letters[-1].isdigit() and (apart or raised != level):
                letters.append(SEPARATOR)
                places.append(start)
            letters.extend(folded)
            places.extend([start] * len(folded))
            apart, level = False, raised
        elif sign := _sign(shown, start, letters, apart):
            letters.append(sign)
            places.append(start)
            apart = sign == "%"
        else:
            apart = apart or start not in thousands
    return Skeleton("".join(letters), places, shown)


def _sign(shown: str, place: int, letters: Sequence[str], apart: bool) -> str:
    """Return a mark that belongs to the number before or after it, "" for any other mark."""
    char = shown[place]
    after = shown[place + 1 : place + 2]
    if char in "%％" and letters and letters[-1].isdigit():
        return "%"
    if char == _RAISED_MINUS and _RAISED.match(after):
        return "-"
    if char in _POINTS and after.isdecimal():
        return "." if not letters or apart or letters[-1].isdigit() else ""
    if char in MINUS and (after.isdecimal() or (after in _POINTS and shown[place + 2 : place + 3].isdecimal())):
        before = shown[place - 1 : place]
        return "-" if not before.isalnum() and before not in (")", "]", "%") else ""
    if char in _COMPARED and re.match(r"\s*[-−+]?[.\d]", shown[place + 1 : place + 8]):
        return {"⩽": "≤", "⩾": "≥"}.get(char, char)
    return ""
