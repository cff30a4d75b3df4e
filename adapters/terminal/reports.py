"""What the command line tells about an installation, and beside its results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo

from rich.console import RenderableType
from rich.text import Text

from adapters.terminal.render import Line, Mark, report
from bot.digests.imports import Rejected
from bot.errors import BotError, SourceError
from bot.models import Channel, ChannelState, Delivery, DeliveryState, Digest, Run, RunState
from bot.operations.doctor import Diagnosis
from bot.operations.status import Status
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
    lines += [_channel(channel, words, zone) for channel in state.channels]
    lines += [_run(run, words) for run in state.troubled]
    if state.deliveries:
        told = words.list(f"{words.say(f'cli.state.{s.value}')} {n}" for s, n in sorted(state.deliveries.items()))
        lines.append(Line(words.say("cli.status.deliveries"), told))
    if state.votes.votes:
        votes = state.votes
        people, papers = words.number(votes.voters), words.number(votes.papers)
        told = words.count("cli.status.votes.n", votes.votes, people=people, papers=papers)
        lines.append(Line(words.say("cli.status.votes"), told))
    for digest in state.digests:
        # Stored digests come without their summaries, of which the line would then say that there are none.
        told = sentences.status_line(words, replace(digest, entries=()))
        lines.append(Line(f"{digest.channel} {digest.date}", told))
    return report(lines, words)


def _channel(channel: Channel, words: Words, zone: tzinfo) -> Line:
    if channel.state is ChannelState.STOPPED:
        return Line(str(channel.key), sentences.problem(words, channel.problem), Mark.PROBLEM)
    if channel.next_run_at is None:
        return Line(str(channel.key), words.say("cli.status.off"))
    return Line(str(channel.key), words.say("cli.status.next", moment=words.moment(channel.next_run_at, zone)))


def _run(run: Run, words: Words) -> Line:
    problem = sentences.problem(words, run.problem)
    told = words.say(f"cli.status.run.{run.state.value}", date=words.date(run.day), problem=problem)
    return Line(str(run.channel), told, Mark.PROBLEM if run.state is RunState.FAILED else Mark.UNKNOWN)


def deliveries(rows: Sequence[Delivery], words: Words, zone: tzinfo) -> RenderableType:
    """The ledger's newest rows as a table."""
    if not rows:
        return Text(words.say("cli.deliveries.none"))
    return report((_delivery_line(row, words, zone) for row in rows), words)


def delivery(row: Delivery, words: Words, zone: tzinfo) -> RenderableType:
    """All that the ledger knows of one delivery."""
    facts = {
        "channel": str(row.channel),
        "day": words.date(row.day),
        "part": row.part,
        "state": words.say(f"cli.state.{row.state.value}"),
        "attempts": words.number(row.attempts),
        "created_at": words.moment(row.created_at, zone),
        "due_at": words.moment(row.due_at, zone) if row.due_at else "",
        "settled_at": words.moment(row.settled_at, zone) if row.settled_at else "",
        "message": row.message.value if row.message else "",
        "error": sentences.problem(words, row.error) if row.error else "",
    }
    return report(
        (Line(words.say(f"cli.delivery.{name}"), text) for name, text in facts.items() if text),
        words,
    )


def _delivery_line(row: Delivery, words: Words, zone: tzinfo) -> Line:
    bad = row.state in (DeliveryState.DEAD, DeliveryState.UNKNOWN)
    instant = row.settled_at or row.due_at
    told = [words.say(f"cli.state.{row.state.value}")]
    if instant:
        told.append(words.moment(instant, zone))
    if row.error:
        told.append(sentences.problem(words, row.error))
    name = f"{row.id}  {row.channel} {row.day} {row.part}"
    return Line(name, words.list(told), Mark.PROBLEM if bad else Mark.NONE)


def diagnoses(found: Sequence[Diagnosis], words: Words) -> RenderableType:
    """What the doctor found as a table, with the remedy for each problem."""

    def line(diagnosis: Diagnosis) -> Line:
        name = words.say(f"cli.doctor.{diagnosis.name}")
        if diagnosis.problem is None:
            if diagnosis.address:
                return Line(name, words.say("cli.doctor.invite", address=diagnosis.address), Mark.OK)
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
