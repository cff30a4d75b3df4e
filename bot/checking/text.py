"""Texts in the one form that all parts of the check compare: plain characters, sentences, scripts."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPERSCRIPT = re.compile(r"(?<=[\d)])[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_PUNCTUATION = str.maketrans({"’": "'", "‐": "-", "\u2011": "-", "−": "-"})
# Japanese academic writing ends clauses with these, and with their ASCII forms between Japanese letters.
_JAPANESE = "ぁ-ヿ一-鿿々"
_FULL_STOP = re.compile(
    rf"(?<![0-9０-９])．|．(?![0-9０-９])|(?<=[{_JAPANESE})）」』])\.(?=[{_JAPANESE}（「『]|\s|$)", re.MULTILINE
)
_COMMA = re.compile(
    rf"(?<![0-9０-９])，|，(?![0-9０-９]{{3}}(?![0-9０-９]))|(?<=[{_JAPANESE})）」』]),(?=[{_JAPANESE}（「『\s])"
)
# A thin or fixed space inside a number groups its digits; NFKC would make it a plain one.
_DIGIT_SPACE = re.compile(r"(?<=\d)(?:[\u2007\u2009\u202f\xa0]|\\,)(?=\d{3}(?!\d))")
_OTHER_DIGIT_SIGNS = str.maketrans({"٫": ".", "٬": ",", "٪": "%", "﹪": "%"})
_LIST_DIGIT = re.compile(r"[①-⑳⓪❶-❿➀-➓]")  # NFKC would make plain digits of them
_LATEX = (
    (re.compile(r"\\(?:text)?times(?![A-Za-z])"), "×"),
    (re.compile(r"\\(?:sim|approx|simeq)(?![a-z])"), "~"),
    (re.compile(r"\\(?:geq?|leq?|gtrsim|lesssim|gg|ll)(?![a-z])"), " "),
    (re.compile(r"\\(?:cite|citep|citet|ref|label|footnote|url|href)\{[^{}]{0,200}\}"), " "),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\[,;!: ]"), " "),
    (re.compile(r"\\[$]"), "USD "),
    (re.compile(r"\\([%&#_{}])"), r"\1"),
    (re.compile(r"\\[a-zA-Z]+\*?\s*(?=\{)"), ""),
    (re.compile(r"\\[a-zA-Z]+\*?"), " "),
    (re.compile(r"\^\{\s*(-?\d{1,4})\s*\}"), r"^\1"),
    (re.compile(r"[{}*`]"), ""),
    (re.compile(r"\$(?!\d)"), ""),  # before a digit it may be a dollar
)
URL = re.compile(r"https?://[!#-&(-;=?-~]+", re.IGNORECASE)  # ASCII alone: Japanese runs on without a space

_SCRIPTS = {
    "latin": "A-Za-zÀ-ɏ",
    "kana": "ぁ-ゖァ-ヺー",
    "han": "一-鿿㐀-䶿々",
    "hangul": "가-힣ᄀ-ᇿ",
    "cyrillic": "Ѐ-ӿ",
    "greek": "Ͱ-Ͽ",
    "arabic": "؀-ۿ",
    "hebrew": "א-ת",
    "devanagari": "ऀ-ॿ",
    "bengali": "ঀ-৿",
    "tamil": "஀-௿",
    "telugu": "ఀ-౿",
    "thai": "ก-๛",
    "georgian": "ა-ჿ",
    "armenian": "Ա-֏",
}
_SCRIPT = re.compile("|".join(f"(?P<{name}>[{chars}])" for name, chars in _SCRIPTS.items()))

_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|et al|vs|cf|approx|resp|Fig|Eq|Sec|No|Dr|Mr|St|w\.r\.t|[A-Z])\.)$")
_BREAK = re.compile(r"(?<=[。!?！？؟।])[\s]*|(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[^\Wa-z_]|\\|\$)|\n+")


# No reader knows runs as long as these, and patterns that go back and forth over longer ones take their time squared.
_LONGEST_WORD, _LONGEST_NUMBER, _MOST_MARKS = 160, 40, 4


def _cut(match: re.Match[str]) -> str:
    return _pieces(match[0], _LONGEST_NUMBER if match[0].isdecimal() else _LONGEST_WORD)


def _pieces(run: str, size: int) -> str:
    if len(run) <= size:
        return run
    return " ".join(run[n : n + size] for n in range(0, len(run), size))


_RUNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"([^\w\s])\1{7,}"), lambda m: 7 * m[1]),
    (re.compile(r"[^\S\n]{3,}"), "  "),
    (re.compile(r"(?:[^\S\n]{0,2}\n){3,}"), "\n\n"),
    (re.compile(r"\d+"), _cut),
    (re.compile(r"[^\w\s]+"), _cut),
    (re.compile(r"[!-~]+"), _cut),
    (re.compile(r"[^\W\x00-\x7f]+"), _cut),
)


@lru_cache(maxsize=1)
def _mark_run() -> re.Pattern[str]:
    """Return what finds a run of combining marks: the first ones, which may stay, and the rest."""
    marks = "".join(chr(n) for n in range(0x300, 0x10000) if unicodedata.category(chr(n))[0] == "M")
    return re.compile(f"([{marks}]{{{_MOST_MARKS}}})[{marks}]+")


def has_mark_run(text: str) -> bool:
    """Return whether more combining marks stand on one letter than any writing system puts there."""
    return not text.isascii() and bool(_mark_run().search(text))


@lru_cache(maxsize=32)
def tamed(text: str) -> str:
    """Return the text with every run of one kind of character cut into pieces of bounded length.

    Prose stays as it is. The result is at most a few per cent longer than `text`, and no pattern finds more than 160
    characters to go back over.
    """
    if not text.isascii():
        text = _mark_run().sub(r"\1", text)
    for pattern, put in _RUNS:
        text = pattern.sub(put, text)
    return text


@lru_cache(maxsize=32)
def plain(text: str) -> str:
    """The text in NFKC with entities resolved and LaTeX and Markdown marks taken away; line breaks stay."""
    text = html.unescape(tamed(text))
    text = _LIST_DIGIT.sub(" ", text)
    if not text.isascii():
        text = _COMMA.sub("、", _FULL_STOP.sub("。", text)).translate(_OTHER_DIGIT_SIGNS)
        text = text.translate({ord(c): str(unicodedata.decimal(c)) for c in set(text) if c.isdecimal()})
    text = _DIGIT_SPACE.sub("'", text)
    text = _SUPERSCRIPT.sub(lambda m: "^" + m[0].translate(_SUPERSCRIPTS), text)
    text = unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)
    for pattern, put in _LATEX:
        text = pattern.sub(put, text)
    return text


@lru_cache(maxsize=32)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in any language, without surrounding space; a line break also ends one."""
    found: list[str] = []
    start = 0
    for gap in _BREAK.finditer(text):
        if gap.start() and "\n" not in gap[0] and _ABBREVIATION.search(text[max(0, gap.start() - 12) : gap.start()]):
            continue
        piece = text[start : gap.end()].strip()
        if piece:
            found.append(piece)
        start = gap.end()
    rest = text[start:].strip()
    return (*found, rest) if rest else tuple(found)


@lru_cache(maxsize=256)
def scripts(text: str) -> Counter[str]:
    """How many letters of each script the text has; letters of a script unknown here are not counted.

    The counts are kept for the next call with the same text: only read them.
    """
    counts: Counter[str] = Counter()
    for char, times in Counter(text).items():
        if script := _script(char):
            counts[script] += times
    return counts


@lru_cache(maxsize=8192)
def _script(char: str) -> str:
    match = _SCRIPT.match(char)
    return (match.lastgroup or "") if match else ""


def dense(counts: Counter[str]) -> bool:
    """Whether the script says much in few characters, as Chinese, Japanese and Korean do."""
    return 2 * (counts["kana"] + counts["han"] + counts["hangul"]) > counts["latin"]


def base(language: str) -> str:
    """The primary subtag of a BCP 47 tag, in lower case: `pt-BR` gives `pt`."""
    return re.split(r"[-_]", language.strip().lower(), maxsplit=1)[0]
