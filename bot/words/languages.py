"""Names of languages and time zones, and language tags: any BCP 47 tag whose language is in Unicode's CLDR."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale
from babel.dates import get_timezone_location

_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?(?:[-_](?P<region>[A-Za-z]{2}|\d{3}))?")


@cache
def _known_languages() -> frozenset[str]:
    return frozenset(Locale("en").languages)


def language_tag(text: str) -> str:
    """Return the tag in its canonical spelling (`JA` -> `ja`, `pt_br` -> `pt-BR`).

    Raises ValueError for text that is not a tag, or whose language is not in CLDR.
    """
    match = _TAG.fullmatch(text.strip())
    if not match or match["language"].lower() not in _known_languages():
        raise ValueError(f"not a language tag: {text!r}")
    parts = [match["language"].lower()]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"]:
        parts.append(match["region"].upper())
    return "-".join(parts)


def language_name(tag: str, shown_in: str) -> str:
    """Return the language's display name, such as `Japanese` for (`ja`, `en`), or the tag if CLDR has none."""
    locale = Locale.parse(shown_in.replace("-", "_"))
    return str(locale.languages.get(tag.split("-", maxsplit=1)[0], tag))


@cache
def zone_names(zone: str, shown_in: str) -> tuple[str, str]:
    """Return what CLDR calls an IANA time zone, such as `Japan Time` for (`Asia/Tokyo`, `en`), and its city."""
    locale = Locale.parse(shown_in.replace("-", "_"))
    return (
        str(get_timezone_location(zone, locale=locale)),
        str(get_timezone_location(zone, locale=locale, return_city=True)),
    )
