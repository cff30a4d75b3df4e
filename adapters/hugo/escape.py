"""Text from outside, written so that Hugo shows it and never obeys it, and read back unchanged.

What could begin a construct of Markdown (CommonMark and every extension that Hugo's Goldmark offers, on or off by
default), of HTML or of Hugo becomes a character reference such as `&ast;`. References are resolved where Markdown is
rendered and also where a theme puts a shortcode's inner text into the page as it is; a backslash would show there.
Text in which nothing could begin stays as it is, byte for byte.

All functions take text as it came and make it `bot.words.plain` first: control characters and invisible marks go.

Specifications: https://spec.commonmark.org/0.31.2/ and https://gohugo.io/configuration/markup/.
"""

from __future__ import annotations

import re

from adapters.common.commonmark import BACKSLASH
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
    rf"|{BACKSLASH}"
    r"|(?<![^\W_])_|_(?![^\W_])"  # between letters or digits an underscore is no emphasis
    r"|\](?=[(\[])"
    r"|\[(?=\^)"  # a footnote
    r"|:(?=[A-Za-z0-9_+-]+:)"  # the name of an emoji
    r"|(?<=[A-Za-z0-9._+-])@(?=[A-Za-z0-9-]+\.[A-Za-z0-9])"  # an e-mail address would be linked
    r"|(?i:(?<=www)(?<!//www))\."  # and so would this
)
# Every extension whose mark encloses text: strikethrough and subscript, mathematics, superscript; insertion, marking.
_PAIRED = tuple(map(re.compile, (r"~+", r"\$+", r"\^+", r"\+{2,}", r"={2,}")))
_LINE_STARTS = re.compile(r"^ *(?:([#>|=:\[]|[-+](?=[ \n|:-]|\Z)|~(?=~~))|\d{1,9}([.)])(?=[ \n]|\Z))", re.MULTILINE)
_SPACES = re.compile(r"^ (?=   )|(?<= ) (?=\n)", re.MULTILINE)  # indented code, a hard line break
_IN_A_LINE = re.compile(
    r"[\n\[\]]"  # brackets: the title is also an image's description
    r"|(?<![A-Za-z0-9])#"  # the closing marks of a heading
    r"|:(?=//)"
)
_AMONG_NAMES = re.compile(r"[,~$^+=]")
_SCHEME_END = re.compile(r":(?=//)")
_ADDRESS = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]*://[^ \n]*")
# Hugo's own link hook, which it uses on sites in several languages, stops the build at an address that Go cannot parse.
_PARSED = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?"
    r"(?:[/?#](?:[A-Za-z0-9._~/?=#+,;:@!$'()-]|%[0-9A-Fa-f]{2})*+|[.,:;!?)'-]*)\"?[.,:;)]?"
)
_PARSED_HOST = re.compile(r"https?://[\w.-]+(:\d{1,5})?(?=[/?#]|\Z)", re.IGNORECASE)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_REFERENCE_IN_URL = re.compile(r"(&#?[A-Za-z0-9]+);")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]+));")
# By name where HTML has one: Hugo's own image hook, which it uses on sites in several languages, resolves only those.
_NAMES = {
    "&": "amp", "<": "lt", ">": "gt", "*": "ast", "`": "grave", "_": "lowbar", "\\": "bsol", "#": "num", "|": "vert",
    "[": "lbrack", "]": "rbrack", "{": "lbrace", ")": "rpar", ":": "colon", ".": "period", ",": "comma", "@": "commat",
    "$": "dollar", "^": "Hat", "+": "plus", "=": "equals", "\n": "NewLine",
}  # fmt: skip
_NAMED = {"quot": '"'} | {name: character for character, name in _NAMES.items()}


def block(text: str) -> str:
    """The text as one or more paragraphs that begin at the start of a line; bare http(s) addresses stay links."""
    text = _shown(text)
    at = _constructs(text) | _found(_SPACES, text)
    at.update(match.start(match.lastindex or 0) for match in _LINE_STARTS.finditer(text))
    for match in _ADDRESS.finditer(text):
        # A link shows its address literally, references included: one that needs a reference is not to be a link.
        needs = at.intersection(range(match.start(), match.end() + 1))
        if needs or "://" in match[0].partition("://")[2] or not _PARSED.fullmatch(match[0]):
            at.update(match.start() + i for i in _found(_SCHEME_END, match[0]))
    return _written(text, at)


def line(text: str) -> str:
    """The text inside one line, such as a heading."""
    text = _shown(text)
    return _written(text, _constructs(text) | _found(_IN_A_LINE, text))


def description(text: str) -> str:
    """The text as an image's description, whose hook resolves names alone: tildes in pairs are replaced by a twin."""
    text = _shown(text)
    at = _constructs(text) | _found(_IN_A_LINE, text)
    twin = "".join("\N{TILDE OPERATOR}" if c == "~" and i in at else c for i, c in enumerate(text))
    return _written(twin, {i for i in at if twin[i] in _NAMES})


def author(name: str) -> str:
    """One name of several that commas separate in one line: a mark here could pair with one in another name."""
    name = _shown(name)
    return _written(name, _constructs(name) | _found(_IN_A_LINE, name) | _found(_AMONG_NAMES, name))


def destination(url: str) -> str | None:
    """The URL as a Markdown link's destination; None for what is no http(s) URL or breaks Hugo.

    No references here: Hugo's link hook leaves them unresolved. What could end the destination or be a reference, and
    a percent sign that encodes nothing, is percent-encoded instead.
    """
    if not web_link(url) or not _PARSED_HOST.match(url) or _HUGO_TOKEN.search(url):
        return None
    url = _REFERENCE_IN_URL.sub(r"\1%3B", _STRAY_PERCENT.sub("%25", url))
    return url if _balanced(url) else url.replace("(", "%28").replace(")", "%29")


def original(markdown: str) -> str:
    """What `block`, `line` or `author` was given, made plain; other people's Markdown stays as it is."""
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


def _balanced(url: str) -> bool:
    depth = 0
    for character in url:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def _written(text: str, at: set[int]) -> str:
    # A backslash would take the ampersand of a reference after it for itself.
    at = at | {i - 1 for i in at if i and text[i - 1] == "\\"}
    return "".join(_reference(c) if i in at else c for i, c in enumerate(text))


def _reference(character: str) -> str:
    name = _NAMES.get(character)
    return f"&{name};" if name else f"&#{ord(character)};"


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED.get(name, match[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code <= 0x10FFFF else match[0]
