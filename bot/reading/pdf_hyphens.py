"""Lines joined to running text: a hyphen at a line's end goes or stays as the paper itself writes the word. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TAIL = re.compile(r"(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*)(?P<space> ?)-\Z")
_HEAD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DENSE = re.compile(r"[ぁ-ヿ㐀-鿿々、。，．（）「」『』・]")
_LEAST_WORD = 3


class Joiner:
    """Knows the words of a paper, but for those that its lines divide."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        divided = False
        for line in lines:
            words = _WORD.findall(line.casefold())
            self._counts.update(words[1 if divided else 0 : len(words) - line.endswith("-")])
            divided = line.endswith("-")

    def join(self, lines: Iterable[str]) -> str:
        """Return the lines as one text."""
        parts: list[str] = []
        last = ""
        for line in lines:
            if not line:
                continue
            if last:
                parts[-1], between = self._between(last, line)
                parts.append(between)
            parts.append(line)
            last = line
        return "".join(parts)

    def _between(self, before: str, after: str) -> tuple[str, str]:
        """Return the first of two lines as it stands in the text, and what stands between them."""
        tail, head = _TAIL.search(before), _HEAD.match(after)
        if tail and head:
            bare = before[: tail.start("space")]
            whole = f"{tail['word']}{head[0]}".casefold()
            if tail["space"]:  # "no -" at the end of a line set too tight, or a dash
                return (bare, "") if self._counts[whole] else (before, " ")
            return (bare if self._is_one_word(tail["word"], head[0]) else before), ""
        if before.endswith("-") and before[-2:-1].isalnum() and after[:1].isalnum():
            return before, ""
        dense = _DENSE.match(before[-1]) and _DENSE.match(after[0])
        return before, "" if dense else " "

    def _is_one_word(self, tail: str, head: str) -> bool:
        """Return whether the hyphen between the two only divides a word at the line's end."""
        first, second = tail.casefold(), head.casefold()
        joined, hyphenated = self._counts[first + second], self._counts[f"{first}-{second}"]
        if joined or hyphenated:
            return joined >= hyphenated
        if "-" in tail or not head[0].islower():
            return False
        words = min(len(first), len(second)) >= _LEAST_WORD and self._counts[first] and self._counts[second]
        return not words
