"""Read Discord's Markdown as its clients do: the visible text, the clickable links, and other active elements.

Written from the clients' behaviour, it shares nothing with the adapter's escaping.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LABEL = r"(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*"
_TARGET = r"(?:\([^)]*\)|[^\s\\]|\\.)*?"
_RULES = [
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])")),
    ("block", re.compile(r"```(?:[a-z0-9_+\-.#]*?\n)?\n*([^\n].*?)\n*```", re.DOTALL | re.IGNORECASE)),
    ("code", re.compile(r"(`+)(.*?[^`])\1(?!`)", re.DOTALL)),
    ("link", re.compile(rf"\[({_LABEL})\]\(\s*<?({_TARGET})>?\s*\)")),
    ("angle", re.compile(r"<((?:https?|steam|mailto|tel):[^\s<>]+)>", re.IGNORECASE)),
    ("bare", re.compile(r"(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\)\s]", re.IGNORECASE)),
    ("mention", re.compile(r"<(?:@[!&]?|#)\d+>|<id:\w+>|@everyone|@here")),
    ("command", re.compile(r"</[-\w ]+:\d+>|<t:-?\d+(?::[a-zA-Z])?>|<a?:\w+:\d+>|:[\w+-]+:")),
    ("strong", re.compile(r"(\*\*|__|~~|\|\|)(?=\S)((?:\\.|[^\\])+?)(?<=\S)\1", re.DOTALL)),
    ("soft", re.compile(r"(\*|_)(?=\S)((?:\\.|(?!\1)[^\\])+?)(?<=\S)\1(?!\w)", re.DOTALL)),
]  # fmt: skip
_LINE_START = re.compile(r"^(?:(-# |#{1,3} |> |>>> )|(\s*)(?:[-*+]|\d+[.)]) )", re.MULTILINE)


@dataclass
class Read:
    """A text as displayed. `alive` holds the mentions, emoji and the like that a client would recognise in it."""

    text: str = ""
    links: list[str] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)


def read(source: str) -> Read:
    """Return the source as a client displays it."""
    found = Read()
    lines = [_LINE_START.sub(lambda m: m[2] or "", line) for line in source.split("\n")]
    found.text = _inline("\n".join(lines), found)
    return found


def _inline(source: str, found: Read) -> str:
    shown = []
    at = 0
    while at < len(source):
        for name, rule in _RULES:
            match = rule.match(source, at)
            if match and (name != "soft" or match[1] != "_" or not source[at - 1 : at].isalnum()):
                shown.append(_shown(name, match, found))
                at = match.end()
                break
        else:
            shown.append(source[at])
            at += 1
    return "".join(shown)


def _shown(name: str, match: re.Match[str], found: Read) -> str:
    match name:
        case "escape" | "block":
            return match[1]
        case "code":
            return match[0]  # as code, which its backquotes stand for here
        case "link":
            address = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", match[2])
            if not re.match(r"https?://", address, re.IGNORECASE):
                return match[0][0] + _inline(match[0][1:], found)
            found.links.append(address)
            return _inline(match[1], found)
        case "angle":
            found.links.append(match[1])
            return match[1]
        case "bare":
            found.links.append(match[0])
            return match[0]
        case "strong" | "soft":
            return _inline(match[2], found)
    found.alive.append(match[0])
    return match[0]
