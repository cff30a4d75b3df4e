"""Search tokens, the same on every database: ASCII letters and digits, separated by spaces.

In scripts with spaces, each word is a token. Japanese and Chinese have none, so each pair of neighbouring characters is
a token, and so is the last character of a run: any text is found by two of its characters, and by a single one at the
end of a run or, as a token's prefix, before another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LONGEST = 40  # characters of a word; nobody types more
_MOST_ASKED = 20  # tokens in one search
# Kana, Han, Hangul (which glues particles to words), Thai to Khmer.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_WORD = re.compile(r"[^\W_]+")


def searchable(texts: Iterable[str]) -> str:
    """Return the distinct tokens of all texts, sorted and joined by spaces; "" if there are none."""
    return " ".join(sorted({token for text in texts for run in _runs(text) for token in _stored(run)}))


def asked_for(words: str) -> tuple[str, ...]:
    """Return a search's tokens, all of which must match as prefixes; nothing for words without a letter or digit."""
    wanted = dict.fromkeys(token for run in _runs(words) for token in _asked(run))
    return tuple(wanted)[:_MOST_ASKED]


def _runs(text: str) -> Iterator[str]:
    """Yield each maximal run of one kind of script, folded so that case, width and accents do not matter."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for match in _WORD.finditer(folded):
        word, end = match[0], 0
        for unspaced in _UNSPACED.finditer(word):
            yield from filter(None, (word[end : unspaced.start()], unspaced[0]))
            end = unspaced.end()
        if word[end:]:
            yield word[end:]


def _stored(run: str) -> list[str]:
    return [*_asked(run), _encoded(run[-1])] if _UNSPACED.match(run) else _asked(run)


def _asked(run: str) -> list[str]:
    if not _UNSPACED.match(run):
        return [_encoded(_without_accents(run)[:_LONGEST])]
    return [_encoded(run[at : at + 2]) for at in range(max(len(run) - 1, 1))]


def _without_accents(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return plain or word


def _encoded(token: str) -> str:
    """Return ASCII unchanged, anything else as fixed-width hex, so that a word's prefix is its token's prefix."""
    if token.isascii():
        return token
    return "0x" + "".join(f"{ord(character):06x}" for character in token)
