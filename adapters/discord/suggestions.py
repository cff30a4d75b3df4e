"""Suggestions while somebody types an option. Pure, except for reading this machine's list of time zones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from zoneinfo import available_timezones

from adapters.common.cutting import units
from adapters.discord.buttons import LONGEST_OPTION, MOST_OPTIONS
from adapters.discord.text import clip_plain
from bot.chat.offers import DAYS, LANGUAGES, TOPICS, ZONES
from bot.models import Paper
from bot.models.categories import ARCHIVES, CATEGORIES, category, suggestion
from bot.words import Words, one_line, readable_line
from bot.words.languages import language_name, zone_names
from bot.words.layout import title_of

Choices = list[dict[str, str]]


def choices(named: Iterable[tuple[str, str]]) -> Choices:
    """Convert (value, name) pairs to Discord's choices, leaving out values that are empty or too long."""
    fitting = ((value, name) for value, name in named if 0 < units(value) <= LONGEST_OPTION)
    offered = [{"name": clip_plain(one_line(name) or value, LONGEST_OPTION), "value": value} for value, name in fitting]
    return offered[:MOST_OPTIONS]


def plain(typed: str) -> str:
    """Return what was typed in the usual form of its characters: half-width Latin, full-width kana, usual kanji."""
    return unicodedata.normalize("NFKC", typed).strip()


def zones(typed: str, *spoken: Words) -> Choices:
    """Suggest time zones by any part of their names, in the first of the languages `spoken` or any other of them."""
    wanted = _compared(typed)
    named = ((zone, [name for words in spoken for name in zone_names(zone, words.language)]) for zone in _zones())
    return choices((zone, _named(zone, names)) for zone, names in named if _matches(wanted, zone, *names))


def languages(typed: str, *spoken: Words) -> Choices:
    """Suggest languages by tag or by name: in the first of the languages `spoken`, any other, English or their own."""
    wanted = _compared(typed)
    named = (
        (tag, [language_name(tag, shown_in) for shown_in in (*(words.language for words in spoken), "en", tag)])
        for tag in LANGUAGES
    )
    return choices((tag, f"{names[0]} ({tag})") for tag, names in named if _matches(wanted, tag, *names))


def topics(typed: str) -> Choices:
    """Complete the last of the categories typed so far, by its id or a word of its name, the usual ones first."""
    typed = unicodedata.normalize("NFKC", typed)
    *before, last = re.split("[,、 ]", typed) if typed else [""]
    complete = [category(piece) or piece for piece in before if piece]
    wanted = last.casefold()
    candidates = dict.fromkeys([*TOPICS, *CATEGORIES, *ARCHIVES])
    names = {**CATEGORIES, **ARCHIVES}
    by_id = [one for one in candidates if wanted in one.casefold()]
    by_name = [one for one in candidates if wanted in names[one].casefold()]
    meant = [one] if (one := suggestion(last)) else []
    fitting = (one for one in dict.fromkeys([*by_id, *by_name, *meant]) if one not in complete)
    return choices((" ".join([*complete, one]), " ".join([*complete, f"{one} ({names[one]})"])) for one in fitting)


def days(typed: str, *spoken: Words) -> Choices:
    """Suggest days of the week in the languages `spoken`; what is typed in another one is found as well."""
    wanted = _compared(typed)
    here = dict.fromkeys(day for words in spoken for day in DAYS.get(words.language, DAYS["en"]))
    anywhere = dict.fromkeys([*here, *(day for offered in DAYS.values() for day in offered)])
    fitting = [day for day in (anywhere if wanted else here) if wanted in _compared(day)]
    fitting.sort(key=lambda day: not _compared(day).startswith(wanted))  # 日 before 平日
    return choices((one, one) for one in (fitting or ([plain(typed)] if wanted else [])))


def papers(matches: Sequence[Paper], words: Words) -> Choices:
    """Offer papers, each with a value that `bot.papers.refs.parse_ref` can read: an id, or else the title."""

    def name(paper: Paper) -> str:
        return str(paper.id) if paper.id.scheme in ("arxiv", "doi") else clip_plain(readable_line(paper.title), 90)

    return choices((name(paper), f"{title_of(paper, words)} · {words.authors(paper, 1)}") for paper in matches)


def _named(zone: str, names: Sequence[str]) -> str:
    return f"{zone} ({names[0]})" if names and names[0] else zone


def _compared(text: str) -> str:
    return plain(text).casefold().replace("_", " ")


def _matches(wanted: str, *names: str) -> bool:
    return any(wanted in _compared(name) for name in names)


@cache
def _zones() -> tuple[str, ...]:
    every = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/")))
    return tuple(dict.fromkeys([*ZONES, *sorted(every)]))
