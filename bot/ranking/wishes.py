"""A channel's wishes by name, matched against papers: topics, keywords, authors and mutes.

Wishes are compared after `fold`, so case, full-width forms, line breaks and hyphens make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.models import ChannelSettings, Paper
from bot.tex import readable

# A paper's first category is its authors' choice of field; a cross-listing means "also of interest to".
PRIMARY_TOPIC = 0.6
CROSS_TOPIC = 0.2
CROSS_TOPICS_COUNTED = 2
# A word in the title is what the paper is about; in the abstract it may be a passing mention.
KEYWORD_IN_TITLE = 1.0
KEYWORD_IN_KEYWORDS = 0.8
KEYWORD_IN_ABSTRACT = 0.4
# Several keywords in one paper count more than one, up to this many times one in the title.
KEYWORDS_LIMIT = 1.5
# An abstract has about 2,000 characters at most; anything a hostile source appends is not searched.
TEXT_LIMIT = 20_000

# Scripts without spaces between words: kana, Han, Thai to Khmer. (Korean has them, but attaches particles to words.)
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_LETTER = rf"[^\W{_UNSPACED}]"
_APART = "\0"  # between folded texts, so that no phrase spans two of them
_ASCII_GAPS = "-_\0"  # separate words like white space; no folded text contains any of them
_GAPS = f"{_ASCII_GAPS}‐‑‒–—"


class Match(NamedTuple):
    """How well a wish is met (0 is not at all), and by what: the category, the channel's keyword, the person."""

    value: float
    subject: str = ""


NO_MATCH = Match(0.0)


def fold(text: str) -> str:
    """Return the first `TEXT_LIMIT` characters for comparison: NFKC, case-folded, hyphens and gaps as one space."""
    folded = unicodedata.normalize("NFKC", text[:TEXT_LIMIT]).casefold()
    for gap in _ASCII_GAPS if folded.isascii() else _GAPS:
        folded = folded.replace(gap, " ")
    return " ".join(folded.split())


def _finder(folded: str) -> Callable[[str], bool]:
    """Return a test for whether a folded text contains the folded keyword as a whole word.

    Scripts without spaces do not mark the ends of words, so there any occurrence counts. A keyword of at least three
    characters also matches with a plural s (LLM in "LLMs"); shorter ones are too often the start of another word.
    """
    if _HAS_UNSPACED.search(folded):
        return lambda text: folded in text
    plural = "s?" if len(folded) >= 3 and folded[-1].isalpha() else ""
    whole = re.compile(f"(?<!{_LETTER}){re.escape(folded)}{plural}(?!{_LETTER})")
    return lambda text: folded in text and whole.search(text) is not None


def _finders(keywords: Iterable[str]) -> dict[str, Callable[[str], bool]]:
    """Return a test for each keyword as the channel first wrote it, skipping keywords that fold to nothing."""
    written: dict[str, str] = {}
    for keyword in keywords:
        written.setdefault(fold(keyword), keyword)
    return {keyword: _finder(folded) for folded, keyword in written.items() if folded}


def _names(authors: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(fold, authors)))


@lru_cache(maxsize=1 << 12)
def _topic(categories: tuple[str, ...], topics: frozenset[str]) -> Match:
    """Match the categories; a topic may be a whole archive.

    Cached, since thousands of papers share a few categories, and most channels topics.
    """
    wanted = [one for one in dict.fromkeys(categories) if {one.casefold(), one.partition(".")[0].casefold()} & topics]
    if not wanted:
        return NO_MATCH
    is_primary = wanted[0] == categories[0]
    crosses = min(len(wanted) - is_primary, CROSS_TOPICS_COUNTED)
    return Match(PRIMARY_TOPIC * is_primary + CROSS_TOPIC * crosses, wanted[0])


@dataclass(frozen=True, slots=True)
class Wishes:
    """A channel's wishes, prepared for matching many papers."""

    _topics: frozenset[str]
    _keywords: Mapping[str, Callable[[str], bool]]
    _muted_keywords: Mapping[str, Callable[[str], bool]]
    _authors: frozenset[str]
    _muted_authors: frozenset[str]

    @classmethod
    def of(cls, settings: ChannelSettings) -> Wishes:
        return cls(
            frozenset(topic.strip().casefold() for topic in settings.topics),
            _finders(settings.keywords),
            _finders(settings.muted_keywords),
            _names(settings.authors),
            _names(settings.muted_authors),
        )

    def mutes(self, paper: Paper) -> bool:
        """Return whether the channel mutes the paper: by a word in its title, keywords or abstract, or by an author.

        A muted keyword beats a wanted one: whoever mutes has seen enough.
        """
        if self._muted_authors and self._muted_authors.intersection(map(fold, paper.authors)):
            return True
        if not self._muted_keywords:
            return False
        text = _APART.join(map(fold, (readable(paper.title), paper.abstract, *paper.keywords)))
        return any(found_in(text) for found_in in self._muted_keywords.values())

    @property
    def has_mutes(self) -> bool:
        return bool(self._muted_keywords or self._muted_authors)

    @property
    def has_names(self) -> bool:
        """Whether there are keywords or authors among the wishes."""
        return bool(self._keywords or self._authors)

    def topic(self, categories: tuple[str, ...]) -> Match:
        """Match a paper's arXiv categories, 0-1. The subject is the first one that is wanted."""
        return _topic(categories, self._topics)

    def keyword(self, paper: Paper) -> Match:
        """Match the keywords, 0 to `KEYWORDS_LIMIT`. The subject is the keyword found in the strongest place."""
        if not self._keywords:
            return NO_MATCH
        places = (
            (KEYWORD_IN_TITLE, fold(readable(paper.title))),
            (KEYWORD_IN_KEYWORDS, _APART.join(map(fold, paper.keywords))),
            (KEYWORD_IN_ABSTRACT, fold(paper.abstract)),
        )
        anywhere = _APART.join(text for _, text in places)
        total, best = 0.0, NO_MATCH
        for keyword, found_in in self._keywords.items():
            if not found_in(anywhere):
                continue
            value = next((value for value, text in places if found_in(text)), 0.0)
            total += value
            if value > best.value:
                best = Match(value, keyword)
        return Match(min(total, KEYWORDS_LIMIT), best.subject)

    def author(self, paper: Paper) -> Match:
        """Return a match of 1 if the channel follows one of the authors. The subject is the name as the paper spells
        it.
        """
        if not self._authors:
            return NO_MATCH
        author = next((name for name in paper.authors if fold(name) in self._authors), None)
        return Match(1.0, author) if author else NO_MATCH
