"""The stand-in for a missing summary: others' words, cut at the end of a sentence. Pure."""

from __future__ import annotations

import re

from bot.models import Excerpt, Origin, Paper
from bot.tex import readable

_EXCERPT_LENGTH = 400


_EXCERPT_SENTENCES = 3


# A sentence ends before white space and the start of another, or at a full stop that needs no space.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]’”]*\s(?=[A-Z0-9\"'(\[$\\“‘])|(?<=[。！？])")


_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|et al|cf|vs|viz|resp|approx|no|figs?|eqs?|sec|tab|refs?|dr|mr|ms|prof|st|[a-z])\.$",
    re.IGNORECASE,
)


def excerpt(paper: Paper) -> Excerpt | None:
    """Return Semantic Scholar's TLDR, or else the abstract's first sentences. None if there is neither.

    At most 400 characters, ending with a sentence if possible, otherwise after a word with an ellipsis.
    """
    for origin, text in ((Origin.TLDR, paper.tldr or ""), (Origin.ABSTRACT, paper.abstract)):
        opening = _opening(" ".join(readable(text).split()))
        if opening:
            return Excerpt(origin, opening)
    return None


def _opening(text: str) -> str:
    near = text[: 2 * _EXCERPT_LENGTH]
    ends = [m.end() for m in _SENTENCE_END.finditer(near) if not _ABBREVIATION.search(near[: m.start()][-12:])]
    if len(text) <= _EXCERPT_LENGTH:
        ends.append(len(text))
    fitting = [end for end in ends[:_EXCERPT_SENTENCES] if end <= _EXCERPT_LENGTH + 1]
    if fitting:
        return text[: fitting[-1]].rstrip()
    words, space, _ = text[:_EXCERPT_LENGTH].rpartition(" ")
    return f"{words if space else text[:_EXCERPT_LENGTH]}…" if text else ""
