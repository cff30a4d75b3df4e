"""Why nothing comes in a channel, as far as the database tells. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.common.health import Condition
from bot.models import Channel, ChannelKey, ChannelState, Layout, Run, RunState
from bot.store.workers import Worker

OFF = "silence.off"  # nobody subscribes it now
NOT_RUNNING = "silence.not_running"
NOT_SET_UP = "silence.not_set_up"  # no running process posts to its platform
NO_PAPERS = "silence.no_papers"  # and it wants no message on such a day


def silence(channel: Channel, run: Run | None, refused: Mapping[str, str], running: Sequence[Worker]) -> str:
    """Return the code of the reason, "" where the last digest came, or where the first is still to come.

    `run` is the channel's latest, `refused` has the code of what the operator has to set right, by rate-limit bucket,
    and `running` are the processes that are alive.
    """
    if channel.state is ChannelState.STOPPED:
        return channel.problem
    if channel.state is ChannelState.OFF:
        return OFF
    if not running:
        return NOT_RUNNING
    for bucket, code in refused.items():
        if _is_held(channel.key, bucket):
            return code
    return _platform(channel.key.platform, running) or _last(channel, run)


def _is_held(channel: ChannelKey, bucket: str) -> bool:
    return bucket == channel.platform or f"{channel}/".startswith(f"{bucket}/")


def _platform(name: str, running: Sequence[Worker]) -> str:
    """Return what is wrong with the connection to a platform: nothing as long as one process has one that works."""
    reports = [worker.report for worker in running]
    if not all(reports):
        return ""  # one has just started and has told nothing
    connections = [report.parts.get(name) for report in reports if report and name in report.platforms]
    if not connections:
        return NOT_SET_UP
    problems = [one.problem for one in connections if one and one.condition is Condition.DOWN]
    return problems[0] if len(problems) == len(connections) else ""


def _last(channel: Channel, run: Run | None) -> str:
    if run is None:
        return ""
    if run.state is not RunState.DONE:
        return run.problem
    wordless = channel.settings.quiet or channel.settings.layout is Layout.PAGE
    return NO_PAPERS if run.papers == 0 and wordless else ""
