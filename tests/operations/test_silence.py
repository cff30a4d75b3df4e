"""Why nothing comes in a channel: each reason alone, in the order in which they count."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.common.health import Condition, Health, ProcessReport
from bot.errors import SCOPE_MISSING, TOKEN_REFUSED
from bot.models import Channel, ChannelKey, ChannelSettings, ChannelState, Layout, Run, RunState
from bot.operations.silence import silence
from bot.store.workers import Worker
from bot.words import words_for

NOW = datetime(2031, 5, 14, 7, 0, tzinfo=UTC)
CHANNEL = Channel(ChannelKey("slack", "T1/C1"))
STOPPED = replace(CHANNEL, state=ChannelState.STOPPED, problem="platform.archived")
QUIET = replace(CHANNEL, settings=ChannelSettings(quiet=True))
BLOG = Channel(ChannelKey("slack", "T1/C1"), ChannelSettings(layout=Layout.PAGE))
SENT = Run(CHANNEL.key, date(2031, 5, 14), NOW, NOW, RunState.DONE, papers=5)
EMPTY = replace(SENT, papers=0)
FINE, DOWN = Health(), Health(Condition.DOWN, "platform.unreachable")


def worker(*platforms: str, **parts: Health) -> Worker:
    report = ProcessReport("attic", 7, "127.0.0.1:8080", platforms, dict.fromkeys(platforms, FINE) | parts, NOW)
    return Worker("attic:1", "attic", NOW, NOW + timedelta(seconds=30), report)


SLACK = (worker("slack"),)
STARTED = (replace(worker(), report=None),)


@pytest.mark.parametrize(
    ("channel", "run", "refused", "running", "code"),
    [
        (CHANNEL, SENT, {}, SLACK, ""),
        (CHANNEL, None, {}, SLACK, ""),
        (CHANNEL, EMPTY, {}, SLACK, ""),
        (CHANNEL, SENT, {}, STARTED, ""),
        (STOPPED, SENT, {}, SLACK, "platform.archived"),
        (replace(CHANNEL, state=ChannelState.OFF), SENT, {}, (), "silence.off"),
        (CHANNEL, SENT, {}, (), "silence.not_running"),
        (CHANNEL, SENT, {"slack:T1": TOKEN_REFUSED}, SLACK, TOKEN_REFUSED),
        (CHANNEL, SENT, {"slack": SCOPE_MISSING}, SLACK, SCOPE_MISSING),
        (CHANNEL, SENT, dict.fromkeys(("slack:T2", "slack:T", "discord"), TOKEN_REFUSED), SLACK, ""),
        (CHANNEL, SENT, {}, (worker("discord", "hugo"),), "silence.not_set_up"),
        (CHANNEL, SENT, {}, (worker("discord"), worker("slack")), ""),
        (CHANNEL, SENT, {}, (worker("slack", slack=DOWN),), "platform.unreachable"),
        (CHANNEL, SENT, {}, (worker("slack", slack=DOWN), worker("slack")), ""),
        (CHANNEL, replace(SENT, state=RunState.FAILED, problem="platform.forbidden"), {}, SLACK, "platform.forbidden"),
        (CHANNEL, replace(SENT, state=RunState.DUE, problem="source.timeout"), {}, SLACK, "source.timeout"),
        (CHANNEL, replace(SENT, state=RunState.SKIPPED, problem="schedule.missed"), {}, SLACK, "schedule.missed"),
        (QUIET, EMPTY, {}, SLACK, "silence.no_papers"),
        (BLOG, EMPTY, {}, SLACK, "silence.no_papers"),
        (QUIET, SENT, {}, SLACK, ""),
    ],
)  # fmt: skip
def test_the_reason(
    channel: Channel, run: Run | None, refused: dict[str, str], running: tuple[Worker, ...], code: str
) -> None:
    assert silence(channel, run, refused, running) == code
    for language in ("ja", "en"):
        assert not code or f"problem.{code}" in words_for(language)
