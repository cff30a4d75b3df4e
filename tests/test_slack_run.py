"""`kawaraban run` as a process against the tests' Slack, the recorded sources and a stand-in of Claude."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.models import ChannelKey
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.votes import Votes
from tests.fakes.slack_process import SlackProcess
from tests.slack_run import serving
from tests.standins import Claude, Upstream
from tests.test_recorded_days import settings as recorded_settings

DAY = datetime(2026, 2, 27, tzinfo=UTC)


@pytest.fixture
def slack_process() -> Iterator[SlackProcess]:
    with SlackProcess.serving() as process:
        yield process


def until(found: Callable[[], Any], seconds: float = 120) -> Any:
    """The first answer that says something. Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise TimeoutError(found)


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_the_recorded_digest_appears_in_two_channels_when_it_is_due(
    mode: str, slack_process: SlackProcess, upstream: Upstream, claude: Claude, tmp_path: Path
) -> None:
    slack, app = slack_process, slack_process.app()
    database = str(tmp_path / "kawaraban.sqlite3")
    environment = recorded_settings(upstream, claude, database) | {
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": app["token"],
        "SLACK_APP_TOKEN": app["app_token"],
        "SLACK_SIGNING_SECRET": app["signing_secret"],
        "SLACK_MODE": mode,
        "HTTP_PORT": "0",
        "DIGEST_TIME": "22:00",
        "DIGEST_TIMEZONE": "UTC",
    }
    upstream.reset("2026-02-27")
    ada = slack.add_user("ada", is_admin=True, locale="ja-JP")
    japanese, english = slack.add_channel("ronbun", [ada]), slack.add_channel("papers", [ada])

    def connect(port: int) -> None:
        if mode == "http":
            slack.tell("set", http=f"http://127.0.0.1:{port}/slack/events")
        else:
            until(lambda: slack.log()["connections"])

    with serving(DAY.replace(hour=20), environment) as port:
        connect(port)
        for channel, language in ((japanese, "ja"), (english, "en")):
            asked = {"command": "/digest", "text": f"subscribe {language}", "channel": channel, "user": ada}
            assert slack.people("slash", **asked)["acked"]
        until(lambda: len(slack.ask("ephemerals", user=ada)) == 2)

    with serving(DAY.replace(hour=21, minute=59, second=58), environment) as port:
        connect(port)
        for channel in (japanese, english):
            until(lambda channel=channel: len(slack.messages(channel)) == 6)  # type: ignore[misc]  # a default binds it
        headline, card, *_ = slack.messages(japanese)
        assert "2026年2月27日" in headline["visible"]
        assert card["thread_ts"] == headline["ts"]
        assert "February 27, 2026" in slack.messages(english)[0]["visible"]

        until(lambda: "-1" in slack.messages(japanese)[-1]["reactions"])
        slack.people("react", channel=japanese, ts=card["ts"], name="+1", user=ada)
        slack.people("react", channel=english, ts=slack.messages(english)[0]["ts"], name="three", user=ada)
        slack.people("react", channel=japanese, ts=headline["ts"], name="two", user=ada)
        slack.people("unreact", channel=japanese, ts=headline["ts"], name="two", user=ada)
        asked = {"command": "/paper", "text": "2602.21548", "channel": japanese, "user": ada}
        assert slack.people("slash", **asked)["acked"]
        until(lambda: any("2602.21548" in str(one) for one in slack.ask("ephemerals", user=ada)))
        until(all_taken(slack))
    log = slack.log()
    assert log["findings"] == []
    assert log["lost"] == []
    assert log["checked"] > 20
    assert voted(database, app["team"], japanese, english) == [(1, [1.0]), (1, [1.0])]


def all_taken(slack: SlackProcess) -> Callable[[], bool]:
    """Whether the bot has acknowledged everything that it was told."""

    def look() -> bool:
        log = slack.log()
        return bool(log["taken"] == log["deliveries"])

    return look


def voted(database: str, team: str, *channels: str) -> list[tuple[int, list[float]]]:
    """What is stored of each channel's votes."""

    async def read() -> list[tuple[int, list[float]]]:
        async with Store.open(sqlite_url(Path(database))) as store:
            votes = Votes(store, b"", lambda: datetime.now(UTC))
            found = [await votes.of_channel(ChannelKey("slack", f"{team}/{one}"), DAY) for one in channels]
        return [(len(one), [vote.value for vote in one.values()]) for one in found]

    return asyncio.run(read())
