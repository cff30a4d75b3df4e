"""Mask whatever could be a password, key or token in values of the environment, so that they can be shown. Pure.

A value that was refused cannot be parsed, so its parts are guessed, and always in favour of hiding too much.
"""

from __future__ import annotations

import re

HIDDEN = "***"

_SCHEME = re.compile(r"\s*[\"'`“‘]*\s*((?:[A-Za-z][\w+.-]*:)+/{1,2}(?=[^/]))")
_NAMED = re.compile(
    r"((?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private|sslkey)?_?-?key|auth\w*|credentials?|sslpassword)"
    r"[\"']?\s*[=:]\s*)('(?:[^'\\]|\\.)*'?|\"(?:[^\"\\]|\\.)*\"?|[^\s&;,]+)",
    re.IGNORECASE,
)
# Tokens in a variable that is not theirs: Anthropic's, Slack's, Discord's.
_TOKENS = re.compile(r"\b(?:sk-ant-|xox[a-z]-|xapp-)[\w-]+|\b[\w-]{20,30}\.[\w-]{5,8}\.[\w-]{25,}")
_PORT = re.compile(r"[0-9]{0,5}")


def masked(text: str) -> str:
    """Return the text with everything hidden that may be secret; one without any stays as it is."""
    scheme = _SCHEME.match(text)
    if scheme:
        text = scheme[1] + _address(text[scheme.end() :])
    elif "@" in text:
        text = f"{HIDDEN}@{text.rpartition('@')[2]}"
    return _TOKENS.sub(HIDDEN, _NAMED.sub(rf"\1{HIDDEN}", text))


def without_tokens(text: str) -> str:
    """Return the text without tokens of the forms that Anthropic, Slack and Discord give out."""
    return _TOKENS.sub(HIDDEN, text)


def _address(rest: str) -> str:
    """What follows a URL's scheme. The last `@` ends the user's part, since a password may hold one itself."""
    user, at, place = rest.rpartition("@")
    host, mark, more = _split(place)
    name, colon, port = _host(host)
    if colon and not _PORT.fullmatch(port):
        port = HIDDEN  # `user:password` without a host
    query = re.search(r"[?;#]", more)
    if query:
        more = f"{more[: query.start() + 1]}{HIDDEN}"
    if mark in ("?", ";", "#"):
        more = HIDDEN
    return f"{HIDDEN if user or at else ''}{at}{name}{colon}{port}{mark}{more}"


def _split(place: str) -> tuple[str, str, str]:
    """The host with its port, the character that ends it, and the rest."""
    end = re.search(r"[/?;#]", place)
    return (place[: end.start()], end[0], place[end.end() :]) if end else (place, "", "")


def _host(host: str) -> tuple[str, str, str]:
    """Name, colon, port; the colons of an IPv6 address belong to the name."""
    if host.startswith("[") and "]" in host:
        name, bracket, port = host.partition("]")
        return name + bracket, port[:1], port[1:]
    return host.partition(":")
