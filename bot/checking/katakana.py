"""Katakana words and the English words that they spell, compared by their consonants.

`トランスフォーマー` and `transformer` have the same consonants in the same order once the sounds that Japanese does
not tell apart are made one; vowels are left out, because Japanese adds some and English spells them in many ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

WORD = re.compile(r"[ァ-ヺー]{3,}")

_ROWS = {
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サスセソシ",
    "j": "ザズゼゾジヂヅ",
    "t": "タテトツ",
    "c": "チ",
    "d": "ダデド",
    "n": "ナニヌネノン",
    "f": "ハヒフヘホ",
    "b": "バビブベボヴ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
}
_CONSONANT = {kana: letter for letter, row in _ROWS.items() for kana in row}
_SPELLING = (
    (re.compile(r"tion|ssion|cial|tial|cian|sion"), "sn"),
    (re.compile(r"ture"), "c"),
    (re.compile(r"tch|ch"), "c"),
    (re.compile(r"sh|sch"), "s"),
    (re.compile(r"ph|gh(?=t)"), "f"),
    (re.compile(r"th"), "s"),
    (re.compile(r"ck|qu|q"), "k"),
    (re.compile(r"wh"), ""),
    (re.compile(r"kn(?=[aeiou])"), "n"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"dge|g(?=[eiy])"), "j"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"z"), "j"),
    (re.compile(r"(?<=[aeiou])r(?![aeiouy])"), ""),  # `ar`, `er` become a long vowel
    (re.compile(r"l"), "r"),
    (re.compile(r"v"), "b"),
    (re.compile(r"[aeiouywh]"), ""),
)


def of_katakana(word: str) -> str:
    """The consonants of a katakana word: `ベンチマーク` gives `bncmk`."""
    return _single("".join(_CONSONANT.get(c, "") for c in unicodedata.normalize("NFKC", word)))


def of_english(words: Sequence[str]) -> list[str]:
    """The consonants of each English word as Japanese hears them: `benchmark` gives `bncmk`."""
    text = "\n".join(words).casefold()
    for pattern, sound in _SPELLING:
        text = pattern.sub(sound, text)
    # A `c` that is still there and came from no `ch` sounds as a k.
    return _single(text).split("\n")


def _single(sounds: str) -> str:
    """Doubled sounds once; c and k as one, since English spells both as `c` or `ch`; z as s."""
    sounds = sounds.replace("c", "k").replace("j", "s").replace("q", "k")
    return re.sub(r"(.)\1+", r"\1", sounds)


@lru_cache(maxsize=16384)
def nearby(sounds: str) -> frozenset[str]:
    """The sounds, and what is left of them without any one: words that differ in one sound share one of these."""
    if len(sounds) < 4:
        return frozenset({sounds})
    return frozenset({sounds, *(sounds[:n] + sounds[n + 1 :] for n in range(len(sounds)))})
