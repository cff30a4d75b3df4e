"""What a statement puts between quotation marks: it must stand in the paper letter by letter. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.models import FullText
from bot.tex import readable

# Papers also close with a straight mark what a curved one opened.
_PAIRS = {
    "“": '”"', "„": '“”"', "‟": '”"', "«": "»", "‹": "›", "「": "」", "『": "』",
    "｢": "｣", "〈": "〉", "《": "》", "【": "】",
    "〝": "〞〟", "❝": "❞", "❛": "❜", "‘": "’", "‛": "’", "‚": "’‘", '"': '"', "＂": "＂",
}  # fmt: skip
_CLOSING = frozenset("”»›」』｣〉》】〞〟❞❜")
# An apostrophe, as in `don’t` and `authors’`, closes nothing and opens nothing.
_APOSTROPHE = re.compile(r"(?<=\w)[’‘'](?=\w)|(?<=s)[’'](?=\s)")
_SINGLE = re.compile(r"(?<![\w'])'([^'\n]{1,400})'(?![\w'])")
# As TeX and typewriters have it: ``like this''.
_TYPED = re.compile(r"``|''")
_INCH = re.compile(r'(?<=\d)"')
_SHORTEST_PART = 20  # characters on either side of an ellipsis
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.+|…+|\[…\]|\[\.\.\.\])\s*")


def quoted_in(text: str) -> tuple[str, ...] | None:
    """Return what stands between quotation marks, the outermost of nested ones; None if a mark has no partner."""
    text = _APOSTROPHE.sub("", _INCH.sub("", _TYPED.sub('"', text)))
    quotations = [match[1] for match in _SINGLE.finditer(text)]
    start, closing, depth, opened = 0, "", 0, ""
    for place, sign in enumerate(text):
        if depth:
            if sign in closing:
                depth -= 1
                if not depth:
                    quotations.append(text[start:place])
            elif sign == opened:
                depth += 1
        elif sign in _PAIRS:
            start, opened, closing, depth = place + 1, sign, _PAIRS[sign], 1
        elif sign in _CLOSING:
            return None
    return None if depth else tuple(one for one in quotations if one.strip())


def stands_in(text: FullText, quotation: str) -> bool:
    """Return whether the words of a quotation stand in one block of the text, whole words and nothing left out.

    Compared are letters and digits, a point between digits included, so that `1.87` is not `187`. An ellipsis splits a
    quotation, whose parts must follow each other in the same block.
    """
    parts = [_skeleton(part) for part in _ELLIPSIS.split(quotation)]
    parts = [part for part in parts if part]
    if not parts:
        return True  # nothing but marks: it says nothing
    if len(parts) > 1 and any(len(part) < _SHORTEST_PART for part in parts):
        return False  # `the gain … not … large`
    return any(_in_order(f" {' '.join(map(_skeleton, block.sentences))} ", parts) for _, block in text.blocks())


def _in_order(block: str, parts: list[str]) -> bool:
    at = 0
    for part in parts:
        # In scripts without spaces a word has no end to look for.
        wanted = part if _unspaced(part) else f" {part} "
        at = block.find(wanted, at)
        if at < 0:
            return False
        at += len(wanted) - 1
    return True


def _unspaced(text: str) -> bool:
    return any("\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff" for sign in text)


def _skeleton(text: str) -> str:
    folded = unicodedata.normalize("NFKC", readable(text)).casefold()
    return " ".join(re.findall(r"\d+(?:[.,]\d+)+|[^\W_]+", folded))
