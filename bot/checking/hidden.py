"""Characters that a reader cannot see, or cannot tell from others: none belongs in a summary."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from bot.checking.text import base, has_mark_run, tamed
from bot.models import Finding, FindingKind

# Letters and marks that Unicode gives no visible form (Default_Ignorable_Code_Point of DerivedCoreProperties.txt, where
# the general category does not tell), and signs that are drawn as blanks.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2028\u2029\u2065\u2800\u3164\uffa0\U0001d159"
) | {chr(n) for first, last in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for n in range(first, last + 1)}
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
_LAYOUT = frozenset("\n\r\t")

# Joiners belong to the writing of these languages, direction marks to that of those.
_JOINING = frozenset(
    {"fa", "ur", "ps", "hi", "mr", "ne", "bn", "ta", "te", "ml", "kn", "gu", "si", "km", "my", "th", "ar", "ku"}
)
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "he", "ps", "yi", "ku"})
_IDLE_JOINER = re.compile("[\u200c\u200d](?![^\\W\\x00-\\x7f])|[\u200c\u200d]{2}|(?<![^\\x00-\\x7f])[\u200c\u200d]")

# More than two marks on a letter of a script that needs at most two.
_STACKED = re.compile(
    "[0-9A-Za-zÀ-ɏͰ-Ͽぁ-ヿ一-鿿][\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3}"
)
# Letters of two alphabets in one word, which look like one: `pаypal` with a Cyrillic а.
_MIXED = re.compile("[A-Za-z][Ѐ-ӿԱ-֏Ꭰ-ᏴΑΒΕΖΗΙΚΜΝΟΡΤΥΧο]|[Ѐ-ӿԱ-֏Ꭰ-ᏴΑΒΕΖΗΙΚΜΝΟΡΤΥΧο][A-Za-z]")


def hidden_findings(text: str, language: str) -> Iterator[Finding]:
    """Yield MALFORMED for each invisible character, for letters under heaps of marks, and for look-alike letters.

    `text` is the text as it came; `language` the tag that it was asked for in, which decides about joiners and
    direction marks.
    """
    wanted = base(language)
    allowed = set(_LAYOUT)
    if wanted in _JOINING and not _IDLE_JOINER.search(text):
        allowed |= {"\u200c", "\u200d"}
    if wanted in _RIGHT_TO_LEFT:
        allowed |= {"\u200e", "\u200f", "\u061c"}
    for char in sorted({*text, *html.unescape(tamed(text))} - allowed):
        if is_unseen(char) or char == "\ufffd":
            yield Finding(FindingKind.MALFORMED, f"character U+{ord(char):04X}")
    if has_mark_run(text) or _STACKED.search(unicodedata.normalize("NFD", tamed(text))):
        yield Finding(FindingKind.MALFORMED, "a heap of combining marks")
    if match := _MIXED.search(text):
        yield Finding(FindingKind.MALFORMED, f"letters of two alphabets in one word: {match[0]}")


def is_unseen(char: str) -> bool:
    """Return whether the character has no visible form; line breaks and tabs count as such."""
    return char in _BLANK or unicodedata.category(char) in _UNSEEN


def visible(text: str) -> str:
    """Return the text without invisible characters, in which a word broken by them is whole again."""
    unseen = {char for char in set(text) if char not in _LAYOUT and is_unseen(char)}
    return "".join(char for char in text if char not in unseen) if unseen else text
