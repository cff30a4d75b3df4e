"""What surrounds a paper: similar ones, and what became of it after it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.models.papers import Paper, PaperId, SourceName


@dataclass(frozen=True, slots=True)
class PaperDetails:
    """A paper with those most similar to it, best first. `failed` are the sources that could not be asked for any."""

    paper: Paper
    similar: tuple[Paper, ...] = ()
    failed: tuple[SourceName, ...] = ()


class NewsKind(StrEnum):
    """What may become of a paper. The values are stored."""

    VERSION = "version"  # a further version appeared
    WITHDRAWN = "withdrawn"
    CODE = "code"  # its code can be found, where there was none


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one source said of a paper when it was last asked. `version` is None where the source counts none."""

    version: int | None = None
    withdrawn: bool = False
    code_url: str = ""


@dataclass(frozen=True, slots=True)
class PaperEvent:
    """Something that became of a paper, noticed at an instant.

    `version` is the number of the version that appeared, otherwise 0; `address` is where the code is, otherwise empty.
    """

    paper: PaperId
    kind: NewsKind
    noticed_at: datetime
    version: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """The message about an event of a paper, which has no abstract here. The fields are those of `PaperEvent`."""

    paper: Paper
    kind: NewsKind
    language: str
    version: int = 0
    address: str = ""
