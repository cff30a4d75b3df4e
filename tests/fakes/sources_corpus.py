"""The papers and lists that the paper sources' stand-in knows: invented ones, or those of a folder with recordings.

A folder holds `arxiv/listing_<day>.jsonl` (id, title, authors, summary, categories, comment) and
`hf/daily_papers_<day>.json` (Hugging Face's answer for a day).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]

CUT_OFF = 19  # o'clock in UTC: until then, in winter, arXiv takes papers for the evening's announcement
_DAY = timedelta(days=1)
_WORD = re.compile(r"[a-z0-9]+")


def hashed(*parts: object) -> int:
    """Return a 64-bit number that depends on nothing but the parts, whatever the process."""
    return int.from_bytes(hashlib.blake2b("\n".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Record:
    """One paper. `listed` is the day of arXiv's listing; one that is not `announced` is known by its id alone."""

    id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    categories: tuple[str, ...]
    comment: str | None
    published: datetime
    listed: date
    version: int = 1
    announced: bool = True
    updated: datetime | None = None  # when this version was sent; the first one with `published`

    @property
    def versioned(self) -> str:
        return f"{self.id}v{self.version}"

    def words(self) -> list[str]:
        return words_of(f"{self.title} {self.abstract}")


@dataclass(slots=True)
class Corpus:
    """All papers by id, and Hugging Face's lists by day. Nothing is known that is listed after `today`."""

    today: date
    records: dict[str, Record]
    daily: dict[date, list[Json]]
    code: dict[str, str] = field(default_factory=dict)  # what Hugging Face links since a paper was listed, by its id
    _first: dict[str, Record] = field(default_factory=dict)  # revised papers as they were

    def find(self, number: str) -> Record | None:
        """Return the paper with this id (without a version), or None if nobody knows it today."""
        record = self.records.get(number)
        return record if record and record.listed <= self.today else None

    def known(self) -> list[Record]:
        return [record for record in self.records.values() if record.listed <= self.today]

    def revise(self, number: str, *, withdrawn: bool = False, code: str = "") -> None:
        """Let a further version of a paper appear, which may be its withdrawal, or with `code` only a link to that."""
        if code:
            self.code[number] = code
            return
        record = self.records[number]
        self._first.setdefault(number, record)
        comment = "This paper has been withdrawn by the authors due to an error." if withdrawn else record.comment
        noon = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        self.records[number] = replace(record, version=record.version + 1, comment=comment, updated=noon)

    def restore(self) -> None:
        """Undo every `revise`."""
        self.records |= self._first
        self._first.clear()
        self.code.clear()

    def listing(self, day: date) -> list[Record]:
        """Return what arXiv announced for the day, even if that is still to come."""
        return [record for record in self.records.values() if record.announced and record.listed == day]


def submission_span(day: date) -> tuple[datetime, datetime]:
    """Return when the papers of a weekday's listing were submitted: between the two cut-offs before it."""
    last = _weekday_before(day)
    return _cut_off(_weekday_before(last)), _cut_off(last)


def _weekday_before(day: date) -> date:
    day -= _DAY
    return day if day.weekday() < 5 else _weekday_before(day)


def _cut_off(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, CUT_OFF, tzinfo=UTC)


def load(folder: Path) -> Corpus:
    """Read a folder with recordings. Today is the last of its days.

    Listings do not say when a paper was submitted. Where Hugging Face does not say so either, papers are spread over
    the listing's span in the order of their ids. Raises ValueError for a folder without recordings.
    """
    daily = {_day(file): json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("hf/daily_papers_*.json"))}
    if not daily:
        raise ValueError(f"{folder} holds no recorded days")
    items = [(day, item["paper"]) for day, listed in daily.items() for item in listed]
    instants = {item["id"]: _instant(item["publishedAt"]) for _, item in items}
    records: dict[str, Record] = {}
    for file in sorted(folder.glob("arxiv/listing_*.jsonl")):
        records |= {record.id: record for record in _listing(file, instants)}
    for day, item in items:
        if item["id"] not in records:
            records[item["id"]] = _unannounced(item, day)
    return Corpus(max(daily), records, daily)


def _day(file: Path) -> date:
    return date.fromisoformat(file.stem.rpartition("_")[2])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def _listing(file: Path, instants: dict[str, datetime]) -> Iterator[Record]:
    day = _day(file)
    start, end = submission_span(day)
    rows = sorted((json.loads(line) for line in file.read_text("utf-8").splitlines()), key=lambda row: str(row["id"]))
    for n, row in enumerate(rows, 1):
        within = (start + (end - start) * n / (len(rows) + 1)).replace(microsecond=0)
        guessed = within if row["id"][:4] == f"{within:%y%m}" else _of_month(row["id"])
        yield Record(
            id=row["id"],
            title=row["title"],
            authors=tuple(row["authors"]),
            abstract=row["summary"],
            categories=tuple(row["categories"]),
            comment=row.get("comment"),
            published=instants.get(row["id"], guessed),
            listed=day,
        )


def _of_month(number: str) -> datetime:
    """Return an instant in the month of the id, for papers that were cross-listed long after their submission."""
    return datetime(2000 + int(number[:2]), int(number[2:4]), 1 + hashed(number) % 28, 12, tzinfo=UTC)


def _unannounced(item: Json, day: date) -> Record:
    published = _instant(item["publishedAt"])
    return Record(
        id=item["id"],
        title=item["title"],
        authors=tuple(author["name"] for author in item["authors"]),
        abstract=item["summary"],
        categories=("cs.LG",),
        comment=None,
        published=published,
        listed=min(day, published.date() + _DAY),
        announced=False,
    )
