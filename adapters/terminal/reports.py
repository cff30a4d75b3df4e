"""Reports of the command line about an installation, and its notes beside results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from rich.console import RenderableType
from rich.text import Text

from adapters.terminal.render import Line, Mark, report
from bot.common.health import Condition, Health
from bot.digests.imports import Rejected
from bot.errors import SCOPE_MISSING, BotError, SourceError
from bot.models import Channel, ChannelState, Delivery, DeliveryState, Digest, Run, RunState
from bot.operations.doctor import Diagnosis
from bot.operations.silence import NOT_RUNNING
from bot.operations.status import Status
from bot.words import Words, one_line, readable_line, sentences
from bot.words.doctor import doctors_sentence, found_sentence


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports in the operator's words, with times of the zone."""

    words: Words
    zone: tzinfo = UTC

    def status(self, state: Status) -> RenderableType:
        """Return the state of the installation as a table."""
        words, counts = self.words, state.counts
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
                    resets_at=words.moment(state.resets_at, self.zone),
                ),
            ),
        ]
        lines += [
            Line(
                words.say("cli.status.spent.on", purpose=sentences.purpose(words, one.purpose)),
                words.count(
                    "cli.status.spent.n", one.calls, usd=words.usd(one.usd), channel=one_line(one.channel) or "-"
                ),
            )
            for one in state.spent
        ]
        lines += self._running(state)
        for source, at in state.sources.items():
            name = words.say(f"cli.doctor.{source.value}")
            if at is None:
                lines.append(Line(name, words.say("cli.status.source.silent"), Mark.PROBLEM))
            else:
                lines.append(Line(name, words.say("cli.status.source", moment=words.moment(at, self.zone))))
        for code, count in state.failures.items():
            text = words.count("cli.status.failures", count, problem=sentences.problem(words, code))
            lines.append(Line(words.say("cli.status.failed"), text, Mark.UNKNOWN))
        lines += [self._channel(channel, state) for channel in state.channels]
        for bucket, began in state.held.items():
            key = "cli.status.held.scope" if state.refusals.get(bucket) == SCOPE_MISSING else "cli.status.held"
            lines.append(Line(bucket, words.say(key, since=words.moment(began, self.zone)), Mark.PROBLEM))
        titles = {channel.key: channel.title for channel in state.channels}
        lines += [self._run(run, titles.get(run.channel, str(run.channel))) for run in state.troubled]
        if state.deliveries:
            counts_by_state = [f"{words.say(f'cli.state.{s.value}')} {n}" for s, n in sorted(state.deliveries.items())]
            lines.append(Line(words.say("cli.status.deliveries"), words.list(counts_by_state)))
        if state.votes.votes:
            votes = state.votes
            people, papers = words.number(votes.voters), words.number(votes.papers)
            text = words.count("cli.status.votes.n", votes.votes, people=people, papers=papers)
            lines.append(Line(words.say("cli.status.votes"), text))
        for digest in state.digests:
            # Stored digests come without their summaries, of which the line would then say that there are none.
            text = sentences.status_line(words, replace(digest, entries=()))
            lines.append(Line(f"{titles.get(digest.channel, str(digest.channel))} {digest.date}", text))
        return report(lines, words)

    def deliveries(self, rows: Sequence[Delivery]) -> RenderableType:
        """Return the ledger's newest rows as a table."""
        if not rows:
            return Text(self.words.say("cli.deliveries.none"))
        return report(map(self._delivery_line, rows), self.words)

    def delivery(self, row: Delivery) -> RenderableType:
        """Return everything that the ledger has on one delivery."""
        words = self.words
        facts = {
            "channel": str(row.channel),
            "day": words.date(row.day),
            "part": row.part,
            "state": words.say(f"cli.state.{row.state.value}"),
            "attempts": words.number(row.attempts),
            "created_at": words.moment(row.created_at, self.zone),
            "due_at": words.moment(row.due_at, self.zone) if row.due_at else "",
            "settled_at": words.moment(row.settled_at, self.zone) if row.settled_at else "",
            "message": row.message.value if row.message else "",
            "error": sentences.problem(words, row.error) if row.error else "",
        }
        return report((Line(words.say(f"cli.delivery.{name}"), text) for name, text in facts.items() if text), words)

    def diagnoses(self, findings: Sequence[Diagnosis]) -> RenderableType:
        """Return the doctor's findings as a table, with the remedy for each problem."""
        return report((line for diagnosis in findings for line in self._diagnosis(diagnosis)), self.words)

    def rejection(self, rejected: Rejected) -> str:
        """Return one line about a published summary that failed the check."""
        findings = self.words.list(sentences.finding(self.words, finding) for finding in rejected.findings)
        return self.words.say("cli.import.rejected", title=readable_line(rejected.paper.title), findings=findings)

    def digest_notes(self, digest: Digest, explained: Callable[[str], BotError], *, with_status: bool) -> Iterator[str]:
        """Yield the notes beside a digest: its status line, and one line with the remedy for each kind of problem.

        `explained` returns the error for a failure's code.
        """
        if with_status:
            yield sentences.status_line(self.words, digest)
            if not digest.entries:
                yield self.why_empty(digest)
        for source in digest.status.sources:
            if source.error:
                yield self.words.error(SourceError(source.error, source=source.source))
            elif source.missing:
                total = source.papers + source.missing
                partial = SourceError("source.partial", source=source.source, read=source.papers, total=total)
                yield self.words.error(partial)
        for code in dict.fromkeys(entry.failure.code for entry in digest.entries if entry.failure):
            yield self.words.error(explained(code))

    def why_empty(self, digest: Digest) -> str:
        """Return the reason for a digest without papers, in one sentence."""
        return sentences.empty(self.words, digest)

    def _running(self, state: Status) -> Iterator[Line]:
        """Yield a line for each process that is alive, followed by its connections and what is wrong with it."""
        words, name = self.words, self.words.say("cli.status.run")
        for worker in state.replicas:
            since, replica = words.moment(worker.started_at, self.zone), one_line(worker.replica)
            report = worker.report
            if report:
                host, address, pid = one_line(report.host), one_line(report.address), str(report.pid)
                text = words.say(
                    "cli.status.replica_where", replica=replica, since=since, host=host, pid=pid, address=address
                )
            else:
                text = words.say("cli.status.replica", replica=replica, since=since)
            yield Line(name, text)
            if report:
                yield from (
                    self._part(part, health)
                    for part, health in report.parts.items()
                    if part in report.platforms or (health.problem and part not in state.sources)
                )
        if not state.replicas:
            text = words.say("cli.status.run.none")
            if state.vanished:
                moment = words.moment(state.vanished.expires_at, self.zone)
                text = words.say("cli.status.run.vanished", replica=one_line(state.vanished.replica), moment=moment)
            yield Line(name, text, Mark.UNKNOWN)

    def _part(self, name: str, health: Health) -> Line:
        words = self.words
        title = words.say(f"cli.status.part.{name}") if f"cli.status.part.{name}" in words else name
        if not health.problem:
            return Line(title, words.say("cli.status.connected"), Mark.OK)
        problem = sentences.problem(words, health.problem)
        since = words.moment(health.since, self.zone) if health.since else ""
        text = words.say("cli.status.trouble", problem=problem, since=since) if since else problem
        return Line(title, text, Mark.PROBLEM if health.condition is Condition.DOWN else Mark.UNKNOWN)

    def _channel(self, channel: Channel, state: Status) -> Line:
        name, words = channel.title, self.words
        if channel.state is ChannelState.STOPPED:
            return Line(name, sentences.problem(words, channel.problem), Mark.PROBLEM)
        if channel.next_run_at is None:
            return Line(name, words.say("cli.status.off"))
        text = words.say("cli.status.next", moment=words.moment(channel.next_run_at, self.zone))
        code = state.silent.get(channel.key, "")
        if not code or code == NOT_RUNNING or any(run.channel == channel.key for run in state.troubled):
            return Line(name, text)  # the reason has a line of its own
        return Line(
            name, words.say("cli.status.silent", next=text, problem=sentences.problem(words, code)), Mark.UNKNOWN
        )

    def _run(self, run: Run, title: str) -> Line:
        problem = sentences.problem(self.words, run.problem)
        unsent = run.state is RunState.FAILED and run.problem.startswith("platform.")
        outcome = "unsent" if unsent else run.state.value
        text = self.words.say(f"cli.status.run.{outcome}", date=self.words.date(run.day), problem=problem)
        return Line(title, text, Mark.PROBLEM if run.state is RunState.FAILED else Mark.UNKNOWN)

    def _delivery_line(self, row: Delivery) -> Line:
        bad = row.state in (DeliveryState.DEAD, DeliveryState.UNKNOWN)
        instant = row.settled_at or row.due_at
        facts = [self.words.say(f"cli.state.{row.state.value}")]
        if instant:
            facts.append(self.words.moment(instant, self.zone))
        if row.error:
            facts.append(sentences.problem(self.words, row.error))
        name = f"{row.id}  {row.channel} {row.day} {row.part}"
        return Line(name, self.words.list(facts), Mark.PROBLEM if bad else Mark.NONE)

    def _diagnosis(self, diagnosis: Diagnosis) -> Iterator[Line]:
        """Yield one line for the diagnosis, or for settings one for each of their problems."""
        name = self.words.say(f"cli.doctor.{diagnosis.name}")
        mark = Mark.PROBLEM if diagnosis.required else Mark.UNKNOWN
        link = one_line(diagnosis.address)
        for problem in diagnosis.problems:
            text = doctors_sentence(self.words, problem)
            yield Line(name, text.removesuffix(link).rstrip(), mark, link=link if text.endswith(link) else "")
        if not diagnosis.problems:
            yield Line(name, found_sentence(self.words, diagnosis.sentence), Mark.OK, link=link)
