"""Text from outside, written so that Hugo shows it and never obeys it, and read back unchanged.

What could begin a construct of Markdown (CommonMark and every extension that Hugo's Goldmark offers, on or off by
default), of HTML or of Hugo becomes a character reference such as `&#42;`. References are resolved where Markdown is
rendered and also where a theme puts a shortcode's inner text into the page as it is; a backslash would show there.
Text in which nothing could begin stays as it is, byte for byte.

All functions take text as it came and make it `bot.words.plain` first: control characters and invisible marks go.

Specifications: https://spec.commonmark.org/0.31.2/ and https://gohugo.io/configuration/markup/.
"""

from __future__ import annotations

import re

from bot.words import plain, web_link

# Strings that Hugo itself puts into pages and then searches for in what it rendered: a foreign one stops the build of
# the whole site ("unknown shortcode token", a panic). References are resolved by then; an invisible mark helps.
_HUGO_TOKEN = re.compile(r"HAHA(?=HUGOSHORTCODE)|HUGO(?=MORE42)|__h(?=deferred/|_pp_l|ugo_ctx)")
_WORD_JOINER = "\u2060"  # `plain` drops it on the way back

_ANYWHERE = re.compile(
    r"\A[ \n]|[ \n]\Z"  # the reader strips white space around a text
    r"|&(?=[A-Za-z0-9#])"
    r"|<(?![ \n0-9=]|\Z)"  # a tag, a comment, an autolink
    r"|[*`{]"  # emphasis, code; attributes and shortcodes
    r"|\\(?=[!-/:-@\[-`{-~\n]|\Z)"
    r"|(?<![^\W_])_|_(?![^\W_])"  # between letters or digits an underscore is no emphasis
    r"|\](?=[(\[])"
    r"|\[(?=\^)"  # a footnote
    r"|:(?=[A-Za-z0-9_+-]+:)"  # the name of an emoji
    r"|(?<=[A-Za-z0-9._+-])@(?=[A-Za-z0-9-]+\.[A-Za-z0-9])"  # an e-mail address would be linked
    r"|(?i:(?<=www)(?<!//www))\."  # and so would this
)
# Every extension whose mark encloses text: strikethrough and subscript, mathematics, superscript; insertion, marking.
_PAIRED = tuple(map(re.compile, (r"~+", r"\$+", r"\^+", r"\+{2,}", r"={2,}")))
_LINE_STARTS = re.compile(
    r"^ *(?:([#>|=:\[]|[-+](?=[ \n|:-]|\Z)|~(?=~~))|\d{1,9}([.)])(?=[ \n]|\Z))"  # blocks of all kinds
    r"|^( )(?=   )"  # indented code
    r"|(?<= )( )(?=\n)",  # a hard line break
    re.MULTILINE,
)
_IN_A_LINE = re.compile(
    r"[\n\[\]]"  # brackets: the title is also an image's description
    r"|(?<![A-Za-z0-9])#"  # the closing marks of a heading
    r"|:(?=//)"
)
_AMONG_NAMES = re.compile(r"[,~$^+=]")
_IN_A_DESTINATION = re.compile(r"&(?=[A-Za-z0-9#])|[()]")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)(:)//[^ \n]*")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}


def block(text: str) -> str:
    """The text as one or more paragraphs that begin at the start of a line; bare http(s) addresses stay links."""
    text = _shown(text)
    at = _constructs(text)
    at.update(match.start(match.lastindex or 0) for match in _LINE_STARTS.finditer(text))
    for match in _ADDRESS.finditer(text):
        # A link shows its address literally, references included: one that needs a reference is not to be a link.
        if match[1] not in ("http", "https") or at.intersection(range(*match.span())):
            at.add(match.start(2))
    return _written(text, at)


def line(text: str) -> str:
    """The text inside one line: a heading, an item's value, the description of an image (which a link would end)."""
    text = _shown(text)
    return _written(text, _constructs(text) | _found(_IN_A_LINE, text))


def author(name: str) -> str:
    """One name of several that commas separate in one line: a mark here could pair with one in another name."""
    name = _shown(name)
    return _written(name, _constructs(name) | _found(_IN_A_LINE, name) | _found(_AMONG_NAMES, name))


def destination(url: str) -> str | None:
    """The URL as a Markdown link's destination; None for what is no http(s) URL or breaks Hugo."""
    if not web_link(url) or _HUGO_TOKEN.search(url):
        return None
    return _written(url, _found(_IN_A_DESTINATION, url))


def original(markdown: str) -> str:
    """What `block`, `line`, `author` or `destination` was given, made plain; other people's Markdown stays as it is."""
    return plain(_REFERENCE.sub(_character, markdown))


def _shown(text: str) -> str:
    return _HUGO_TOKEN.sub(lambda match: match[0] + _WORD_JOINER, plain(text))


def _constructs(text: str) -> set[int]:
    """Where something could begin wherever the text stands."""
    at = _found(_ANYWHERE, text)
    for mark in _PAIRED:
        runs = list(mark.finditer(text))
        if len(runs) > 1:
            at.update(i for run in runs for i in range(*run.span()))
    return at


def _found(pattern: re.Pattern[str], text: str) -> set[int]:
    return {match.start() for match in pattern.finditer(text)}


def _written(text: str, at: set[int]) -> str:
    return "".join(_reference(c) if i in at else c for i, c in enumerate(text))


def _reference(character: str) -> str:
    return {"&": "&amp;", "<": "&lt;"}.get(character, f"&#{ord(character)};")


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code <= 0x10FFFF else match[0]
