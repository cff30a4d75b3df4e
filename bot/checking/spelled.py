"""Numbers that are written as words become digits: `twenty-five`, `twofold`, `三つ`."""

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

_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "〇": 0, "两": 2, "両": 2}
_KANJI_BEFORE = (
    r"(?=つ|個|種|段階|倍|割(?![合りか当])|件|枚|名|台|社|層|項目|言語|桁|分の|ポイント|パーセント|%|万|億|兆"
    r"|秒|か月|ヶ月|カ国|か国|大(?:要素|課題|特徴|手法)|者(?!択))"
)
_KANJI_NUMBER = re.compile(rf"(?<![\d.一二三四五六七八九十百千数第唯])[一二三四五六七八九十百千]{{1,7}}{_KANJI_BEFORE}")


@lru_cache(maxsize=64)
def spelled_out(text: str) -> str:
    """The text with spelled numbers above one as digits: `twenty-five` is `25`, `三つ` is `3つ`."""
    folded = "fold" in text
    if folded:
        text = _FOLDED.sub(lambda m: f"{_WORDS.get(m[1].lower()) or _BIG[m[1].lower()]}-fold", text)
    if folded or not _ALL_WORDS.isdisjoint(re.findall(r"[a-z]+", text.lower())):
        text = _SPELLED.sub(_english_number, text)
    if text.isascii():
        return text
    return _KANJI_NUMBER.sub(lambda m: str(_kanji_number(m[0])), text)


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


def _kanji_number(text: str) -> int:
    total = current = 0
    for sign in text:
        if sign in _KANJI:
            current = 10 * current + _KANJI[sign]
        else:
            total += (current or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            current = 0
    return total + current
