"""Does a Japanese statement have anything in common with the English sentences that it rests on? Pure.

Between the two, words cannot be compared letter by letter. But a statement about a sentence shares a number with it, a
name, a word that Japanese spells in katakana, or a term of the field. One that shares none of these is about something
else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.checking.katakana import WORD, of_english, of_katakana
from bot.checking.text import plain, scripts
from bot.questions.glossary import in_english

_ENGLISH = re.compile(r"[a-z0-9]+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z]{4,}")
_DIGIT = re.compile(r"\d")
_STEM = 5  # letters of a word that stand for it
_FEWEST_SOUNDS = 3  # consonants; two are shared by too many words
_SHORT = 8  # letters; shorter statements say too little to be judged


def has_common_ground(sentences: Sequence[str], text: str) -> bool:
    """Return whether a statement shares something with its proof. True where one of the two is in another language.

    The numbers of the statement are taken to have been checked already (see `bot.checking.claims`).
    """
    told, known = plain(text), plain("\n".join(sentences))
    letters, proof = scripts(told), scripts(known)
    if not letters["kana"] or sum(letters.values()) < _SHORT or proof["latin"] <= 0.7 * sum(proof.values()):
        return True
    if _DIGIT.search(told) or _stems(in_english(told)) & _stems(known):
        return True
    words = {sounds for sounds in map(_heard, of_english(_WORD.findall(known))) if len(sounds) >= _FEWEST_SOUNDS}
    # A run of katakana may be several words.
    return any(word in _heard(of_katakana(run)) for run in WORD.findall(told) for word in words)


def _heard(sounds: str) -> str:
    """Return consonants as Japanese has them: no ending of a plural, and one sound before `p` for `m` and `n`."""
    return sounds.removesuffix("s").replace("m", "n")


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _ENGLISH.findall(text.casefold())}
