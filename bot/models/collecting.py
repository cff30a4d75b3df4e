"""What sources return, and reports of asking them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.models.papers import Paper, PaperId, SourceName


@dataclass(frozen=True, slots=True)
class Window:
    """A time span in UTC, with `start` exclusive and `end` inclusive."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start < instant <= self.end


@dataclass(frozen=True, slots=True)
class Vector:
    """A paper's embedding. Only vectors of the same model can be compared."""

    model: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Many vectors of one model, concatenated: `width` float32 values each, in this machine's byte order."""

    model: str
    width: int
    floats: bytes

    def __len__(self) -> int:
        return len(self.floats) // (4 * self.width) if self.width else 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One source's answer for one window.

    `problem` is the code of an error (see `bot.errors`) that cost part of the answer; the papers are those that arrived
    anyway. `dropped` counts malformed items, `missing` those that the source claims to have but did not send, although
    it was asked twice. `vectors` are keyed by paper id.
    """

    source: SourceName
    papers: tuple[Paper, ...]
    dropped: int = 0
    problem: str | None = None
    vectors: Mapping[PaperId, Vector] = field(default_factory=dict)
    missing: int = 0


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source's line in a digest's status. `error` is an error code, or None if all went well.

    `missing` counts papers that the source claims to have but did not send.
    """

    source: SourceName
    papers: int
    dropped: int = 0
    error: str | None = None
    missing: int = 0

    @property
    def ok(self) -> bool:
        """Whether the source answered; some of its papers may be missing all the same."""
        return self.error is None

    @property
    def complete(self) -> bool:
        return self.ok and not self.missing


@dataclass(frozen=True, slots=True)
class DigestStatus:
    """How the collecting went: the number of unseen papers considered, and each source's report."""

    new_papers: int
    sources: tuple[SourceReport, ...] = ()
