"""arXiv's search language: fields, quoted phrases, AND, OR, ANDNOT, brackets, and spans of submission dates.

Manual: https://info.arxiv.org/help/api/user-manual.html#51-details-of-query-construction
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from tests.fakes.sources_corpus import Record, words_of

Matches = Callable[[Record], bool]

_TOKEN = re.compile(r'\s*(\(|\)|(?:[a-zA-Z]+:)?(?:"[^"]*"|\[[^\]]*\])|[^\s()]+)')
_SPAN = re.compile(r"\[(\d{8}(?:\d{4})?) TO (\d{8}(?:\d{4})?)\]")
_TEXTS: dict[str, Callable[[Record], str]] = {
    "ti": lambda record: record.title,
    "au": lambda record: " ".join(record.authors),
    "abs": lambda record: record.abstract,
    "co": lambda record: record.comment or "",
    "all": lambda record: " ".join((record.title, *record.authors, record.abstract, record.comment or "")),
}


class BadQuery(ValueError):
    """What arXiv answers with HTTP 400."""


def parse(query: str) -> Matches:
    """Return a predicate for the papers that match the query. Raises BadQuery."""
    tokens = [match[1] for match in _TOKEN.finditer(query)]
    found = _any(tokens)
    if tokens:
        raise BadQuery(f"cannot read the query at {tokens[0]}")
    return found


def _any(tokens: list[str]) -> Matches:
    alternatives = [_all(tokens)]
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        alternatives.append(_all(tokens))
    return lambda record: any(matches(record) for matches in alternatives)


def _all(tokens: list[str]) -> Matches:
    wanted, unwanted = [_one(tokens)], list[Matches]()
    while tokens and tokens[0] in ("AND", "ANDNOT"):
        (wanted if tokens.pop(0) == "AND" else unwanted).append(_one(tokens))
    return lambda record: all(m(record) for m in wanted) and not any(m(record) for m in unwanted)


def _one(tokens: list[str]) -> Matches:
    if not tokens or tokens[0] in (")", "AND", "OR", "ANDNOT"):
        raise BadQuery("a term is missing")
    token = tokens.pop(0)
    if token == "(":
        found = _any(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise BadQuery("a bracket is not closed")
        return found
    return _term(token)


def _term(token: str) -> Matches:
    name, colon, value = token.partition(":")
    if not colon:
        name, value = "all", token
    if name == "submittedDate":
        return _submitted(value)
    if name == "cat":
        if value.endswith("*"):
            return lambda record: any(category.startswith(value[:-1]) for category in record.categories)
        return lambda record: value in record.categories
    if name not in _TEXTS:
        raise BadQuery(f"unknown field {name}")
    read, wanted = _TEXTS[name], words_of(value)
    return lambda record: bool(wanted) and phrase_in(wanted, words_of(read(record)))


def _submitted(value: str) -> Matches:
    span = _SPAN.fullmatch(value)
    if not span:
        raise BadQuery(f"malformed span of dates {value}")
    try:
        start, end = (
            datetime.strptime(each.ljust(12, "0"), "%Y%m%d%H%M").replace(tzinfo=UTC) for each in span.groups()
        )
    except ValueError as error:
        raise BadQuery(f"malformed span of dates {value}") from error
    return lambda record: start <= record.published <= end


def phrase_in(phrase: list[str], words: list[str]) -> bool:
    """Return whether the phrase occurs in the words. Its last word may stand in the plural."""
    plural = [*phrase[:-1], f"{phrase[-1]}s"]
    size = len(phrase)
    return any(words[at : at + size] in (phrase, plural) for at in range(len(words) - size + 1))
