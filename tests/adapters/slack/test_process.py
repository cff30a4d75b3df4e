"""`kawaraban run` on Slack as a process: an invented day in two channels, votes, look-ups, and two workspaces."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.models import ChannelKey
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.store.votes import StoredVote
from tests.conformance.slack_world import shown_texts
from tests.fakes import invented
from tests.fakes.slack_process import SlackProcess
from tests.support.bot_process import BotProcess, until
from tests.support.cli import online
from tests.support.standins import Claude, Upstream

pytestmark = pytest.mark.long

NOON = datetime(2026, 2, 27, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)
SLOWLY = 0.1  # Slack's deadlines are none of the machine's
PAPER, METHOD = invented.landmark(), invented.LANDMARK.method
Json = dict[str, Any]


class Town:
    """People of one Slack, and a database that outlives the bot's processes."""

    def __init__(self, slack: SlackProcess, environment: Mapping[str, str], folder: Path) -> None:
        self.slack = slack
        self.environment = environment
        self.folder = folder

    def running(self, at: datetime) -> AbstractContextManager[BotProcess]:
        return BotProcess.running(self.environment, self.folder, at)

    def alone(self, user: str) -> list[Json]:
        """What the person alone sees, oldest first."""
        seen: list[Json] = self.slack.ask("ephemerals", user=user)
        return seen

    def ask(self, command: str, text: str, channel: str, user: str) -> Json:
        """The answer that follows a command: the last one, where another one announced it."""
        before = len(self.alone(user))
        done = self.slack.people("slash", command=command, text=text, channel=channel, user=user)
        assert done["acked"], done
        return until(lambda: next((one for one in self.alone(user)[before:] if not is_interim(one)), None))

    def click(self, seen: Json, action: str, user: str) -> None:
        done = self.slack.people("click", channel=seen["channel"], ts=seen["ts"], action_id=action, user=user)
        assert done["acked"], done

    def settled(self) -> None:
        """Wait until the bot has taken every event, which is when what it says is stored."""

        def all_taken() -> bool:
            log = self.slack.log()
            assert not log["lost"]
            return bool(log["deliveries"] == log["taken"])

        until(all_taken)

    def digest(self, channel: str, cards: int) -> list[Json]:
        """The headline and its cards, once all of them and their emoji are there."""

        def there() -> list[Json] | None:
            found = [one for one in self.slack.messages(channel) if one["metadata"]]
            threaded = [one for one in found if one["thread_ts"]]
            return found if len(threaded) == cards and all(one["reactions"] for one in found) else None

        return until(there, 300)

    def top_level(self, channel: str) -> list[Json]:
        return [one for one in self.slack.messages(channel) if not one["thread_ts"]]

    def votes(self, channel: str, team: str) -> list[StoredVote]:
        async def read() -> list[StoredVote]:
            async with Store.open(self.environment["DATABASE_URL"]) as store:
                key = ChannelKey("slack", f"{team}/{channel}")
                return [*await store.votes.present(key, NOON - timedelta(days=1))]

        return asyncio.run(read())

    def everything(self) -> str:
        """All that the database holds."""
        with closing(sqlite3.connect(self.folder / "kawaraban.sqlite3")) as database:
            return "\n".join(database.iterdump())


def is_interim(seen: Json) -> bool:
    """A line that only says that an answer is on its way."""
    return "…" in read(seen)[-3:] and len(seen["blocks"]) == 1


def read(message: Json) -> str:
    return "\n".join(shown_texts(message["blocks"])) or str(message["text"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def slack() -> Iterator[SlackProcess]:
    with SlackProcess.serving(at=NOON, pace=SLOWLY) as serving:
        yield serving
        assert serving.log()["findings"] == []


@pytest.fixture
def surroundings(upstream: Upstream, claude: Claude, slack: SlackProcess, tmp_path: Path) -> dict[str, str]:
    """Settings for the stand-ins, without any token."""
    app = slack.app()
    database = {
        "DATABASE_URL": sqlite_url(tmp_path / "kawaraban.sqlite3"),
        "SECRET_KEY": "an invented one, long enough",
    }
    return online(upstream, claude, tmp_path) | database | {
        "SLACK_API_URL": slack.url,
        "SLACK_SIGNING_SECRET": app["signing_secret"],
        "DIGEST_LANGUAGE": "ja",
    }  # fmt: skip


@pytest.mark.parametrize(("mode", "cards", "topics"), [("socket", 5, "cs.AI, cs.CL, cs.LG"), ("http", 2, "cs.CL")])
def test_an_invented_day_arrives_in_two_languages_and_is_voted_on(
    mode: str, cards: int, topics: str, slack: SlackProcess, surroundings: dict[str, str], tmp_path: Path
) -> None:
    app, port = slack.app(), free_port()
    tokens = {"SLACK_BOT_TOKEN": app["token"], "SLACK_APP_TOKEN": app["app_token"], "SLACK_MODE": mode}
    settings = {"HTTP_PORT": str(port), "DIGEST_TOPICS": topics, "DIGEST_SIZE": str(cards)}
    town = Town(slack, surroundings | tokens | settings, tmp_path)
    hana = slack.add_user("hana", locale="ja-JP")
    ada = slack.add_user("ada", locale="en-US")
    japanese, english = slack.add_channel("論文", [hana, ada]), slack.add_channel("papers", [ada, hana])
    if mode == "http":
        slack.tell("set", http=f"http://127.0.0.1:{port}/slack/events")

    with town.running(NOON):
        connected(slack, mode)
        for channel, user, language in ((japanese, hana, "ja"), (english, ada, "en")):
            town.ask("/digest", f"subscribe {language}", channel, user)
            town.ask("/digest", "time 23:30 UTC", channel, user)
        assert not slack.messages(japanese)

    slack.tell("pass_time", seconds=(DUE - NOON).total_seconds() - 60)
    with town.running(DUE - timedelta(seconds=3)):
        connected(slack, mode)
        (headline, *papers), (other, *others) = town.digest(japanese, cards), town.digest(english, cards)
        assert "2026年2月27日" in read(headline)
        assert "February 27, 2026" in read(other)
        assert "選んだ理由" in read(papers[0])
        assert "Why: " in read(others[0])
        assert [one["thread_ts"] for one in papers] == [headline["ts"]] * cards

        acts = (papers[0]["ts"], "+1", hana), (headline["ts"], "two", ada), (papers[1]["ts"], "-1", ada)
        for ts, name, user in acts:
            slack.people("react", channel=japanese, ts=ts, name=name, user=user)
        town.settled()
        voted = town.votes(japanese, app["team"])
        assert sorted(vote.emoji for vote in voted) == sorted(["👍", "👎", "2\u20e3"])
        assert len({vote.paper for vote in voted}) == 2
        slack.people("unreact", channel=japanese, ts=papers[1]["ts"], name="-1", user=ada)
        slack.people("unreact", channel=japanese, ts=headline["ts"], name="two", user=ada)
        town.settled()
        assert [vote.emoji for vote in town.votes(japanese, app["team"])] == ["👍"]
        assert town.votes(english, app["team"]) == []

        answer = town.ask("/paper", PAPER.id, english, ada)
        assert METHOD in read(answer)
        town.click(answer, "paper.share", ada)
        shared = until(lambda: next((one for one in town.top_level(english)[1:] if "-1" in one["reactions"]), None))
        slack.people("react", channel=english, ts=shared["ts"], name="fire", user=hana)
        town.settled()
        assert len(town.votes(english, app["team"])) == 1
    assert not any("Traceback" in log.read_text() for log in tmp_path.glob("run-*.log"))


def connected(slack: SlackProcess, mode: str) -> None:
    if mode == "socket":
        until(lambda: slack.log()["connections"])


def test_of_two_workspaces_one_uninstalls_and_the_other_notices_nothing(
    slack: SlackProcess, surroundings: dict[str, str], tmp_path: Path
) -> None:
    app, port = slack.app(), free_port()
    address = f"http://127.0.0.1:{port}"
    installing = {
        "SLACK_MODE": "http",
        "SLACK_CLIENT_ID": app["client_id"],
        "SLACK_CLIENT_SECRET": app["client_secret"],
        "PUBLIC_URL": address,
        "HTTP_PORT": str(port),
    }
    town = Town(slack, surroundings | installing | {"DIGEST_TOPICS": "cs.CL", "DIGEST_SIZE": "2"}, tmp_path)
    slack.tell("set", http=f"{address}/slack/events", redirect_uris=[f"{address}/slack/oauth_redirect"])
    teams = [slack.tell("workspace", name=name, installed=False)["id"] for name in ("edo", "kyoto")]

    with town.running(NOON):
        votes = {}
        for team in teams:
            page = slack.tell("install", url=f"{address}/slack/install", team=team)
            assert page["status"] == 200, page["text"]
            hana = slack.add_user("hana", team=team, is_admin=True)
            papers = slack.add_channel("papers", [hana], team=team)
            town.ask("/digest", "subscribe", papers, hana)
            town.ask("/digest", "now", papers, hana)
            _, card, *_ = town.digest(papers, 2)
            slack.people("react", channel=papers, ts=card["ts"], name="+1", user=hana)
            town.settled()
            votes[team] = (papers, hana, town.votes(papers, team))
        edo, kyoto = teams
        assert all(len(stored) == 1 for _, _, stored in votes.values())
        assert edo in town.everything()

        slack.people("uninstall", team=edo)
        town.settled()
        stored = town.everything()
        assert edo not in stored
        assert votes[edo][0] not in stored

        papers, hana, before = votes[kyoto]
        assert kyoto in stored
        assert town.votes(papers, kyoto) == before
        assert PAPER.id in read(town.ask("/paper", PAPER.id, papers, hana))
        calls = slack.log()["errors"]
        assert not calls, calls
