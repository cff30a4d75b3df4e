"""Untrusted text made safe to display: nothing that controls a terminal or is invisible."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.tex import readable

# ECMA-48: CSI, the string sequences (OSC, DCS, SOS, PM, APC; an unterminated one runs to the end of its line) and the
# short ones. C1 controls are the same commands in one character.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_WEB_LINK = re.compile(r"https?://[^\s/?#@\\<>\"'`{}|^]+(?:[/?#][^\s\\<>\"`{}|^]*)?", re.IGNORECASE)

_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]{1,80})(?<=\S)\*\*")

# What takes no room, or only room: Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, where the
# general category is not Cf, and letters and signs that are drawn as blanks. Unassigned characters outside of these
# ranges stay: newer emoji are among them.
_IGNORABLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC), (0x1D159, 0x1D159), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_NONCHARACTERS = ((0xFDD0, 0xFDEF), *((0x10000 * plane + 0xFFFE, 0x10000 * plane + 0xFFFF) for plane in range(17)))
_BLANK_SIGNS = "\u2800"  # a braille cell without a dot: a space
# Of category Cf, but drawn: the signs of Arabic, Syriac and Kaithi that embrace a number.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")

# Where an invisible character spells something, it stays, once:
# joiners inside an emoji (👩‍💻) and after a letter of a script that joins its letters or stacks them;
_JOINING = re.compile(
    r"[\u0600-\u08ff\u0900-\u0fff\u1000-\u109f\u1780-\u18af\u1900-\u1cff\ua840-\uabff\ufb50-\ufdff\ufe70-\ufefc]"
)
# variation selectors after what has variants: emoji and keys, ideographs, Mongolian letters;
_VARYING = re.compile(r"[#*0-9©®‼⁉™ℹ〰〽㊗㊙]")
_IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# and the three flags that are spelled with tags.
_FLAG = re.compile("(\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|"
                   "\U000e0077\U000e006c\U000e0073)\U000e007f)")  # fmt: skip

# No writing system needs more marks on one letter.
MOST_MARKS = 4


def plain(text: str) -> str:
    """Return the text without escape sequences, controls, invisible characters and heaps of combining marks.

    Its line breaks become `\\n`, lone surrogates, which no output can encode, U+FFFD. Emoji and letters that are
    spelled with joiners or variation selectors stay whole.
    """
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)).replace("\t", " ")
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    pieces = _FLAG.split(text)
    return "".join(piece if number % 2 else _seen(piece) for number, piece in enumerate(pieces))


def one_line(text: str) -> str:
    """Return `plain` text with each run of white space collapsed to one space."""
    return " ".join(plain(text).split())


def readable_line(text: str) -> str:
    """Return `one_line` text with its TeX read: a title or a name as people see it."""
    return one_line(readable(plain(text)))


def web_link(url: str) -> str | None:
    """Return the URL if it is an http(s) one without credentials that can be a link unchanged, otherwise None."""
    return url if _WEB_LINK.fullmatch(url) and url.isprintable() and not any(map(is_unseen, url)) else None


def without_bold(text: str) -> str:
    """Remove the asterisks of `**bold**`, which models write even when asked for plain text."""
    return _BOLD.sub(r"\1", text)


def json_text(document: str) -> str:
    """Return a JSON document with every invisible character, control and lone surrogate in it as `\\uXXXX`.

    The document says the same. Joiners and variation selectors, with which emoji and kanji are written, stay.
    """
    return document if document.isascii() and "\x7f" not in document else "".join(map(_in_json, document))


def _in_json(character: str) -> str:
    if character in "\u200c\u200d\ufe0e\ufe0f" or not (character in "\x7f\u2028\u2029" or is_unseen(character)):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


@lru_cache(maxsize=4096)
def is_unseen(character: str) -> bool:
    """Return whether the character is invisible, reorders what stands around it, or is half of one; not white space."""
    code = ord(character)
    if any(first <= code <= last for first, last in (*_IGNORABLE, *_NONCHARACTERS)):
        return True
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") and not (character in _DRAWN or character in "\t\n\r")


def _seen(text: str) -> str:
    kept: list[str] = []
    marks = 0  # how many stand on the last letter
    for position, character in enumerate(text):
        before = kept[-1] if kept else "\n"
        if is_unseen(character):
            after = text[position + 1 : position + 2]
            if "\ud800" <= character <= "\udfff":
                kept.append("\ufffd")
            elif _spells(before, character, after):
                kept.append(character)
            continue
        if unicodedata.category(character) in ("Mn", "Me"):
            # A mark on nothing is invisible, or stands on its neighbour.
            marks += 1
            if before.isspace() or marks > MOST_MARKS:
                continue
        else:
            marks = 0
        kept.append(" " if character in _BLANK_SIGNS else character)
    return "".join(kept)


def _spells(before: str, character: str, after: str) -> bool:
    """Return whether the invisible character is part of how a letter or an emoji is written."""
    if character in "\u200c\u200d":
        if _JOINING.fullmatch(before):
            return True
        return character == "\u200d" and _is_emoji(before) and _is_emoji(after)
    if character in "\ufe0e\ufe0f":
        return before not in "\ufe0e\ufe0f\u200d" and (_is_emoji(before) or bool(_VARYING.fullmatch(before)))
    if "\U000e0100" <= character <= "\U000e01ef" or character in "\ufe00\ufe01\ufe02":
        return bool(_IDEOGRAPH.fullmatch(before))
    return character in "\u180b\u180c\u180d\u180f" and "\u1820" <= before <= "\u18aa"


def _is_emoji(character: str) -> bool:
    """Return whether it can be part of an emoji of several: a picture, a skin colour, a selector. Not exact."""
    if not character or character in "\ufe0f\u20e3":
        return bool(character)
    return "\U0001f000" <= character <= "\U0001faff" or unicodedata.category(character) == "So" or character in "♀♂→←↔↕"
