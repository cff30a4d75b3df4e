"""Suggestions while somebody types an option. Pure, except for reading this machine's list of time zones."""

from __future__ import annotations

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
from bot.words.layout import title_of

Choices = list[dict[str, str]]


def choices(named: Iterable[tuple[str, str]]) -> Choices:
    """Convert (value, name) pairs to Discord's choices, leaving out values that are empty or too long."""
    fitting = ((value, name) for value, name in named if 0 < units(value) <= LONGEST_OPTION)
    offered = [{"name": clip_plain(one_line(name) or value, LONGEST_OPTION), "value": value} for value, name in fitting]
    return offered[:MOST_OPTIONS]


def zones(typed: str) -> Choices:
    wanted = typed.strip().casefold().replace(" ", "_")
    offered = [*ZONES, *sorted(_all_zones() - {*ZONES})]
    return choices((zone, zone) for zone in offered if wanted in zone.casefold())


def languages(typed: str, words: Words) -> Choices:
    """Suggest languages by tag or by name."""
    wanted = typed.strip().casefold()
    named = [(tag, f"{words.language_name(tag)} ({tag})") for tag in LANGUAGES]
    return choices((tag, name) for tag, name in named if wanted in name.casefold())


def topics(typed: str) -> Choices:
    """Complete the last of the categories typed so far, by its id or a word of its name, the usual ones first."""
    *before, last = typed.replace(",", " ").split(" ") if typed else [""]
    complete = [category(piece) or piece for piece in before if piece]
    wanted = last.casefold()
    candidates = dict.fromkeys([*TOPICS, *CATEGORIES, *ARCHIVES])
    names = {**CATEGORIES, **ARCHIVES}
    by_id = [one for one in candidates if wanted in one.casefold()]
    by_name = [one for one in candidates if wanted in names[one].casefold()]
    meant = [one] if (one := suggestion(last)) else []
    fitting = (one for one in dict.fromkeys([*by_id, *by_name, *meant]) if one not in complete)
    return choices((" ".join([*complete, one]), " ".join([*complete, f"{one} ({names[one]})"])) for one in fitting)


def days(typed: str, words: Words) -> Choices:
    wanted = typed.strip().casefold()
    offered = DAYS.get(words.language, DAYS["en"])
    fitting = [one for one in offered if wanted in one]
    return choices((one, one) for one in (fitting or ([typed.strip()] if wanted else [])))


def papers(matches: Sequence[Paper], words: Words) -> Choices:
    """Offer papers, each with a value that `bot.papers.refs.parse_ref` can read: an id, or else the title."""

    def name(paper: Paper) -> str:
        return str(paper.id) if paper.id.scheme in ("arxiv", "doi") else clip_plain(readable_line(paper.title), 90)

    return choices((name(paper), f"{title_of(paper, words)} · {words.authors(paper, 1)}") for paper in matches)


@cache
def _all_zones() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/")))
