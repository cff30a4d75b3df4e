"""Does an English statement deny what its source states, or state what its source denies? Pure.

Only what says the same but for the denial is looked at: a part of the statement most of whose words stand in one part
of the source. A statement in words of its own is beyond it, and so is one in another language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.checking.text import plain
from bot.models import Finding, FindingKind

_PARTS = re.compile(
    r"[,;:()\[\]—–]|[.!?]\s|\b(?:but|while|whereas|although|though|instead|rather|unlike|and|because|so|which)\b"
)
_DENIAL = re.compile(
    r"\b(?:not|non|never|no|none|neither|nor|without|cannot|hardly|lack|lacks|lacking|fail|fails|failed|avoid|avoids|avoided"
    r"|unable|impossible|omit|omits|omitted|refuse|refuses|free|remove|removes|removed|exclude|excludes|excluded)\b|n't\b"
)
_EXCEPTIONS = re.compile(r"\b(?:only|unless|except|just|merely|necessarily|always|longer)\b")
_WORD = re.compile(r"[a-z][a-z0-9]{2,}")
_SMALL = frozenset(
    "the and for with that this was are were has have had its their from not does did can could would should may might "
    "will any all than then also yes such into over under".split()
)
_FEW, _MOST = 3, 0.65  # words, and the share of them that stands in the source


def denial_findings(sentences: Sequence[str], text: str) -> Iterator[Finding]:
    """Yield OTHER_PAPER for each part of a statement that says the opposite of the sentences that it rests on."""
    known = [
        (part, _stems(part))
        for sentence in sentences
        for part in _PARTS.split(plain(sentence).casefold())
        if part.strip()
    ]
    for part in _PARTS.split(plain(text).casefold()):
        words = _stems(part)
        if len(words) < _FEW or not part.isascii() or _EXCEPTIONS.search(part):
            continue
        shares = [(len(words & other) / len(words), source) for source, other in known]
        best = max((share for share, _ in shares), default=0.0)
        if best < _MOST:
            continue
        nearest = [source for share, source in shares if share == best]
        # Where the source says both, it is not for us to choose.
        if not any(bool(_DENIAL.search(source)) == bool(_DENIAL.search(part)) for source in nearest) and not any(
            _EXCEPTIONS.search(source) for source in nearest
        ):
            yield Finding(FindingKind.OTHER_PAPER, f"the opposite of: {nearest[0].strip()[:80]}")


def _stems(text: str) -> set[str]:
    return {word[:5] for word in _WORD.findall(text) if word not in _SMALL and not _DENIAL.fullmatch(word)}
