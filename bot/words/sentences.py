"""Sentences with values filled in, shared by every adapter. Plain text: each adapter escapes it for its own format."""

from __future__ import annotations

import datetime as dt
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
from bot.words.plain import one_line, readable_line
from bot.words.words import Words

_LONGEST_PIECE = 80  # characters of a finding's text
# Characters of a title inside a reason.
_LONGEST_TITLE = 70
_LONGEST_NAME = 40
_UNWRITTEN = ("model.no_key", "model.auth", "model.credit", "model.permission", "model.unknown", "budget.")


def source_name(words: Words, source: SourceName) -> str:
    """Return the source's name: `arXiv`, `Hugging Face`, `Semantic Scholar`."""
    return words.say(f"name.{source.value}")


def problem(words: Words, code: str) -> str:
    """Return an error code as a short phrase without arguments, or the code itself if it has none."""
    key = f"problem.{code}"
    return words.say(key) if key in words else one_line(code)


def purpose(words: Words, name: str) -> str:
    """Return what a call to the model was for as a noun."""
    key = f"purpose.{name}"
    return words.say(key) if key in words else one_line(name)


def due(words: Words, digest: Digest, zone: dt.tzinfo) -> str:
    """Return up to when papers count, as the zone's clocks show it; a whole day of UTC is named as such."""
    if digest.is_of_whole_day:
        end = digest.due_at + dt.timedelta(seconds=1)
        return words.say("digest.due.day", date=words.date(digest.date), moment=words.moment(end, zone))
    return words.say("digest.due", moment=words.moment(digest.due_at, zone))


def status_line(words: Words, digest: Digest) -> str:
    """Return an honest one-line status of the day.

    States how many unseen papers were considered, what each source contributed, which failed and why, and what was
    dropped.
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
    """Return one reason for choosing a paper, as a phrase."""
    key = f"digest.reason.{reason.kind.value}"
    subject = readable_line(reason.subject)
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
    """Return all reasons, most decisive first, "" if there are none."""
    return words.list(reason(words, each) for each in all_reasons)


def why(words: Words, all_reasons: Iterable[Reason]) -> str:
    """Return one labelled line, `選んだ理由: …`, or "" if there are no reasons."""
    phrases = reasons(words, all_reasons)
    return words.say("digest.why", reasons=phrases) if phrases else ""


def empty(words: Words, digest: Digest) -> str:
    """Return why this day has no papers, or "" for a digest that has some."""
    if digest.entries:
        return ""
    match digest.empty:
        case EmptyReason.HOLIDAY if digest.holiday:
            key = f"holiday.{digest.holiday}"
            name = words.say(key) if key in words else one_line(digest.holiday)
            return words.say("digest.empty.holiday", holiday=name)
        case EmptyReason.SOURCES_FAILED:
            failed = [report for report in digest.status.sources if not report.complete]
            if failed:
                return words.say("digest.empty.sources_failed", sources=words.list(_sources(words, failed)))
            return words.say("digest.empty.nothing")
        case EmptyReason.WEEKEND | EmptyReason.ALL_SHOWN as cause:
            return words.say(f"digest.empty.{cause.value}")
        case _:
            return words.say("digest.empty.nothing")


def notice(words: Words, notice: Notice) -> str:
    """Return the notice's text, on one line."""
    return words.say(notice.key, **{name: _term(words, value) for name, value in notice.arguments})


def _term(words: Words, value: str | Term) -> str:
    if isinstance(value, str):
        return one_line(value)
    return words.say(value.key) if value.key in words else one_line(value.otherwise)


def failure(words: Words, failure: Failure) -> str:
    """Return the honest line in place of a summary: that there is none or that it could not be verified, and why.

    It names only the kinds of the findings: their texts may be an injected link or instruction. What an operator has
    to set right has a phrase of its own for readers (`problem.<code>.reader`).
    """
    why_not = problem(words, f"{failure.code}.reader" if f"problem.{failure.code}.reader" in words else failure.code)
    if failure.code.startswith(_UNWRITTEN):
        return words.say("summary.failure.unwritten", reason=why_not)
    kinds = tuple(dict.fromkeys(finding.kind for finding in failure.findings))
    if kinds:
        findings = words.list(words.say(f"finding.{kind.value}") for kind in kinds)
        why_not = words.say("summary.failure.findings", reason=why_not, findings=findings)
    return words.say("summary.failure", reason=why_not)


def finding(words: Words, finding: Finding) -> str:
    """Return one finding with the offending piece quoted, for whoever asked for the check."""
    kind = words.say(f"finding.{finding.kind.value}")
    piece = one_line(finding.text)
    if not piece:
        return kind
    quotation = shortened(piece, _LONGEST_PIECE)
    return words.say("finding.quoted", kind=kind, text=quotation)


def excerpt_label(words: Words, excerpt: Excerpt) -> str:
    """Return the heading of somebody else's text: whose it is, in which language, and that it is unchanged."""
    origin = Origin.TLDR if excerpt.origin is Origin.TLDR else Origin.ABSTRACT
    return words.say(f"excerpt.{origin.value}", language=words.language_name(excerpt.language))


def _short(title: str) -> str:
    """Return a title for use inside another sentence: the name before its colon if it has one, otherwise shortened."""
    name, colon, _ = title.partition(": ")
    if colon and len(name) <= _LONGEST_NAME:
        return name
    return shortened(title, _LONGEST_TITLE)


def _whole(x: float) -> int:
    """Return the nearest whole number, or 0 for a value that is not finite."""
    return round(x) if math.isfinite(x) else 0


def _sources(words: Words, reports: Iterable[SourceReport]) -> list[str]:
    return [_source(words, report) for report in reports]


def _source(words: Words, report: SourceReport) -> str:
    name = source_name(words, report.source)
    total = words.number(report.papers + report.missing)
    if report.error is None and not report.missing:
        return words.count("digest.status.source", report.papers, source=name)
    if report.error is None:
        return words.say("digest.status.source_missing", source=name, read=words.number(report.papers), total=total)
    why_not = problem(words, report.error)
    if report.papers and report.missing:
        read = words.number(report.papers)
        return words.say("digest.status.source_missing_partly", source=name, read=read, total=total, problem=why_not)
    if report.papers:
        return words.count("digest.status.source_partly", report.papers, source=name, problem=why_not)
    return words.say("digest.status.source_failed", source=name, problem=why_not)
