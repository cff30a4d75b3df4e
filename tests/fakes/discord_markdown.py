"""Discord's markdown as HTML, as its clients draw it: what a renderer forgot to escape shows. Pure.

Block level: headings, small text, quotes, lists, fenced code. Inline: bold, italic, underline, strike, spoiler, code,
masked and bare links, mentions, times, custom emoji, backslash escapes. All text is escaped for HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime

_URL = r"https?://[^\s<>]*[^\s<>.,:;\"')\]]"
_INLINE = re.compile(
    r"\\(?P<escaped>[^A-Za-z0-9\s])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\*\*(?P<strong>.+?)\*\*(?!\*)"
    r"|__(?P<under>.+?)__(?!_)"
    r"|\*(?=\S)(?P<em>(?:\*\*|[^*])+?)(?<!\s)\*(?!\*)"
    r"|\b_(?P<em2>(?:__|\\.|[^_\\])+?)_\b"
    r"|~~(?P<strike>.+?)~~"
    r"|\|\|(?P<spoiler>.+?)\|\|"
    rf"|\[(?P<label>(?:\\.|[^\[\]\\])+)\]\(<?(?P<target>https?://(?:\([^\s()]*\)|[^\s()<>])+)>?(?:\s+\"[^\"]*\")?\)"
    rf"|<(?P<quiet>{_URL}[^\s<>]*)>|(?P<bare>{_URL})"
    r"|<@[!&]?(?P<person>\d+)>|<#(?P<channel>\d+)>|(?P<everyone>@everyone|@here)"
    r"|</(?P<command>[-\w]+(?: [-\w]+){0,2}):\d+>"
    r"|<t:(?P<time>-?\d+)(?::[tTdDfFR])?>|<a?:(?P<emoji>\w+):\d+>",
    re.DOTALL,
)
_TAGS = {"strong": "b", "under": "u", "em": "i", "em2": "i", "strike": "s"}
_NESTING = {*_TAGS, "label", "spoiler"}
_BESIDE = {"ticks", "target"}  # groups that go with another
_BLOCKS = (
    (re.compile(r"(#{1,3}) +(.+)"), "heading"),
    (re.compile(r"-# +(.+)"), "small"),
    (re.compile(r">(?:>>)? (.*)"), "quote"),
    (re.compile(r" *[-*] +(.+)"), "item"),
)


def drawn(text: str, names: Mapping[str, str] | None = None, links: bool = True) -> str:
    """The HTML of a message's or embed's text; `names` of people and channels by id. Titles have no masked `links`."""
    pieces = re.split(r"```(?:[\w+-]*\n)?(.+?)```", text, flags=re.DOTALL)
    found = []
    for number, piece in enumerate(pieces):
        if number % 2:
            found.append(f"<pre>{html.escape(piece.strip())}</pre>")
        elif piece:
            found.append("\n".join(_line(line, names or {}, links) for line in piece.split("\n")))
    return "".join(found)


def _line(line: str, names: Mapping[str, str], links: bool) -> str:
    for pattern, kind in _BLOCKS:
        match = pattern.fullmatch(line)
        if match and links:
            inside = inline(match[match.lastindex or 1], names, links)
            level = f"h{len(match[1])}" if kind == "heading" else "div"
            return f'<{level} class="{kind}">{inside}</{level}>'
    return f"<div>{inline(line, names, links) or '&nbsp;'}</div>"


def inline(text: str, names: Mapping[str, str], links: bool = True) -> str:
    """One line without its block."""
    found, at = [], 0
    for match in _INLINE.finditer(text):
        if match.start() < at:
            continue
        found += [html.escape(text[at : match.start()]), _piece(match, names, links)]
        at = match.end()
    return "".join(found) + html.escape(text[at:])


def _piece(match: re.Match[str], names: Mapping[str, str], links: bool) -> str:
    [kind] = [name for name, value in match.groupdict().items() if value is not None and name not in _BESIDE]
    value = match[kind]
    inside = inline(value, names, links) if kind in _NESTING else html.escape(value)
    found = inside
    match kind:
        case "strong" | "under" | "em" | "em2" | "strike":
            found = f"<{_TAGS[kind]}>{inside}</{_TAGS[kind]}>"
        case "label":
            found = _anchor(match["target"], inside) if links else html.escape(match[0])
        case "bare" | "quiet":
            found = _anchor(value, inside)
        case "code":
            found = f"<code>{inside}</code>"
        case "emoji":
            found = f":{inside}:"
        case "person" | "channel":
            sign = "@" if kind == "person" else "#"
            found = f'<span class="mention">{sign}{html.escape(names.get(value, value))}</span>'
        case "command":
            found = f'<span class="mention">/{inside}</span>'
        case "time":
            found = f'<span class="time">{datetime.fromtimestamp(int(value), UTC):%Y-%m-%d %H:%M}</span>'
        case "everyone":
            found = f'<span class="mention">{inside}</span>'
        case "spoiler":
            found = f'<span class="spoiler">{inside}</span>'
    return found


def _anchor(address: str, inside: str) -> str:
    return f'<a href="{html.escape(address)}">{inside}</a>'
