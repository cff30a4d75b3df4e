"""Read single values from untrusted JSON. Each function returns a clean value, or None if there is none.

Nothing here raises: what a source sends is never trusted to have the documented type, range or length.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.models import finite
from bot.tex import subscript, superscript

LONGEST_TITLE = 1_000
LONGEST_ABSTRACT = 50_000
LONGEST_NAME = 300
LONGEST_URL = 2_000

# Keep line breaks and tabs; other control characters have no place in text, and databases refuse some of them.
_CONTROLS = dict.fromkeys(n for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\t\n\r")
_SURROGATE = re.compile("[\ud800-\udfff]")

# https://info.arxiv.org/help/arxiv_identifier.html: a subject class (`math.GT/0309136`) is not part of an old id.
_NEW_ARXIV_ID = re.compile(r"([0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5})(?:v[0-9]+)?")
_OLD_ARXIV_ID = re.compile(r"([a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?(/[0-9]{7})(?:v[0-9]+)?")
# What Crossref and Semantic Scholar pass on of HTML, JATS and MathML.
_PAIR = re.compile(
    r"<(?:jats:|mml:)?(?P<tag>sub|sup|i|b|u|em|strong|italic|bold|sc|small|tt|scp|span|p|sec|title|math|mrow|mi|mo|mn|msup"
    r"|msub|mtext|inline-formula|tex-math|alternatives)(?:\s[^<>]{0,200})?>(?P<inner>[^<>]*)</(?:jats:|mml:)?(?P=tag)\s*>",
    re.IGNORECASE,
)
# With its semicolon: HTML also reads `&notation` as `¬ation`.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_DEEPEST_MARKUP = 6
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]+")
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.", re.IGNORECASE)


def text(value: object, longest: int) -> str | None:
    """Return the text without control characters and outer spaces; None if empty or longer than `longest`."""
    if not isinstance(value, str) or len(value) > longest:
        return None
    return _SURROGATE.sub("\ufffd", value.translate(_CONTROLS)).strip() or None


def line(value: object, longest: int) -> str | None:
    """Return text as `text` does, with each run of white space collapsed to one space."""
    cleaned = text(value, longest)
    return " ".join(cleaned.split()) if cleaned else None


def markup(value: object, longest: int) -> str | None:
    """Return text as `line` does, with HTML entities resolved once and typographic tags read: H₂O for `H<sub>2</sub>O`.

    Only pairs of tags that publishers put into titles are removed: `<mask>` is a word.
    """
    found = line(value, longest)
    if not found or not ("<" in found or "&" in found):
        return found
    read = _ENTITY.sub(lambda match: html.unescape(match[0]), found)
    for _ in range(_DEEPEST_MARKUP):
        read, count = _PAIR.subn(_untagged, read)
        if not count:
            break
    return line(_BREAK.sub(" ", read), longest)


def names(values: Iterable[object]) -> tuple[str, ...]:
    """Return the usable names among the values, in order.

    Two people with the same name remain two. The colon that some sources list after a team is not an author.
    """
    found = (markup(value, LONGEST_NAME) for value in values)
    return tuple(name for name in found if name and any(map(str.isalnum, name)))


def _untagged(match: re.Match[str]) -> str:
    tag, inner = match["tag"].lower(), match["inner"]
    if tag in ("sup", "sub") and len(inner) <= 40:
        return superscript(inner) if tag == "sup" else subscript(inner)
    return inner


def number(value: object) -> float | None:
    """Return a finite number. A number in quotes does not count."""
    return None if isinstance(value, str) else finite(value)


def numbers(values: Sequence[object]) -> tuple[float, ...] | None:
    """Return all values as floats; None unless every one is a finite number. Much faster on a vector than `number`."""
    if not {*map(type, values)} <= {int, float}:
        return None
    try:
        floats = tuple(map(float, values))  # type: ignore[arg-type]  # their types were checked above
    except OverflowError:
        return None
    return floats if all(map(math.isfinite, floats)) else None


def count(value: object) -> float | None:
    """Return a finite number that is not negative."""
    amount = number(value)
    return amount if amount is not None and amount >= 0 else None


def instant(value: object) -> datetime | None:
    """Return an ISO 8601 date or date-time in UTC, which is also assumed if it names no zone.

    Refuses years that no paper can have: they would overflow in time zone arithmetic.
    """
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return parsed if 1600 <= parsed.year <= 2200 else None


def web_url(value: object) -> str | None:
    """Return an absolute http or https URL, unchanged."""
    url = text(value, LONGEST_URL)
    if url is None or any(c.isspace() or c in '<>"\\' for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host else None


def mapping(value: object) -> dict[str, object]:
    """Return the JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return the JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def lines(values: Iterable[object], longest: int = LONGEST_NAME) -> tuple[str, ...]:
    """Return the usable lines among the values, in order and without duplicates."""
    cleaned = (line(value, longest) for value in values)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def arxiv_id(value: object) -> str | None:
    """Return an arXiv id without its version (`2602.21548`, `cs/0112017`)."""
    if not isinstance(value, str):
        return None
    if match := _NEW_ARXIV_ID.fullmatch(value.strip()):
        return match[1]
    match = _OLD_ARXIV_ID.fullmatch(value.strip())
    return match[1] + match[2] if match else None


def doi(value: object) -> str | None:
    """Return a DOI in lower case, without a resolver's address; None for DOIs that arXiv issues for its own papers."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        return None
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", value.strip(), flags=re.IGNORECASE)
    return bare.lower() if _DOI.fullmatch(bare) and not _ARXIV_DOI.match(bare) else None


def arxiv_id_of_doi(value: object) -> str | None:
    """Return the id inside a DOI issued by arXiv, such as `10.48550/arXiv.2602.21548`."""
    if not isinstance(value, str):
        return None
    match = _ARXIV_DOI.match(value.strip())
    return arxiv_id(value.strip()[match.end() :]) if match else None
