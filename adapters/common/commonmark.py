"""Text made inert for CommonMark, the extensions of GitHub and chat platforms, and the raw HTML that it allows.

There are two ways. `text`, `inline` and `link` are for documents, which people also read unrendered: a character is
escaped only where it could be part of a construct. `pieces` is for messages, which are always rendered and limited in
length: every character with a possible meaning is escaped, so that the text can be cut anywhere.

https://spec.commonmark.org/0.31.2/, https://github.github.com/gfm/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from bot.words import one_line, plain, web_link

# A pattern: a backslash that would escape what follows it, or could.
BACKSLASH = r"\\(?=[!-/:-@\[-`{-~\n]|\Z)"

# What `pieces` escapes: the signs of CommonMark and GFM, of mentions, channels, short names and formulas in chats; the
# colon and the dot end the scheme and the parts of a bare address.
MARKUP = frozenset("\\`*_~|<>[]&!@:#$^=.")
LINE_STARTS = frozenset("#->+")

# Whatever opens or closes a construct inside a line. Not escaped: `<` before a space, digit or sign; `_` inside a word;
# `*` and `_` on their own; a single `~` after white space, which cannot close a strikethrough.
_INLINE = re.compile(
    rf"""(?P<backslash>{BACKSLASH})
      | (?P<backtick>`)
      | (?P<emphasis>(?<![*_])(?:[*_]+))
      | (?P<strike>~~+|(?<=\S)~)
      | (?P<tag><(?=[A-Za-z/!?]))
      | (?P<entity>&(?=[A-Za-z][A-Za-z0-9]*;|\#))
      | (?P<bracket>\](?=[(\[:]))
    """,
    re.VERBOSE,
)
# https://github.github.com/gfm/#autolinks-extension-
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
_NAMED = re.compile(r"@(?=\w)")
_WORD_JOINER = "\u2060"
# Bold as models write it: only plain characters between the asterisks, so it cannot hide another construct.
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*_`~\n\\<>&\[\]|]{1,80})(?<=\S)\*\*")
_BLOCK_START = re.compile(r"(?:\#{1,6}|>|[-+*]|\d{1,9}[.)])(?=[ ]|\Z)|>")
_RULE = re.compile(r"[-_*=+|:~ ]+")  # thematic breaks, setext underlines, table delimiter rows, front matter


def text(raw: str, *, bold: bool = False) -> str:
    """Return paragraphs of untrusted text. Keeps line breaks, trims spaces from lines. `bold` keeps `**bold**`."""
    lines = "\n".join(line.strip(" ") for line in plain(raw).split("\n"))
    pieces = _BOLD.split(lines) if bold else [lines]
    escaped = "".join(f"**{piece}**" if n % 2 else _INLINE.sub(_inline, piece) for n, piece in enumerate(pieces))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(_line, escaped.split("\n"))).strip("\n"))


def inline(raw: str) -> str:
    """Return untrusted text as part of a line, which starts no block even at the line's beginning."""
    return text(one_line(raw))


def unlinked(raw: str) -> str:
    """Return `inline` text in which no address becomes a link and nobody is mentioned, as GitHub would do by itself.

    A backslash keeps it from the links; not from mentions and mail, which it looks for in the rendered text.
    """
    return _NAMED.sub(f"@{_WORD_JOINER}", _ADDRESS.sub(r"\\\g<0>", inline(raw)))


def link(label: str, url: str, *, bare: bool = True) -> str:
    """Return a link to an http(s) URL, or only the escaped label for any other; `bare` addresses in it may be links."""
    escaped = inline(label) if bare else unlinked(label)
    target = web_link(url)
    if target is None:
        return escaped
    # Every bracket, since the label ends at the first unbalanced one.
    label_text = re.sub(r"(?<!\\)((?:\\\\)*)([\[\]])", r"\1\\\2", escaped)
    destination = quote(target, safe=":/?#@!$&'*+,;=%~").replace("&", "&amp;")
    return f"[{label_text}]({destination})"


def pieces(text: str, markup: frozenset[str] = MARKUP, line_starts: frozenset[str] = LINE_STARTS) -> Iterator[str]:
    """Yield each character of the text, with the backslash that it needs where it stands.

    `markup` are the characters that are escaped wherever they stand, `line_starts` those that mean something at the
    start of a line; the sign after a number there is escaped too. White space is left as it is: pass `one_line` text
    to a platform that takes four blanks for code.
    """
    at_start, number = True, False
    for character in text:
        if character in markup or (at_start and character in line_starts) or (number and character in ".)"):
            yield f"\\{character}"
        else:
            yield character
        if character == "\n":
            at_start, number = True, False
            continue
        number = character.isdecimal() and (number or at_start)
        at_start = at_start and character.isspace()


def _inline(match: re.Match[str]) -> str:
    if match["tag"]:
        return "&lt;"
    if match["entity"]:
        return "&amp;"
    if match["emphasis"] and _is_no_delimiter(match):
        return match[0]
    return "".join("\\" + character for character in match[0])


def _is_no_delimiter(run: re.Match[str]) -> bool:
    """Return whether a run of `*` and `_` stands alone between spaces, or is an underscore inside a word."""
    # What precedes and follows the whole text is unknown here; it may be a delimiter.
    before = run.string[run.start() - 1] if run.start() else "*"
    after = run.string[run.end()] if run.end() < len(run.string) else "*"
    if before.isspace() and after.isspace():
        return len(run[0]) == 1
    return set(run[0]) == {"_"} and before.isalnum() and after.isalnum()


def _line(line: str) -> str:
    if line and _RULE.fullmatch(line):
        return line if line.startswith("\\") else "\\" + line
    if match := _BLOCK_START.match(line):
        end = match.end() - 1
        return f"{line[:end]}\\{line[end:]}"
    return line
