"""Measures how the check grows with hostile texts: long runs of every kind of character, up to a million of them.

    python -m bench.check_growth [--self-check]

Each run stands once as the source of a good summary, which is read to its end, and once as the summary, which is
refused by its length or read in pieces of bounded length. The figure is the growth: by how much the time is multiplied
when the text is four times as long. Linear is 4; squared would be 16.
"""

# Tables of words are easier to compare on long lines.
# ruff: noqa: E501 - a case is read more easily on one line
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from time import process_time

from bench.check import OWN_PAIRS, read_pairs
from bot.checking.check import LONGEST, check

RUNS = {
    "letters": "a", "capitals": "A", "camel case": "aB", "digits": "1", "spaces": " ", "tabs": "\t", "line breaks": "\n",
    "full stops": ".", "commas": ",", "brackets": "(", "square brackets": "[", "braces": "{", "angles": "<", "quotes": '"',
    "apostrophes": "'", "backslashes": "\\", "dollars": "$", "carets": "^", "ampersands": "&", "entities": "&#9",
    "at signs": "@", "kanji": "漢", "kanji numerals": "十", "hiragana": "あ", "katakana": "ア", "ideographic stops": "。",
    "ideographic commas": "、", "hangul": "한", "cyrillic": "я", "arabic": "ع", "combining marks": "\u0301",
    "mixed marks": "a\u0301\u0316\u0302\u0317\u0303", "zero width": "\u200b", "emoji": "😀", "soft hyphens": "\u00ad",
    "words": "word ", "sentences": "It is so. ", "domains": "a.", "groups": "1,", "grouped": "1,234,", "decimals": "1.5 ", "percent": "5% ",
    "fractions": "1/2 ", "scales": "5M ", "hyphens": "x-", "list of and": "a and ", "list of commas": "a, ", "number words": "one ",
    "acronyms": "ABC ", "new acronyms": "", "new names": "", "parentheses": "(i) ", "tags": "<a ", "commands": "\\a{", "formulas": "$1$ ",
    "powers": "10^9 ", "exponents": "1e-9 ", "huge numbers": "9" * 39 + " ", "mail": "a@b.", "links": "http://a.b/ ", "mentions": "@a",
    "phones": "03-", "japanese": "あ、", "myriads": "五万", "shares": "三分の", "japanese prose": "手法は3つの課題で精度を5%高める。", "mixed": "a1 。(漢\u0301\n",
}  # fmt: skip
BAR = 7.0  # a little more than linear, for caches that grow cold and tables that grow
TOO_FAST = 0.02  # seconds, below which a clock tells nothing


def run(name: str, length: int) -> str:
    """Return a hostile text of about that many characters."""
    if name == "new acronyms":
        return " ".join(_letters(n).upper() for n in range(length // 6))
    if name == "new names":
        return " ".join(f"{_letters(n).title()}Net" for n in range(length // 8))
    unit = RUNS[name]
    return (unit * (length // len(unit) + 1))[:length]


def _letters(number: int) -> str:
    """A word of five letters for each number."""
    return "".join(chr(97 + number // 26**place % 26) for place in range(5))


def seconds(*, title: str, source: str, summary: str, language: str) -> float:
    """Return the processor's time of one check of which nothing is remembered."""
    started = process_time()
    check(title=title, source=source, summary=summary, language=language)
    return process_time() - started


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; returns 1 where something grows faster than the bar."""
    parser = argparse.ArgumentParser(prog="python -m bench.check_growth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--self-check", action="store_true", help="up to 100,000 characters")
    options = parser.parse_args(arguments)
    short, long = (25_000, 100_000) if options.self_check else (250_000, 1_000_000)
    pairs = {pair.language: pair for pair in read_pairs(OWN_PAIRS)}
    good, worst = True, 0.0
    print(
        f"{'':20} {'source':>9} {'4 times':>9} {'growth':>7} {'summary':>9}  (seconds; {short:,} and {long:,} characters)"
    )
    for name in RUNS:
        for language, pair in pairs.items():
            times = [
                seconds(
                    title=pair.title, source=f"{pair.source} {run(name, size)}", summary=pair.summary, language=language
                )
                for size in (short, long)
            ]
            told = max(
                seconds(title=pair.title, source=pair.source, summary=run(name, size), language=language)
                for size in (LONGEST // 4, LONGEST, long)
            )
            growth = times[1] / max(times[0], TOO_FAST)
            worst = max(worst, growth)
            good = good and growth <= BAR and told <= 1.0
            print(
                f"{name:17} {language:2} {times[0]:9.3f} {times[1]:9.3f} {growth:7.1f} {told:9.3f}{'' if growth <= BAR and told <= 1 else '  <-'}",
                flush=True,
            )
    print(f"grows by {worst:.1f} at most where linear is 4.0: {'bar met' if good else f'ABOVE THE BAR ({BAR})'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
