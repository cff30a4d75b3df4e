"""Setup for the Slack benches: the tests' Slack as a process, and a database with due digests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import chat
from bench.digests import SETTINGS, digest
from bot.models import ChannelKey, Digest
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.fakes.slack_process import SlackProcess
from tests.support.bot_process import BotProcess


@dataclass(frozen=True)
class Scene:
    """A Slack double with people and channels, and the folder of one bot."""

    slack: SlackProcess
    folder: Path
    team: str
    tokens: Mapping[str, str] = field(repr=False)
    people: Sequence[str]
    channels: Sequence[str]

    @property
    def database(self) -> str:
        return sqlite_url(self.folder / "kawaraban.sqlite3")

    def key(self, channel: str) -> ChannelKey:
        return ChannelKey("slack", f"{self.team}/{channel}")

    def bot(self, at: datetime | None = None, **more: str) -> AbstractContextManager[BotProcess]:
        """Run the bot in Socket Mode without paper sources and model, unless set in `more`, at `at` if given."""
        return BotProcess.running(chat.environment(self.database) | {**self.tokens} | more, self.folder, at)

    async def fill(self, size: int, channels: Sequence[str] = (), cached: int = 0, known: int = 0) -> None:
        """Subscribe the channels (default: all) and enqueue a digest of `size` papers for each, due now.

        Also store the papers of `chat.stock`.
        """
        now = datetime.now(UTC)
        async with Store.open(self.database) as store:
            for channel in channels or self.channels:
                made = digest(self.key(channel), size)
                await chat.subscribe(store, made, SETTINGS, self.people[0], now)
                await enqueue(store, made, now)
            await chat.stock(store, cached, known, now)


async def enqueue(store: Store, made: Digest, now: datetime) -> None:
    """Put a digest into the ledger as if it had just been made."""
    await chat.enqueue(store, made, SETTINGS, f"slack:{made.channel.name.partition('/')[0]}", now)


@contextmanager
def scene(people: int, channels: int, pace: float = 1.0) -> Iterator[Scene]:
    """Start a Slack double with people who are all in every channel; its clock runs at `pace` times real time."""
    with SlackProcess.serving(pace=pace) as slack, TemporaryDirectory(prefix="kawaraban-slack-") as folder:
        app = slack.app()
        users = [slack.add_user(f"person-{number}", locale="en-US", is_admin=True) for number in range(people)]
        made = [slack.add_channel(f"papers-{number}", users) for number in range(channels)]
        tokens = {
            "SLACK_BOT_TOKEN": app["token"],
            "SLACK_APP_TOKEN": app["app_token"],
            "SLACK_API_URL": slack.url,
        }
        yield Scene(slack, Path(folder), app["team"], tokens, users, made)
