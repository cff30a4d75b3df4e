"""English numbers that are written as words become digits: `twenty-five`, `twofold`."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_BIG = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_ALL_WORDS = frozenset({*_WORDS, *_BIG})
_DIGIT_WORDS = "one|two|three|four|five|six|seven|eight|nine"
_TENS = "|".join(word for word, number in _WORDS.items() if number >= 20)
_TEENS = "|".join(sorted((word for word, number in _WORDS.items() if number < 20), key=len, reverse=True))
_BELOW_100 = rf"(?:(?:{_TENS})(?:[\s-]+(?:{_DIGIT_WORDS})\b)?|(?:{_TEENS}))"
_BELOW_1000 = rf"(?:(?:(?:{_BELOW_100}|an?)[\s-]+)?hundred(?:[\s-]+(?:and[\s-]+)?{_BELOW_100}\b)?|{_BELOW_100})"
_SCALES = "thousand|million|billion|trillion"
# `two and three` are two numbers: an `and` joins only what follows a hundred or a greater word.
_SPELLED = re.compile(
    rf"\b(?=[abdefhmnostz])(?:half[\s-]+an?[\s-]+(?:hundred|{_SCALES})"
    rf"|(?:(?:{_BELOW_1000}|an?)[\s-]+)?(?:{_SCALES})"
    rf"(?:[\s-]+{_BELOW_1000}[\s-]+(?:{_SCALES}))*(?:[\s-]+(?:and[\s-]+)?{_BELOW_1000}\b)?"
    rf"|(?:(?:{_BELOW_100}|an?)[\s-]+)?dozen|{_BELOW_1000})(?=fold\b|\b)",
    re.IGNORECASE,
)
_FOLDED = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred)fold\b", re.IGNORECASE)


@lru_cache(maxsize=16)
def spelled_out(text: str) -> str:
    """Return the text with spelled English numbers above one as digits: `twenty-five` is `25`."""
    folded = "fold" in text
    if folded:
        text = _FOLDED.sub(lambda m: f"{_WORDS.get(m[1].lower()) or _BIG[m[1].lower()]}-fold", text)
    if folded or not _ALL_WORDS.isdisjoint(re.findall(r"[a-z]+", text.lower())):
        text = _SPELLED.sub(_english_number, text)
    return text


def number_of(word: str) -> int:
    """Return the value of one English number word or of digits; 0 for any other word."""
    return int(word) if word.isdecimal() else _WORDS.get(word, 0)


def _english_number(match: re.Match[str]) -> str:
    words = re.findall(r"[a-z]+", match[0].lower())
    if words == ["one"] or (words[0] in _BIG and words[0] != "dozen" and len(words) == 1):
        return match[0]  # `one` is mostly no count; a bare `million` belongs to the numeral before it
    total = current = 0.0
    for word in words:
        if word in _WORDS:
            current += _WORDS[word]
        elif word in ("a", "an"):
            current = current or 1
        elif word == "half":
            current = 0.5
        elif word in ("hundred", "dozen"):
            current = (current or 1) * _BIG[word]
        elif word in _BIG:
            total += (current or 1) * _BIG[word]
            current = 0.0
    return f"{total + current:.15g}"
