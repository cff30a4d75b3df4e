"""The paper sources' answers about invented papers, generated on demand from a seed."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from xml.sax.saxutils import escape

import httpx

from bot.models import Window
from bot.sources.calendar import submission_window

PERIOD = 100  # papers after which the kinds below repeat
_OLD_ON_HF = {0}  # announced long ago, listed by Hugging Face this week: arXiv finds it only by id
_ON_HF = {0, 1, 2, 3, 4, 5}
_SCHOLAR_ONLY = {90, 91, 92, 93}
_SAME_TITLE = {94}  # Semantic Scholar's record, with a DOI, of the arXiv paper five places earlier
_SCHOLAR_TOO = {10}
_WITH_VECTOR = 10  # every tenth paper has an embedding already

_CATEGORIES = ("cs.CL", "cs.LG", "cs.AI", "cs.CV", "stat.ML", "cs.IR")
_HF_DAYS = 7
_VECTOR_SIZE = 768


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    abstract: str
    authors: list[str]


class Upstream:
    """The answers of arXiv, Hugging Face and Semantic Scholar about `count` papers of one week, at the instant `now`.

    `wall` and `processor` total the seconds spent on making the answers, to be subtracted from the program's.
    """

    def __init__(self, count: int, seed: int, window: Window) -> None:
        self.now = window.end
        self.wall = 0.0
        self.processor = 0.0
        self._count = count
        self._seed = seed
        self._end = window.end
        self._submitted = submission_window(window) or window
        self._words = ["".join(Random(f"{seed} word {n}").choices("aeioulmnrstk", k=4 + n % 7)) for n in range(3000)]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Handle a request for `httpx.MockTransport`."""
        wall, processor = time.perf_counter(), time.process_time()
        try:
            return self._answer(request)
        finally:
            self.wall += time.perf_counter() - wall
            self.processor += time.process_time() - processor

    @property
    def distinct(self) -> int:
        """The number of papers after merging."""
        return sum(n % PERIOD not in _SAME_TITLE for n in range(self._count))

    @property
    def on_both(self) -> int:
        """The number of papers that both arXiv and Hugging Face have."""
        return sum(n % PERIOD in _ON_HF for n in range(self._count))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        match request.url.path:
            case "/api/query" if "id_list" in asked:
                numbers = [int(found.split(".")[1]) for found in asked["id_list"].split(",")]
                return httpx.Response(200, text=self._feed(numbers, len(numbers)))
            case "/api/query":
                start = int(asked["start"])
                page = self._announced[start : start + int(asked["max_results"])]
                return httpx.Response(200, text=self._feed(page, len(self._announced)))
            case "/api/daily_papers":
                days = (self._end.date() - datetime.fromisoformat(asked["date"]).date()).days
                listed = [n for n in range(self._count) if n % PERIOD in _ON_HF and self._hf_day(n) == days]
                return httpx.Response(200, json=[self._hf_item(n) for n in listed[: int(asked["limit"])]])
            case "/graph/v1/paper/search/bulk":
                found = [n for n in range(self._count) if n % PERIOD in _SCHOLAR_ONLY | _SAME_TITLE | _SCHOLAR_TOO]
                rows = [self._scholar_row(n) for n in found[:1000]]
                return httpx.Response(200, json={"total": len(found), "token": None, "data": rows})
            case "/graph/v1/paper/batch":
                ids = json.loads(request.content)["ids"]
                return httpx.Response(200, json=[self._scholar_extra(int(found[-5:]), found) for found in ids])
            case _:
                return httpx.Response(404)

    @cached_property
    def _announced(self) -> list[int]:
        """Return what arXiv's search finds, newest first."""
        elsewhere = _OLD_ON_HF | _SCHOLAR_ONLY | _SAME_TITLE
        return [n for n in reversed(range(self._count)) if n % PERIOD not in elsewhere]

    def _chance(self, number: int, what: str) -> Random:
        return Random(f"{self._seed} {what} {number}")

    def _text(self, number: int) -> _Text:
        chance = self._chance(number, "text")
        pick = chance.choices
        sentences = (" ".join(pick(self._words, k=chance.randint(9, 25))).capitalize() for _ in range(9))
        authors = [" ".join(pick(self._words, k=2)).title() for _ in range(chance.randint(1, 12))]
        return _Text(" ".join(pick(self._words, k=9)).capitalize(), ". ".join(sentences) + ".", authors)

    def _submission(self, number: int) -> datetime:
        if number % PERIOD in _OLD_ON_HF:
            return self._submitted.start - timedelta(days=20)
        span = self._submitted.end - self._submitted.start
        return self._submitted.start + span * ((number + 0.5) / self._count)

    def _feed(self, numbers: list[int], total: int) -> str:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
            'xmlns:arxiv="http://arxiv.org/schemas/atom">'
            f"<opensearch:totalResults>{total}</opensearch:totalResults>"
            f"{''.join(map(self._atom_entry, numbers))}</feed>"
        )

    def _atom_entry(self, number: int) -> str:
        text = self._text(number)
        chance = self._chance(number, "arxiv")
        categories = chance.sample(_CATEGORIES, 2)
        authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in text.authors)
        terms = "".join(f'<category term="{term}" scheme="http://arxiv.org/schemas/atom"/>' for term in categories)
        when = f"{self._submission(number):%Y-%m-%dT%H:%M:%SZ}"
        return (
            f"<entry><id>http://arxiv.org/abs/{arxiv_id(number)}v{chance.randint(1, 3)}</id>"
            f"<published>{when}</published><updated>{when}</updated>"
            f"<title>{escape(text.title)}</title><summary>{escape(text.abstract)}</summary>{authors}{terms}"
            f'<arxiv:primary_category term="{categories[0]}"/></entry>'
        )

    @staticmethod
    def _hf_day(number: int) -> int:
        """Return how many days before the end of the week Hugging Face listed the paper."""
        return (number // PERIOD * len(_ON_HF) + number % PERIOD) % _HF_DAYS

    def _hf_item(self, number: int) -> dict[str, object]:
        text = self._text(number)
        chance = self._chance(number, "hf")
        listed = self._end - timedelta(days=self._hf_day(number), hours=chance.uniform(0, 23))
        age = max(0, (self.now - listed).days)
        paper = {
            "id": arxiv_id(number),
            "title": text.title,
            "summary": text.abstract,
            "authors": [{"name": name, "hidden": False} for name in text.authors],
            "publishedAt": self._submission(number).isoformat(),
            "submittedOnDailyAt": listed.isoformat(),
            "upvotes": int(chance.paretovariate(0.8)) * (1 + age),
            "ai_keywords": chance.choices(self._words, k=8),
        }
        return {"paper": paper, "numComments": chance.randint(0, 5)}

    def _scholar_row(self, number: int) -> dict[str, object]:
        text = self._text(number - 5 if number % PERIOD in _SAME_TITLE else number)
        on_arxiv = number % PERIOD in _SCHOLAR_TOO
        day = self._end - timedelta(days=number // PERIOD % _HF_DAYS)
        return {
            "paperId": _scholar_id(number),
            "externalIds": {"ArXiv": arxiv_id(number)} if on_arxiv else {"DOI": f"10.5555/invented.{number:05}"},
            "title": text.title,
            "abstract": text.abstract,
            "publicationDate": day.date().isoformat(),
            "authors": [{"name": name} for name in text.authors],
            "url": f"https://www.semanticscholar.org/paper/{_scholar_id(number)}",
        }

    def _scholar_extra(self, number: int, asked: str) -> dict[str, object]:
        chance = self._chance(number, "scholar")
        found: dict[str, object] = {
            "paperId": _scholar_id(number),
            "externalIds": {"ArXiv": arxiv_id(number)} if asked.startswith("ARXIV:") else {},
            "citationCount": max(0, chance.randint(-6, 3)),
            "tldr": {"text": f"{' '.join(chance.choices(self._words, k=14)).capitalize()}."},
        }
        if number % _WITH_VECTOR == 0:
            vector = [round(chance.gauss(), 4) for _ in range(_VECTOR_SIZE)]
            found["embedding"] = {"model": "specter_v2", "vector": vector}
        return found


def arxiv_id(number: int) -> str:
    return f"3105.{number:05}"


def _scholar_id(number: int) -> str:
    return f"{number:040x}"
