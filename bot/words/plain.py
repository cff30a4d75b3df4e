"""Untrusted text made safe to display: nothing that controls a terminal or is invisible."""

from __future__ import annotations

import re
import unicodedata

# ECMA-48: CSI, the string sequences (OSC, DCS, SOS, PM, APC; an unterminated one runs to the end of its line) and the
# short ones. C1 controls are the same commands in one character.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Bidirectional controls reorder the text around them; the others have no width. Joiners (U+200C, U+200D) are part of
# the spelling in several scripts, and are kept.
_UNSEEN = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_WEB_LINK = re.compile(r"https?://[^\s/?#@\\<>\"'`{}|^]+(?:[/?#][^\s\\<>\"`{}|^]*)?", re.IGNORECASE)

_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]{1,80})(?<=\S)\*\*")


def plain(text: str) -> str:
    """Return the text without escape sequences, control characters and invisible marks, with line breaks as `\\n`.

    Lone surrogates, which no output can encode, become U+FFFD.
    """
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", _ESCAPES.sub("", text))).replace("\t", " ")
    return "".join(_shown(c) for c in text)


def one_line(text: str) -> str:
    """Return `plain` text with each run of white space collapsed to one space."""
    return " ".join(plain(text).split())


def web_link(url: str) -> str | None:
    """Return the URL if it is an http(s) one without credentials that can be a link unchanged, otherwise None."""
    return url if _WEB_LINK.fullmatch(url) and url.isprintable() and not _UNSEEN.search(url) else None


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cc" and character != "\n" else character


def without_bold(text: str) -> str:
    """Remove the asterisks of `**bold**`, which models write even when asked for plain text."""
    return _BOLD.sub(r"\1", text)
