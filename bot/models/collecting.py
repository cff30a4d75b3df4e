"""What sources bring, and what came of asking them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.models.papers import Paper, PaperId, SourceName


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, `start` exclusive and `end` inclusive, in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start < instant <= self.end


@dataclass(frozen=True, slots=True)
class Vector:
    """What a paper is about, as a point; only vectors of the same model can be compared."""

    model: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Many vectors of one model: `width` float32 values each, in this machine's byte order, one after the other."""

    model: str
    width: int
    floats: bytes

    def __len__(self) -> int:
        return len(self.floats) // (4 * self.width) if self.width else 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What one source answered for one window.

    `problem` is the code of an error (see `bot.errors`) that cost a part of the answer; the papers are those that
    arrived all the same. `dropped` counts malformed items. `vectors` are keyed by the id of the paper in `papers`.
    """

    source: SourceName
    papers: tuple[Paper, ...]
    dropped: int = 0
    problem: str | None = None
    vectors: Mapping[PaperId, Vector] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source's line in a digest's status: `error` is an error code, None when all went well."""

    source: SourceName
    papers: int
    dropped: int = 0
    error: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass(frozen=True, slots=True)
class DigestStatus:
    """The truth about a day: how many unseen papers were looked at, and what each source did."""

    new_papers: int
    sources: tuple[SourceReport, ...] = ()
