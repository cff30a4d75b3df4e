"""`kawaraban run` with Slack and Discord at once: the same day on both, and votes that stay where they were cast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.models import ChannelKey
from bot.store.location import sqlite_url
from tests.conformance.slack_world import links as slack_links
from tests.conformance.slack_world import shown_texts
from tests.fakes import invented
from tests.fakes.discord_process import DiscordProcess
from tests.fakes.slack_process import SlackProcess
from tests.support.bot_process import BotProcess, until
from tests.support.cli import online
from tests.support.discord_town import Guild, links, stored_votes, texts
from tests.support.standins import Claude, Upstream

pytestmark = pytest.mark.long

NOON = datetime(2026, 2, 27, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)
CARDS = 2
PAPER, METHOD = invented.landmark(), invented.LANDMARK.method
Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[SlackProcess]:
    with SlackProcess.serving() as serving:
        yield serving
        assert serving.log()["findings"] == []


@pytest.fixture
def discord() -> Iterator[DiscordProcess]:
    with DiscordProcess.serving() as serving:
        serving.call("advance", seconds=(NOON - datetime.now(UTC)).total_seconds())
        yield serving
        assert serving.log()["findings"] == []


@pytest.fixture
def settings(
    upstream: Upstream, claude: Claude, slack: SlackProcess, discord: DiscordProcess, tmp_path: Path
) -> dict[str, str]:
    app = slack.app()
    return online(upstream, claude, tmp_path) | {
        "DATABASE_URL": sqlite_url(tmp_path / "kawaraban.sqlite3"),
        "SECRET_KEY": "an invented one, long enough",
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": app["token"],
        "SLACK_APP_TOKEN": app["app_token"],
        "DISCORD_API_URL": discord.api,
        "DISCORD_TOKEN": discord.token,
        "DIGEST_LANGUAGE": "ja",
        "DIGEST_SIZE": str(CARDS),
        "DIGEST_TOPICS": "cs.CL",
    }


def test_an_invented_day_arrives_on_slack_and_discord_alike(
    slack: SlackProcess, discord: DiscordProcess, settings: dict[str, str], tmp_path: Path
) -> None:
    lab = Guild(discord, locale="ja")
    hana = slack.add_user("hana", locale="ja-JP", is_admin=True)
    on_slack = slack.add_channel("論文", [hana])
    lab.add_channel("general")  # where the bot introduces itself
    ada = lab.add_user("ada", locale="en-US")
    on_discord, english = lab.add_channel("論文"), lab.add_channel("papers")

    with BotProcess.running(settings, tmp_path, NOON):
        connected(slack, discord)
        asked_on_slack(slack, "/digest", "subscribe ja", on_slack, hana)
        asked_on_slack(slack, "/digest", "time 23:30 UTC", on_slack, hana)
        for channel, language in ((on_discord, "ja"), (english, "en")):
            lab.ask("digest subscribe", channel, lab.owner, language=language)
            lab.ask("digest channel time", channel, lab.owner, at="23:30", zone="UTC")
        lab.ask("digest channel layout", english, lab.owner, layout="compact")
        assert not slack.messages(on_slack)
        assert not lab.messages(on_discord)

    discord.call("advance", seconds=(DUE - NOON).total_seconds() - 60)
    with BotProcess.running(settings, tmp_path, DUE - timedelta(seconds=3)):
        connected(slack, discord)
        there = until(lambda: digest_on_slack(slack, on_slack), 120)
        headline, *cards = lab.digest(on_discord, CARDS)
        (compact,) = lab.digest(english, 0)
        assert "2026年2月27日" in texts(headline)[0]
        assert "February 27, 2026" in texts(compact)[0]
        assert links(headline) == links(compact) == paper_links(slack_links(there[0]["blocks"]))
        for ours, theirs in zip(cards, there[1:], strict=True):
            summary = texts(ours)[1].split("\n\n")[-1]
            assert len(summary) > 40
            assert summary in "\n".join(shown_texts(theirs["blocks"]))

        # ... votes feed the channel in which they were cast, and no other.
        slack.people("react", channel=on_slack, ts=there[1]["ts"], name="+1", user=hana)
        lab.react(cards[1], "👎", ada)
        lab.react(headline, "1️⃣", ada)
        lab.react(cards[0], "🎉", lab.owner, burst=True)
        lab.react(compact, "2️⃣", ada)
        database = settings["DATABASE_URL"]
        everywhere = {
            ChannelKey("slack", f"{slack.app()['team']}/{on_slack}"): ["👍"],
            lab.key(on_discord): sorted(["👎", "1\u20e3", "🎉"]),
            lab.key(english): ["2\u20e3"],
        }

        def counted() -> dict[ChannelKey, Sequence[str]]:
            return {key: sorted(vote.emoji for vote in stored_votes(database, key, NOON)) for key in everywhere}

        until(lambda: counted() == everywhere)
        lab.unreact(headline, "1️⃣", ada)
        everywhere[lab.key(on_discord)] = sorted(["👎", "🎉"])
        until(lambda: counted() == everywhere)

        answer = lab.ask("paper", english, ada, query=PAPER.id)
        assert METHOD in texts(answer)[0]
        assert answer["ephemeral"]
        lab.click(answer, "Share", ada)
        shared = until(lambda: next((one for one in lab.messages(english)[1:] if one.get("reactions")), None))
        assert METHOD in texts(shared)[0]
        lab.react(shared, "🔥", ada)
        everywhere[lab.key(english)] = sorted(["2\u20e3", "🔥"])
        until(lambda: counted() == everywhere)
        assert METHOD in str(asked_on_slack(slack, "/paper", PAPER.id, on_slack, hana))
    assert not any("Traceback" in log.read_text() for log in tmp_path.glob("run-*.log"))


def asked_on_slack(slack: SlackProcess, command: str, text: str, channel: str, user: str) -> Json:
    """The answer that the person sees, when it is more than a line that says it is coming."""
    before = len(slack.ask("ephemerals", user=user))
    assert slack.people("slash", command=command, text=text, channel=channel, user=user)["acked"]

    def there() -> Json | None:
        seen: list[Json] = slack.ask("ephemerals", user=user)[before:]
        return next((one for one in seen if not one["text"].endswith("…")), None)

    return until(there)


def digest_on_slack(slack: SlackProcess, channel: str) -> list[Json] | None:
    """The headline and its cards, with all of their emoji; None until then."""
    found = slack.messages(channel)
    return found if len(found) == 1 + CARDS and all(one["reactions"] for one in found) else None


def paper_links(found: Sequence[str]) -> list[str]:
    """Those of papers, each once, in their order."""
    return [*dict.fromkeys(link for link in found if "arxiv.org/abs" in link or "/papers/" in link)]


def connected(slack: SlackProcess, discord: DiscordProcess) -> None:
    until(lambda: slack.log()["connections"])
    until(lambda: discord.counts()["connected"] and discord.counts()["overwrites"])
