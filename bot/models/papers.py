"""A paper: what identifies it, what sources report about it, how people refer to it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.tex import readable


class SourceName(StrEnum):
    """The paper sources. Users and the JSON output see the values."""

    ARXIV = "arxiv"
    HUGGINGFACE = "huggingface"
    SEMANTIC_SCHOLAR = "semantic_scholar"


class SignalKind(StrEnum):
    """What a source reports about a paper."""

    LISTED = "listed"  # value 1; `seen_at` is the instant of the announcement or listing itself
    UPVOTES = "upvotes"
    COMMENTS = "comments"
    STARS = "stars"  # of the paper's code repository
    CITATIONS = "citations"


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """One number that a source reported for a paper at an instant. The store keeps the whole history."""

    source: SourceName
    kind: SignalKind
    value: float
    seen_at: datetime


_ARXIV_VERSION = re.compile(r"v\d+$")
# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN (to 2014-12), YYMM.NNNNN (since), archive(.SS)/YYMMNNN.
_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = r"[a-z][a-z-]*(?:\.[A-Za-z]{2})?/\d{7}"
ARXIV_ID = re.compile(rf"(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d?))?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class PaperId:
    """A paper's id inside Kawaraban, such as `arxiv:2602.21548`. It never changes once stored.

    arXiv ids have no version here, so that the same paper from two sources has one id.
    """

    scheme: str
    value: str

    @classmethod
    def arxiv(cls, text: str) -> PaperId:
        """Return the same id for `2602.21548v2` and `2602.21548`. The text is trusted to be an arXiv id."""
        return cls("arxiv", _ARXIV_VERSION.sub("", text))

    @classmethod
    def doi(cls, text: str) -> PaperId:
        return cls("doi", text.lower())

    @classmethod
    def title(cls, text: str) -> PaperId:
        """Return the id of a paper that has none from any source: a hash of its normalised title."""
        return cls("title", _digest(normalised_title(text)))

    @classmethod
    def parse(cls, text: str) -> PaperId:
        """Return the inverse of `str()`. Raises ValueError for text without a scheme."""
        scheme, colon, value = text.partition(":")
        if not (scheme and colon and value):
            raise ValueError(f"not a paper id: {text!r}")
        return cls(scheme, value)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def _digest(normalised: str) -> str:
    return hashlib.sha256(normalised.encode()).hexdigest()[:20]


# Unicode counts these as letters, but they have no form (and NFKC makes one of them of the other two fillers).
_FILLERS = dict.fromkeys(map(ord, "\u115f\u1160"))


def normalised_title(title: str) -> str:
    """Return the title for comparison: its TeX read as text, NFKC, case-folded, letters and digits only."""
    return _normalised(readable(title))


def _normalised(title: str) -> str:
    folded = unicodedata.normalize("NFKC", title).translate(_FILLERS).casefold()
    return "".join(filter(str.isalnum, folded))


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything the sources report about one paper.

    `abstract` is the source's text, with its line breaks: renderers escape it, and nothing rewrites it.
    """

    id: PaperId
    title: str
    abstract: str
    authors: tuple[str, ...]
    published: datetime
    url: str
    more_authors: bool = False  # the source named more people than `authors` holds
    updated: datetime | None = None
    version: int | None = None  # arXiv's number of the version that the record describes
    arxiv_id: str | None = None
    doi: str | None = None
    s2_id: str | None = None
    categories: tuple[str, ...] = ()  # arXiv's, the primary one first
    comment: str | None = None
    withdrawn: bool = False
    tldr: str | None = None  # Semantic Scholar's, English
    keywords: tuple[str, ...] = ()
    code_url: str | None = None
    project_url: str | None = None
    signals: tuple[Signal, ...] = ()

    @property
    def sources(self) -> tuple[SourceName, ...]:
        """The sources that know the paper, in the fixed order of `SourceName`."""
        names = {signal.source for signal in self.signals}
        return tuple(source for source in SourceName if source in names)

    @property
    def listings(self) -> tuple[Signal, ...]:
        """The signals of its announcements and listings."""
        return tuple(s for s in self.signals if s.kind is SignalKind.LISTED)

    @property
    def pdf_url(self) -> str:
        """Where arXiv has the paper's PDF; empty for a paper that is not there, or whose id looks like none."""
        return f"https://arxiv.org/pdf/{self.arxiv_id}" if ARXIV_ID.fullmatch(self.arxiv_id or "") else ""

    @property
    def html_url(self) -> str:
        """Where arXiv has the paper as a web page, if its authors sent TeX; empty as `pdf_url` is, and if withdrawn."""
        return "" if self.withdrawn else self.pdf_url.replace("/pdf/", "/html/")

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key under which another source's record of the same paper may arrive, strongest first."""
        keys = [str(self.id)]
        if self.arxiv_id:
            keys.append(str(PaperId.arxiv(self.arxiv_id)))
        if self.doi:
            keys.append(str(PaperId.doi(self.doi)))
        if self.s2_id:
            keys.append(f"s2:{self.s2_id}")
        keys.append(str(PaperId.title(self.title)))
        # Records stored before titles were read as text have the key of their TeX.
        keys.append(str(PaperId("title", _digest(_normalised(self.title)))))
        return tuple(dict.fromkeys(keys))


class RefKind(StrEnum):
    """The ways to refer to a paper."""

    ARXIV = "arxiv"
    DOI = "doi"
    SEMANTIC_SCHOLAR = "s2"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class PaperRef:
    """A paper as somebody referred to it. `value` is normalised (no version, no URL around it)."""

    kind: RefKind
    value: str
    version: int | None = None
