"""The words by which a question finds its place in a text. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Scripts written without spaces between words: their words are pairs of neighbouring characters.
_UNSPACED = "ぁ-ゖァ-ヺー一-鿿㐀-䶿々ก-๛ກ-ໟက-႟ក-៿"
_RUN = re.compile(rf"\d+(?:[.,]\d+)*|[{_UNSPACED}]+|[^\W\d_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")

# They stand in every question, and are rare enough in papers to be taken for what it is about.
_STOP_WORDS = frozenset(
    "a an and any are as at be been between by can could did do does during for from had has have how if in into is it "
    "its no not of on or our she so some such than that the their them then there these they this those to up us use "
    "used uses using was we were what when where which while who whom whose why will with would you your".split()
)
# English endings, the longest first, and what takes their place. A stem is only compared, never shown.
_ENDINGS = (
    ("ations", "at"),
    ("ation", "at"),
    ("ities", "ity"),
    ("sses", "ss"),
    ("ings", ""),
    ("ies", "y"),
    ("ing", ""),
    ("ers", "er"),
    ("ed", ""),
    ("ly", ""),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("es", "e"),
    ("s", ""),
)
_SHORTEST_STEM = 3


def folded(text: str) -> list[str]:
    """Return the words and numbers of a text in their order, without case; unspaced scripts as pairs of characters."""
    words: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if _IS_UNSPACED.match(run):
            words += [run[n : n + 2] for n in range(max(1, len(run) - 1))]
        else:
            words.append(run)
    return words


def terms(text: str) -> list[str]:
    """Return the stems of a text's words in their order, without those that say nothing about the subject."""
    return [stem(word) for word in folded(text) if word not in _STOP_WORDS]


def without_stop_words(text: str) -> str:
    """Return the text without the words of asking, or as it is if it has no others."""
    kept = " ".join(word for word in text.split() if word.strip("?!.,;:\"'()").casefold() not in _STOP_WORDS)
    return kept or text


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return an English word without its ending, any other as it is."""
    if len(word) <= _SHORTEST_STEM or not word.isascii() or not word.isalpha():
        return word
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(put) >= _SHORTEST_STEM:
            word = word.removesuffix(ending) + put
            break
    if len(word) > _SHORTEST_STEM + 1:
        word = word.removesuffix("e")
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeios":
        word = word[:-1]
    return word
