"""The state of an installation as JSON, for a program that watches it."""

from __future__ import annotations

from adapters.json.render import VERSION, dumped
from bot.models import Channel, Run
from bot.operations.status import Status
from bot.words import Words, sentences


def status(state: Status, words: Words) -> str:
    """Return one JSON object, ending with a newline. Instants are in UTC, amounts in US dollars."""
    return dumped(
        {
            "version": VERSION,
            "database": state.database,
            "running": [
                {"replica": one.replica, "since": one.started_at.isoformat(), "until": one.expires_at.isoformat()}
                for one in state.replicas
            ],
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
            "channels": [_channel(channel, words) for channel in state.channels],
            "troubled": [_run(run, words) for run in state.troubled],
            "deliveries": {name.value: count for name, count in sorted(state.deliveries.items())},
            "votes": {"votes": state.votes.votes, "people": state.votes.voters, "papers": state.votes.papers},
        }
    )


def _channel(channel: Channel, words: Words) -> dict[str, object]:
    return {
        "channel": str(channel.key),
        "state": channel.state.value,
        "next": channel.next_run_at.isoformat() if channel.next_run_at else None,
        "code": channel.problem or None,
        "problem": sentences.problem(words, channel.problem) if channel.problem else None,
    }


def _run(run: Run, words: Words) -> dict[str, object]:
    return {
        "channel": str(run.channel),
        "date": run.day.isoformat(),
        "state": run.state.value,
        "code": run.problem,
        "problem": sentences.problem(words, run.problem),
    }
