"""The state of an installation as JSON, for a program that watches it."""

from __future__ import annotations

from adapters.json.render import VERSION, dumped
from bot.common.health import Health
from bot.models import Channel, Run
from bot.operations.status import Process, Status
from bot.words import Words, sentences


def status(state: Status, words: Words) -> str:
    """Return one JSON object, ending with a newline. Instants are in UTC, amounts in US dollars."""
    return dumped(
        {
            "version": VERSION,
            "database": state.database,
            "running": [_process(one, words) for one in state.replicas],
            "vanished": _process(state.vanished, words) if state.vanished else None,
            "papers": state.counts.papers,
            "digests": state.counts.digests,
            "summaries": {
                "done": state.counts.summaries,
                "failed": state.counts.failed_summaries,
                "failures": dict(state.failures),
            },
            "spent": {
                "today": state.spent_today,
                "cap": state.cap,
                "resets_at": state.resets_at.isoformat(),
                "by_channel": [
                    {"channel": one.channel or None, "purpose": one.purpose, "usd": one.usd, "calls": one.calls}
                    for one in state.spent
                ],
            },
            "sources": {source.value: at.isoformat() if at else None for source, at in state.sources.items()},
            "channels": [_channel(channel, state, words) for channel in state.channels],
            "held": {
                bucket: {"since": since.isoformat(), "code": state.refusals.get(bucket)}
                for bucket, since in state.held.items()
            },
            "troubled": [_run(run, words) for run in state.troubled],
            "deliveries": {name.value: count for name, count in sorted(state.deliveries.items())},
            "votes": {"votes": state.votes.votes, "people": state.votes.voters, "papers": state.votes.papers},
        }
    )


def _process(worker: Process, words: Words) -> dict[str, object]:
    report = worker.report
    return {
        "replica": worker.replica,
        "since": worker.started_at.isoformat(),
        "until": worker.expires_at.isoformat(),
        "host": report.host if report else None,
        "pid": report.pid if report else None,
        "address": report.address if report else None,
        "platforms": list(report.platforms) if report else [],
        "at": report.at.isoformat() if report else None,
        "parts": {name: _part(health, words) for name, health in report.parts.items()} if report else {},
    }


def _part(health: Health, words: Words) -> dict[str, object]:
    return {
        "status": health.condition.value,
        "code": health.problem or None,
        "problem": sentences.problem(words, health.problem) if health.problem else None,
        "since": health.since.isoformat() if health.since else None,
        "last_success": health.last_success.isoformat() if health.last_success else None,
    }


def _channel(channel: Channel, state: Status, words: Words) -> dict[str, object]:
    code, last = state.silent.get(channel.key), state.runs.get(channel.key)
    return {
        "channel": str(channel.key),
        "name": channel.name or None,
        "state": channel.state.value,
        "next": channel.next_run_at.isoformat() if channel.next_run_at else None,
        "code": channel.problem or None,
        "problem": sentences.problem(words, channel.problem) if channel.problem else None,
        "silent": {"code": code, "problem": sentences.problem(words, code)} if code else None,
        "last": {"date": last.day.isoformat(), "state": last.state.value, "papers": last.papers} if last else None,
    }


def _run(run: Run, words: Words) -> dict[str, object]:
    return {
        "channel": str(run.channel),
        "date": run.day.isoformat(),
        "state": run.state.value,
        "code": run.problem,
        "problem": sentences.problem(words, run.problem),
    }
