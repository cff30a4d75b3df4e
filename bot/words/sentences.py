"""Values put into sentences that every adapter shares. Plain text: each adapter escapes it for its own format."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce

from bot.errors import shortened
from bot.models import (
    Digest,
    EmptyReason,
    Excerpt,
    Failure,
    Finding,
    Notice,
    Origin,
    Reason,
    ReasonKind,
    SourceName,
    SourceReport,
    Term,
)
from bot.words.plain import one_line
from bot.words.words import Words

_LONGEST_PIECE = 80  # characters of a finding's text
# Of a title that stands inside a reason.
_LONGEST_TITLE = 70
_LONGEST_NAME = 40


def source_name(words: Words, source: SourceName) -> str:
    """`arXiv`, `Hugging Face`, `Semantic Scholar`."""
    return words.say(f"name.{source.value}")


def problem(words: Words, code: str) -> str:
    """An error's code as a short phrase without its arguments; the code itself where there is no phrase."""
    key = f"problem.{code}"
    return words.say(key) if key in words else one_line(code)


def status_line(words: Words, digest: Digest) -> str:
    """One line that tells the truth about the day.

    How many unseen papers were looked at, what each source brought, which failed and why, what was dropped.
    """
    status = digest.status
    sentences = [words.count("digest.status.looked_at", status.new_papers)]
    if status.sources:
        sentences.append(words.say("digest.status.sources", sources=words.list(_sources(words, status.sources))))
    if dropped := sum(report.dropped for report in status.sources):
        sentences.append(words.count("digest.status.dropped", dropped))
    unverified = sum(not entry.verified for entry in digest.entries)
    if unverified:
        sentences.append(words.count("digest.status.unverified", unverified))
    return reduce(lambda line, sentence: words.say("digest.status.joined", line=line, sentence=sentence), sentences)


def reason(words: Words, reason: Reason) -> str:
    """One part of why a paper was chosen, as a phrase."""
    key = f"digest.reason.{reason.kind.value}"
    subject = one_line(reason.subject)
    match reason.kind:
        case ReasonKind.UPVOTES if 0.01 <= reason.share <= 1:
            share = words.percent(reason.share)
            return words.count("digest.reason.upvotes_share", _whole(reason.value), share=share)
        case ReasonKind.UPVOTES | ReasonKind.CITATIONS | ReasonKind.VELOCITY:
            return words.count(key, _whole(reason.value))
        case ReasonKind.TOPIC | ReasonKind.KEYWORD | ReasonKind.AUTHOR:
            return words.say(key, subject=subject)
        case ReasonKind.SIMILAR | ReasonKind.SEED | ReasonKind.DESCRIPTION:
            return words.say(key, subject=_short(subject))
        case _:
            return words.say(key)


def reasons(words: Words, all_reasons: Iterable[Reason]) -> str:
    """All parts of why, the most decisive first; empty without any."""
    return words.list(reason(words, one) for one in all_reasons)


def why(words: Words, all_reasons: Iterable[Reason]) -> str:
    """One labelled line: `選んだ理由: …`; empty without any reason."""
    said = reasons(words, all_reasons)
    return words.say("digest.why", reasons=said) if said else ""


def empty(words: Words, digest: Digest) -> str:
    """Why this day has no papers; empty for a digest that has some."""
    if digest.entries:
        return ""
    match digest.empty:
        case EmptyReason.HOLIDAY if digest.holiday:
            key = f"holiday.{digest.holiday}"
            name = words.say(key) if key in words else one_line(digest.holiday)
            return words.say("digest.empty.holiday", holiday=name)
        case EmptyReason.SOURCES_FAILED:
            failed = [report for report in digest.status.sources if not report.ok]
            if failed:
                return words.say("digest.empty.sources_failed", sources=words.list(_sources(words, failed)))
            return words.say("digest.empty.nothing")
        case EmptyReason.WEEKEND | EmptyReason.ALL_SHOWN as known:
            return words.say(f"digest.empty.{known.value}")
        case _:
            return words.say("digest.empty.nothing")


def notice(words: Words, notice: Notice) -> str:
    """What a notice says, in one line."""
    return words.say(notice.key, **{name: _term(words, value) for name, value in notice.arguments})


def _term(words: Words, value: str | Term) -> str:
    if isinstance(value, str):
        return one_line(value)
    return words.say(value.key) if value.key in words else one_line(value.otherwise)


def failure(words: Words, failure: Failure) -> str:
    """The honest line in place of a summary: what could not be confirmed, and why.

    It names the kinds of the findings, never their texts: those may be an injected link or instruction.
    """
    why_not = problem(words, failure.code)
    kinds = tuple(dict.fromkeys(finding.kind for finding in failure.findings))
    if kinds:
        found = words.list(words.say(f"finding.{kind.value}") for kind in kinds)
        why_not = words.say("summary.failure.findings", reason=why_not, findings=found)
    return words.say("summary.failure", reason=why_not)


def finding(words: Words, finding: Finding) -> str:
    """One fault of a text with the offending piece quoted, for whoever asked for the check."""
    kind = words.say(f"finding.{finding.kind.value}")
    piece = one_line(finding.text)
    if not piece:
        return kind
    shown = shortened(piece, _LONGEST_PIECE)
    return words.say("finding.quoted", kind=kind, text=shown)


def excerpt_label(words: Words, excerpt: Excerpt) -> str:
    """The heading of a text by somebody else: whose it is, in which language, and that it is unchanged."""
    origin = Origin.TLDR if excerpt.origin is Origin.TLDR else Origin.ABSTRACT
    return words.say(f"excerpt.{origin.value}", language=words.language_name(excerpt.language))


def _short(title: str) -> str:
    """A paper's title inside another sentence: the name before its colon says enough, where it has one."""
    name, colon, _ = title.partition(": ")
    if colon and len(name) <= _LONGEST_NAME:
        return name
    return shortened(title, _LONGEST_TITLE)


def _whole(x: float) -> int:
    """The nearest whole number; 0 for what is no number at all."""
    return round(x) if math.isfinite(x) else 0


def _sources(words: Words, reports: Iterable[SourceReport]) -> list[str]:
    return [_source(words, report) for report in reports]


def _source(words: Words, report: SourceReport) -> str:
    name = source_name(words, report.source)
    if report.error is None:
        return words.count("digest.status.source", report.papers, source=name)
    why_not = problem(words, report.error)
    if report.papers:
        return words.count("digest.status.source_partly", report.papers, source=name, problem=why_not)
    return words.say("digest.status.source_failed", source=name, problem=why_not)
