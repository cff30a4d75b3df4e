"""Reads single values out of untrusted JSON: each function gives a clean value, or None where there is none.

Nothing here raises: what a source sends is never trusted to have the documented type, range or length.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.models import finite

LONGEST_TITLE = 1_000
LONGEST_ABSTRACT = 50_000
LONGEST_NAME = 300
LONGEST_URL = 2_000

# Line breaks and tabs stay; the other control characters belong to no text, and a database refuses some of them.
_CONTROLS = dict.fromkeys(n for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\t\n\r")
_SURROGATE = re.compile("[\ud800-\udfff]")

# https://info.arxiv.org/help/arxiv_identifier.html: a subject class (`math.GT/0309136`) is no part of an old id.
_NEW_ARXIV_ID = re.compile(r"([0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5})(?:v[0-9]+)?")
_OLD_ARXIV_ID = re.compile(r"([a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?(/[0-9]{7})(?:v[0-9]+)?")
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]+")
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.", re.IGNORECASE)


def text(value: object, longest: int) -> str | None:
    """The text without control characters and outer spaces; None when empty or longer than `longest`."""
    if not isinstance(value, str) or len(value) > longest:
        return None
    return _SURROGATE.sub("\ufffd", value.translate(_CONTROLS)).strip() or None


def line(value: object, longest: int) -> str | None:
    """As `text`, with every run of white space made one space."""
    found = text(value, longest)
    return " ".join(found.split()) if found else None


def number(value: object) -> float | None:
    """A finite number; one in quotes is none."""
    return None if isinstance(value, str) else finite(value)


def numbers(values: Sequence[object]) -> tuple[float, ...] | None:
    """All of the values, each a finite number; None where one is not. On a vector many times as fast as `number`."""
    if not {*map(type, values)} <= {int, float}:
        return None
    try:
        found = tuple(map(float, values))  # type: ignore[arg-type]  # their types were looked at
    except OverflowError:
        return None
    return found if all(map(math.isfinite, found)) else None


def count(value: object) -> float | None:
    """A finite number that is not negative."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def instant(value: object) -> datetime | None:
    """An ISO 8601 date or date-time in UTC; without a zone it is taken for UTC.

    Years that no paper can have are refused: they would overflow where time zones are computed.
    """
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if 1600 <= found.year <= 2200 else None


def web_url(value: object) -> str | None:
    """An absolute http or https URL, unchanged."""
    found = text(value, LONGEST_URL)
    if found is None or any(c.isspace() or c in '<>"\\' for c in found):
        return None
    try:
        parts = urlsplit(found)
        host = parts.hostname
    except ValueError:
        return None
    return found if parts.scheme in ("http", "https") and host else None


def mapping(value: object) -> dict[str, object]:
    """The JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def lines(values: Iterable[object], longest: int = LONGEST_NAME) -> tuple[str, ...]:
    """Those of the values that are usable lines, in their order and once each."""
    found = (line(value, longest) for value in values)
    return tuple(dict.fromkeys(text for text in found if text))


def arxiv_id(value: object) -> str | None:
    """An arXiv id without its version (`2602.21548`, `cs/0112017`)."""
    if not isinstance(value, str):
        return None
    if match := _NEW_ARXIV_ID.fullmatch(value.strip()):
        return match[1]
    match = _OLD_ARXIV_ID.fullmatch(value.strip())
    return match[1] + match[2] if match else None


def doi(value: object) -> str | None:
    """A DOI in lower case, without a resolver's address before it; None for those that arXiv gives its own papers."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        return None
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", value.strip(), flags=re.IGNORECASE)
    return bare.lower() if _DOI.fullmatch(bare) and not _ARXIV_DOI.match(bare) else None


def arxiv_id_of_doi(value: object) -> str | None:
    """The id inside a DOI that arXiv gave, such as `10.48550/arXiv.2602.21548`."""
    if not isinstance(value, str):
        return None
    match = _ARXIV_DOI.match(value.strip())
    return arxiv_id(value.strip()[match.end() :]) if match else None
