"""Untrusted text escaped so that Hugo displays it without interpreting it, and so that it can be read back unchanged.

Whatever could start a construct of Markdown (CommonMark and every extension of Hugo's Goldmark, on or off by default),
of HTML or of Hugo becomes a character reference such as `&ast;`. References are resolved where Markdown is rendered,
and also where a theme inserts a shortcode's inner text unchanged; a backslash would show there. Text in which nothing
could start a construct stays unchanged, byte for byte.

All functions apply `bot.words.plain` first, which removes control characters and invisible marks. Specifications:
https://spec.commonmark.org/0.31.2/ and https://gohugo.io/configuration/markup/.
"""

from __future__ import annotations

import re

from adapters.common.commonmark import BACKSLASH
from bot.words import plain, web_link

# Markers that Hugo itself inserts into pages and then searches for in the rendered result: one in our text stops the
# build of the whole site ("unknown shortcode token", a panic). By then references are resolved, so an invisible mark
# splits them instead.
_HUGO_TOKEN = re.compile(r"HAHA(?=HUGOSHORTCODE)|HUGO(?=MORE42)|__h(?=deferred/|_pp_l|ugo_ctx)")
_WORD_JOINER = "\u2060"  # `plain` drops it on the way back

_ANYWHERE = re.compile(
    r"\A[ \n]|[ \n]\Z"  # the reader strips white space around a text
    r"|&(?=[A-Za-z0-9#])"
    r"|<(?![ \n0-9=]|\Z)"  # a tag, a comment, an autolink
    r"|[*`{]"  # emphasis, code; attributes and shortcodes
    rf"|{BACKSLASH}"
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore between letters or digits is not emphasis
    r"|\](?=[(\[])"
    r"|\[(?=\^)"  # a footnote
    r"|:(?=[A-Za-z0-9_+-]+:)"  # the name of an emoji
    r"|(?<=[A-Za-z0-9._+-])@(?=[A-Za-z0-9-]+\.[A-Za-z0-9])"  # an e-mail address would become a link
    r"|(?i:(?<=www)(?<!//www))\."  # and so would this
)
# Extensions whose mark encloses text: strikethrough and subscript, mathematics, superscript, insertion, highlighting.
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
# Hugo's default link hook, used on multilingual sites, stops the build at a URL that Go cannot parse.
_PARSED = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?"
    r"(?:[/?#](?:[A-Za-z0-9._~/?=#+,;:@!$'()-]|%[0-9A-Fa-f]{2})*+|[.,:;!?)'-]*)\"?[.,:;)]?"
)
_PARSED_HOST = re.compile(r"https?://[\w.-]+(:\d{1,5})?(?=[/?#]|\Z)", re.IGNORECASE)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_REFERENCE_IN_URL = re.compile(r"(&#?[A-Za-z0-9]+);")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]+));")
# By name if HTML has one: Hugo's default image hook, used on multilingual sites, resolves only those.
_NAMES = {
    "&": "amp", "<": "lt", ">": "gt", "*": "ast", "`": "grave", "_": "lowbar", "\\": "bsol", "#": "num", "|": "vert",
    "[": "lbrack", "]": "rbrack", "{": "lbrace", ")": "rpar", ":": "colon", ".": "period", ",": "comma", "@": "commat",
    "$": "dollar", "^": "Hat", "+": "plus", "=": "equals", "\n": "NewLine",
}  # fmt: skip
_NAMED = {"quot": '"'} | {name: character for character, name in _NAMES.items()}


def block(text: str) -> str:
    """Return the text as paragraphs that start at the beginning of a line. Bare http(s) URLs stay links."""
    text = _shown(text)
    at = _constructs(text) | _found(_SPACES, text)
    at.update(match.start(match.lastindex or 0) for match in _LINE_STARTS.finditer(text))
    for match in _ADDRESS.finditer(text):
        # A link shows its URL literally, references included, so a URL that needs a reference must not be a link.
        needs = at.intersection(range(match.start(), match.end() + 1))
        if needs or "://" in match[0].partition("://")[2] or not _PARSED.fullmatch(match[0]):
            at.update(match.start() + i for i in _found(_SCHEME_END, match[0]))
    return _written(text, at)


def line(text: str) -> str:
    """Return the text for use inside one line, such as a heading."""
    text = _shown(text)
    return _written(text, _constructs(text) | _found(_IN_A_LINE, text))


def description(text: str) -> str:
    """Return the text as an image's description, whose hook resolves only named references.

    Tildes in pairs are therefore replaced by a look-alike.
    """
    text = _shown(text)
    at = _constructs(text) | _found(_IN_A_LINE, text)
    twin = "".join("\N{TILDE OPERATOR}" if c == "~" and i in at else c for i, c in enumerate(text))
    return _written(twin, {i for i in at if twin[i] in _NAMES})


def author(name: str) -> str:
    """Return one of several names separated by commas on one line, where a mark could pair with one in another name."""
    name = _shown(name)
    return _written(name, _constructs(name) | _found(_IN_A_LINE, name) | _found(_AMONG_NAMES, name))


def destination(url: str) -> str | None:
    """Return the URL as a Markdown link's destination, or None if it is not an http(s) URL or would break Hugo.

    References do not work here, since Hugo's link hook leaves them unresolved. Whatever could end the destination or be
    a reference, and a stray percent sign, is percent-encoded instead.
    """
    if not web_link(url) or not _PARSED_HOST.match(url) or _HUGO_TOKEN.search(url):
        return None
    url = _REFERENCE_IN_URL.sub(r"\1%3B", _STRAY_PERCENT.sub("%25", url))
    return url if _balanced(url) else url.replace("(", "%28").replace(")", "%29")


def has_token(text: str) -> bool:
    """Return whether Hugo would take part of the text for a mark of its own, which stops the build."""
    return bool(_HUGO_TOKEN.search(text))


def original(markdown: str) -> str:
    """Return the plain text that `block`, `line` or `author` was given. Other people's Markdown stays unchanged."""
    return plain(_REFERENCE.sub(_character, markdown))


def _shown(text: str) -> str:
    return _HUGO_TOKEN.sub(lambda match: match[0] + _WORD_JOINER, plain(text))


def _constructs(text: str) -> set[int]:
    """Return the positions where a construct could start, wherever the text is placed."""
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
    # A backslash would escape the ampersand of a reference after it.
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
