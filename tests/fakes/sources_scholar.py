"""Semantic Scholar as it answers: searches, look-ups and recommendations over the papers of a corpus.

Form: https://api.semanticscholar.org/api-docs/. Citations, TLDRs and vectors follow from the paper alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.fakes.sources_corpus import Corpus, Json, Record, hashed, words_of
from tests.fakes.sources_query import phrase_in

DIMENSIONS = 768
A_PAGE, MOST_RELEVANT, MOST_IDS = 1_000, 100, 500
NONE_KNOWN = "No valid paper ids given"
_SEARCHED_IN_BULK = frozenset({"tldr", "embedding.specter_v1", "embedding.specter_v2"})  # fields that it refuses

Answer = tuple[int, object]


class BadRequest(ValueError):
    """What Semantic Scholar answers with HTTP 400 and `{"error": …}`."""


class Scholar:
    """Answer each endpoint with (status, JSON) as of the corpus' today. Methods raise BadRequest."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._by_own_id = {own_id(record): record.id for record in corpus.records.values()}

    def search(self, query: Mapping[str, str]) -> Answer:
        """Search by relevance: papers with most of the words, first those that have them in the title."""
        row, wanted = _row(query), words_of(query.get("query", ""))
        offset, limit = _number(query, "offset", 0), _number(query, "limit", 10)
        if not wanted or not 1 <= limit <= MOST_RELEVANT:
            raise BadRequest("Missing query, or a limit that is not 1 to 100")
        scored = [(_relevance(wanted, record), record) for record in self.corpus.known()]
        found = [record for score, record in sorted(scored, key=lambda pair: -pair[0]) if score]
        body: Json = {"total": len(found), "offset": offset, "data": list(map(row, found[offset : offset + limit]))}
        return 200, body | ({"next": offset + limit} if offset + limit < len(found) else {})

    def bulk(self, query: Mapping[str, str]) -> Answer:
        """Search for phrases joined by `|`, newest first if asked, a thousand papers a page."""
        if asked := _SEARCHED_IN_BULK & {*query.get("fields", "").split(",")}:
            raise BadRequest(f"Unrecognized or unsupported fields: [{', '.join(sorted(asked))}]")
        row, start = _row(query), int(query.get("token", "0"))
        phrases = [words_of(part) for part in query.get("query", "").split("|")]
        found = [
            record
            for record in self.corpus.known()
            if _within(record, query.get("publicationDateOrYear", ":"))
            and any(phrase and phrase_in(phrase, record.words()) for phrase in phrases)
        ]
        if query.get("sort", "").startswith("publicationDate"):
            found.sort(key=lambda record: record.published, reverse=query["sort"].endswith(":desc"))
        more = str(start + A_PAGE) if start + A_PAGE < len(found) else None
        return 200, {"total": len(found), "token": more, "data": list(map(row, found[start : start + A_PAGE]))}

    def match(self, query: Mapping[str, str]) -> Answer:
        """Find the one paper whose title is closest to the query."""
        row, wanted = _row(query), {*words_of(query.get("query", ""))}
        scored = [(len(wanted & {*words_of(record.title)}), record) for record in self.corpus.known()]
        score, best = max(scored, key=lambda pair: pair[0], default=(0, None))
        if best is None or 2 * score <= len(wanted):
            return 404, {"error": "Title match not found"}
        return 200, {"data": [row(best) | {"matchScore": 10.0 * score}]}

    def batch(self, query: Mapping[str, str], body: Json) -> Answer:
        """Look up many ids: one row each in their order, null for unknown ones. Refuses if none is known."""
        row, ids = _row(query), body.get("ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_IDS:
            raise BadRequest("Between 1 and 500 ids are needed")
        found = [self._find(str(each)) for each in ids]
        if not any(found):
            raise BadRequest(NONE_KNOWN)
        return 200, [row(record) if record else None for record in found]

    def paper(self, name: str, query: Mapping[str, str]) -> Answer:
        row, record = _row(query), self._find(name)
        return (200, row(record)) if record else (404, {"error": f"Paper with id {name} not found"})

    def recommended(self, liked: Sequence[str], disliked: Sequence[str], query: Mapping[str, str]) -> Answer:
        """Recommend papers close to the liked ones and far from the disliked ones, by their vectors."""
        row, limit = _row(query), _number(query, "limit", 100)
        near, far = [self._find(each) for each in liked], [self._find(each) for each in disliked]
        if not near or None in near or None in far:
            return 404, {"error": "Input papers not found"}
        wanted = sum((vector(r) for r in near if r), np.zeros(DIMENSIONS)) / len(near)
        unwanted = sum((vector(r) for r in far if r), np.zeros(DIMENSIONS)) / max(1, len(far))
        given = {record.id for record in (*near, *far) if record}
        rest = [record for record in self.corpus.known() if record.id not in given]
        rest.sort(key=lambda record: float(vector(record) @ (wanted - unwanted)), reverse=True)
        return 200, {"recommendedPapers": list(map(row, rest[:limit]))}

    def _find(self, name: str) -> Record | None:
        """Find a paper by `ARXIV:`, arXiv's DOI, or Semantic Scholar's id. Ids with a version are unknown here."""
        bare = re.sub(r"^(?:arxiv:|(?:doi:)?10\.48550/arxiv\.)", "", name, flags=re.IGNORECASE)
        return self.corpus.find(self._by_own_id.get(bare, bare))


def own_id(record: Record) -> str:
    """Return Semantic Scholar's own id of the paper: forty hexadecimal digits."""
    return "".join(f"{hashed(record.id, part):016x}" for part in range(3))[:40]


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise BadRequest(f"{name} must be a number")
    return int(text)


def _relevance(wanted: list[str], record: Record) -> float:
    """Count the words that the paper has, those in its title twice. 0 if it lacks half of them."""
    title, everything = {*words_of(record.title)}, {*record.words()}
    hits = [word for word in wanted if _has(word, everything)]
    return len(hits) + sum(_has(word, title) for word in hits) if 2 * len(hits) > len(wanted) else 0.0


def _has(word: str, words: set[str]) -> bool:
    return word in words or f"{word}s" in words or word.removesuffix("s") in words


def _within(record: Record, span: str) -> bool:
    first, _, last = span.partition(":")
    try:
        start = date.fromisoformat(first) if first else date.min
        end = date.fromisoformat(last) if last else date.max
    except ValueError as error:
        raise BadRequest(f"Cannot read the dates {span}") from error
    return start <= record.published.date() <= end


def _tldr(record: Record) -> Json | None:
    """Return the abstract's second sentence as TLDR. One paper in five has none."""
    if hashed(record.id, "tldr") % 5 == 0:
        return None
    told = re.split(r"(?<=[.?!])\s+", record.abstract)
    return {"model": "tldr@v2.0.0", "text": told[min(1, len(told) - 1)]}


@lru_cache(maxsize=4096)
def vector(record: Record) -> NDArray[np.float64]:
    """Return the paper's unit vector. Papers that share words point the same way."""
    words = {word for word in record.words() if len(word) > 4}
    total = sum((_direction(word) for word in sorted(words)), np.zeros(DIMENSIONS))
    length = float(np.linalg.norm(total))
    return np.asarray(total / length) if length else _direction(record.id)


@lru_cache(maxsize=65536)
def _direction(word: str) -> NDArray[np.float64]:
    return np.asarray(np.random.default_rng(hashed(word)).standard_normal(DIMENSIONS) / np.sqrt(DIMENSIONS))


_FIELDS: dict[str, Callable[[Record], Any]] = {
    "title": lambda record: record.title,
    "abstract": lambda record: record.abstract,
    "url": lambda record: f"https://www.semanticscholar.org/paper/{own_id(record)}",
    "venue": lambda record: "arXiv.org",
    "year": lambda record: record.published.year,
    "publicationDate": lambda record: f"{record.published:%Y-%m-%d}",
    "authors": lambda record: [{"authorId": str(hashed(n) % 10**9), "name": n} for n in record.authors],
    "externalIds": lambda record: {
        "ArXiv": record.id,
        "DOI": f"10.48550/arXiv.{record.id}",
        "CorpusId": hashed(record.id, "corpus") % 10**9,
    },
    "citationCount": lambda record: hashed(record.id, "cited") % 7,
    "influentialCitationCount": lambda record: hashed(record.id, "cited") % 2,
    "isOpenAccess": lambda record: True,
    "fieldsOfStudy": lambda record: ["Computer Science"],
    "tldr": _tldr,
    "embedding.specter_v2": lambda record: {"model": "specter_v2", "vector": vector(record).round(5).tolist()},
}  # fmt: skip


def _row(query: Mapping[str, str]) -> Callable[[Record], Json]:
    """Return a function that makes rows with the requested fields. Raises BadRequest for an unknown one."""
    asked = [name for name in query.get("fields", "title").split(",") if name and name != "paperId"]
    if unknown := [name for name in asked if name not in _FIELDS]:
        raise BadRequest(f"Unrecognized or unsupported fields: [{', '.join(unknown)}]")
    return lambda record: (
        {"paperId": own_id(record)} | {name.partition(".")[0]: _FIELDS[name](record) for name in asked}
    )
