"""Hugging Face as it answers: the day's list of papers, and one paper of a list.

Form: https://huggingface.co/docs/hub/api
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tests.fakes.sources_corpus import Corpus, Json


def daily_papers(corpus: Corpus, query: Mapping[str, str]) -> tuple[int, object]:
    """Answer `/api/daily_papers` with a status and JSON. Without a date it gives the newest list."""
    try:
        day = (
            date.fromisoformat(query["date"]) if "date" in query else max(d for d in corpus.daily if d <= corpus.today)
        )
        limit, page = int(query.get("limit", "50")), int(query.get("p", "0"))
    except ValueError:
        return 400, {"error": "Invalid query"}
    if day > corpus.today:
        return 400, {"error": "Date must not be in the future"}
    if not 1 <= limit <= 100 or page < 0:
        return 400, {"error": "Invalid limit or page"}
    return 200, corpus.daily.get(day, [])[page * limit : (page + 1) * limit]


def paper(corpus: Corpus, number: str) -> tuple[int, object]:
    """Answer `/api/papers/<id>` with the paper as it stands in the newest list that holds it."""
    listed: list[Json] = [item for day in sorted(corpus.daily) if day <= corpus.today for item in corpus.daily[day]]
    found = [item["paper"] for item in listed if item["paper"]["id"] == number]
    record, code = corpus.find(number), corpus.code.get(number, "")
    if not found and code and record:  # somebody added the paper for its code; it is in no list
        found = [{"id": number, "title": record.title, "publishedAt": f"{record.published:%Y-%m-%dT%H:%M:%S.000Z}"}]
    if not found:
        return 404, {"error": "Paper not found"}
    return 200, found[-1] | ({"githubRepo": code} if code else {})
