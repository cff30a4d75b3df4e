"""Which brace ends which group of a text."""

from __future__ import annotations

import re

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
DEEPEST = 12  # groups inside one another; whoever nests more writes no abstract


class Groups:
    """The groups of a text, found in one pass; escaped braces count as none."""

    def __init__(self, text: str) -> None:
        self._ends: dict[int, int] = {}
        open_at: list[tuple[int, int]] = []  # where a group begins, and how deep the deepest inside it is
        for match in _BRACE.finditer(text):
            if match[0] == "{":
                open_at.append((match.start(), 0))
            elif match[0] == "}" and open_at:
                start, depth = open_at.pop()
                if depth < DEEPEST:
                    self._ends[start] = match.end()
                if open_at:
                    outer, deepest = open_at[-1]
                    open_at[-1] = outer, max(deepest, depth + 1)

    def end(self, start: int) -> int:
        """Return the position after the group that begins there; 0 where none does, or one too deep."""
        return self._ends.get(start, 0)

    @staticmethod
    def balanced(text: str) -> bool:
        """Return whether every brace of the text has its other half."""
        depth = 0
        for match in _BRACE.finditer(text):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if depth < 0:
                return False
        return depth == 0
