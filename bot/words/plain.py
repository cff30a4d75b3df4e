"""Text from outside made harmless to look at: nothing that steers a terminal or hides from the eye."""

from __future__ import annotations

import re
import unicodedata

# ECMA-48: CSI, the string-carrying sequences (OSC, DCS, SOS, PM, APC; an unended one runs to the end of its line) and
# the short ones. C1 controls are the same commands in one character.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Bidirectional controls reorder what stands around them; the others take no room at all. Joiners (U+200C, U+200D) are
# spelling in several scripts and stay.
_UNSEEN = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_WEB_LINK = re.compile(r"https?://[^\s/?#@\\<>\"'`{}|^]+(?:[/?#][^\s\\<>\"`{}|^]*)?", re.IGNORECASE)

_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]{1,80})(?<=\S)\*\*")


def plain(text: str) -> str:
    """The text without escape sequences, control characters and invisible marks; its line breaks become `\\n`.

    Lone surrogates, which no output can encode, become U+FFFD.
    """
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", _ESCAPES.sub("", text))).replace("\t", " ")
    return "".join(_shown(c) for c in text)


def one_line(text: str) -> str:
    """`plain` text with every run of white space made one space."""
    return " ".join(plain(text).split())


def web_link(url: str) -> str | None:
    """The URL if it is an http(s) one that can stand in a link as it is (no name or password in it), else None."""
    return url if _WEB_LINK.fullmatch(url) and url.isprintable() and not _UNSEEN.search(url) else None


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cc" and character != "\n" else character


def without_bold(text: str) -> str:
    """The text without the asterisks of `**bold**`, which models write also where plain text was asked for."""
    return _BOLD.sub(r"\1", text)
