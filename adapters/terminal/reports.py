"""What the command line tells about an installation, and beside its results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo

from rich.console import RenderableType

from adapters.terminal.render import Line, Mark, report
from bot.doctor import Diagnosis
from bot.errors import BotError, SourceError
from bot.imports import Rejected
from bot.models import Digest
from bot.status import Status
from bot.words import Words, one_line, sentences


def status(state: Status, words: Words, zone: tzinfo) -> RenderableType:
    """The state of the installation as a table."""
    counts = state.counts
    cap = words.usd(state.cap) if state.cap is not None else words.say("cli.status.no_cap")
    lines = [
        Line(words.say("cli.status.database"), state.database),
        Line(words.say("cli.status.papers"), words.number(counts.papers)),
        Line(
            words.say("cli.status.summaries"),
            words.count("cli.status.summaries.n", counts.summaries, failed=words.number(counts.failed_summaries)),
        ),
        Line(
            words.say("cli.status.spent"),
            words.say(
                "cli.status.spent.of",
                spent=words.usd(state.spent_today),
                cap=cap,
                resets_at=words.moment(state.resets_at, zone),
            ),
        ),
    ]
    for digest in state.digests:
        # Stored digests come without their summaries, of which the line would then say that there are none.
        told = sentences.status_line(words, replace(digest, entries=()))
        lines.append(Line(f"{digest.channel} {digest.date}", told))
    return report(lines, words)


def diagnoses(found: Sequence[Diagnosis], words: Words) -> RenderableType:
    """What the doctor found as a table, with the remedy for each problem."""

    def line(diagnosis: Diagnosis) -> Line:
        name = words.say(f"cli.doctor.{diagnosis.name}")
        if diagnosis.problem is None:
            return Line(name, words.say("cli.doctor.fine"), Mark.OK)
        mark = Mark.PROBLEM if diagnosis.required else Mark.UNKNOWN
        return Line(name, words.error(diagnosis.problem), mark)

    return report(map(line, found), words)


def rejection(words: Words, rejected: Rejected) -> str:
    """One line on a published summary that did not pass the check."""
    found = words.list(sentences.finding(words, finding) for finding in rejected.findings)
    return words.say("cli.import.rejected", title=one_line(rejected.paper.title), findings=found)


def digest_notes(
    words: Words, digest: Digest, explained: Callable[[str], BotError], *, with_status: bool
) -> Iterator[str]:
    """What to say beside a digest: its status line, and one line with the remedy for each kind of trouble.

    `explained` makes the error of a failure's code.
    """
    if with_status:
        yield sentences.status_line(words, digest)
        if not digest.entries:
            yield sentences.empty(words, digest)
    for source in digest.status.sources:
        if source.error:
            yield words.error(SourceError(source.error, source=source.source))
    for code in dict.fromkeys(entry.failure.code for entry in digest.entries if entry.failure):
        yield words.error(explained(code))


def why_empty(words: Words, digest: Digest) -> str:
    """The reason for a digest without papers, in one sentence."""
    return sentences.empty(words, digest)


def nothing_came(digest: Digest) -> bool:
    """True where there is no paper because no source answered."""
    return not digest.entries and not any(report.ok for report in digest.status.sources)
