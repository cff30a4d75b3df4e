"""Text as what it is searched by, the same on every database: letters and digits of ASCII, with spaces between.

Words of scripts that put spaces are words. Japanese and Chinese put none, so each two neighbouring characters are a
token, and the last one of a run is one by itself: whatever stands in a text can be found by two of its characters,
and by one at the end of a run or, as the beginning of a token, before another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LONGEST = 40  # characters of a word; nobody searches for more
_MOST_ASKED = 20  # tokens of one search
# Kana, Han, Hangul (which glues particles to words), Thai to Khmer.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_WORD = re.compile(r"[^\W_]+")


def searchable(texts: Iterable[str]) -> str:
    """The tokens of all texts, each once and in order; empty where there is none."""
    return " ".join(sorted({token for text in texts for run in _runs(text) for token in _stored(run)}))


def asked_for(words: str) -> tuple[str, ...]:
    """What a search asks for: beginnings of tokens, all of which must be there; none for words without a letter."""
    wanted = dict.fromkeys(token for run in _runs(words) for token in _asked(run))
    return tuple(wanted)[:_MOST_ASKED]


def _runs(text: str) -> Iterator[str]:
    """Each longest piece of one kind of script, folded: case, full width and accents make no difference."""
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
    """ASCII as it is; anything else as numbers of one width, so that the beginning of a word begins its token."""
    if token.isascii():
        return token
    return "0x" + "".join(f"{ord(character):06x}" for character in token)
