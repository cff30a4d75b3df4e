"""Summaries, findings of the check, and what replaces a missing summary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.models.papers import Paper


class Style(StrEnum):
    """`brief`: a takeaway line and 3-5 sentences. `detailed`: translated abstract and four sections."""

    BRIEF = "brief"
    DETAILED = "detailed"


class SectionKind(StrEnum):
    """The four sections of a detailed summary, in order."""

    BACKGROUND = "background"
    METHOD = "method"
    RESULTS = "results"
    OUTLOOK = "outlook"


@dataclass(frozen=True, slots=True)
class Section:
    kind: SectionKind
    text: str


class FindingKind(StrEnum):
    """What the check can find wrong with a text. A text with a finding is not shown."""

    EMPTY = "empty"
    LANGUAGE = "language"
    UNTRANSLATED = "untranslated"
    TRUNCATED = "truncated"
    REFUSAL = "refusal"
    PREAMBLE = "preamble"
    LENGTH = "length"
    NUMBER = "number"
    NAME = "name"
    OTHER_PAPER = "other_paper"
    LINK = "link"
    MENTION = "mention"
    INSTRUCTION = "instruction"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in a text. `text` is the offending piece verbatim, or a short note in English."""

    kind: FindingKind
    text: str


class Origin(StrEnum):
    """Who wrote the words under a paper's title."""

    MODEL = "model"
    IMPORTED = "imported"
    TLDR = "tldr"  # Semantic Scholar's one sentence, unchanged
    ABSTRACT = "abstract"  # the first sentences of the abstract, unchanged


@dataclass(frozen=True, slots=True)
class Summary:
    """A text about a paper that passed the check; nothing else may be shown as a summary.

    For `Style.DETAILED`, `text` is the translated abstract and `sections` hold the rest.
    """

    language: str  # BCP 47
    style: Style
    headline: str
    text: str
    sections: tuple[Section, ...] = ()
    model: str = ""
    origin: Origin = Origin.MODEL


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text by somebody else, shown under its own label in place of a summary. `origin` is TLDR or ABSTRACT."""

    origin: Origin
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a paper has no summary: an error code of `bot.errors`, and the check's last findings."""

    code: str
    findings: tuple[Finding, ...] = ()


class StopReason(StrEnum):
    """Why a model's answer ended."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call used. `usd` is at the model's list price."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """One request to a model. `findings` are those of the previous attempt."""

    paper: Paper
    language: str
    style: Style
    model: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An unchecked text from a model. The text fields are empty unless `stop` is COMPLETE."""

    model: str
    stop: StopReason
    usage: Usage
    headline: str = ""
    text: str = ""
    sections: tuple[Section, ...] = ()
