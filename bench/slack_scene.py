"""What the benches of Slack begin with: the tests' Slack as a process, and a database with digests that are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.digests import DAY, SETTINGS, digest, paper
from bot.delivery import digest_parts
from bot.models import Channel, ChannelKey, ChannelState, Digest, Style, Summary
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.bot_process import BotProcess
from tests.fakes.slack_process import SlackProcess

SECRET = "an invented secret of some length"  # noqa: S105 (invented)
KNOWN = 50_000
NOWHERE = "http://127.0.0.1:9"  # the discard port, where nobody listens
CACHED = Summary("en", Style.BRIEF, "Prints faster", "The press is described. Its ink is measured. The paper lasts.")


@dataclass(frozen=True)
class Scene:
    """One Slack with people and channels, and the folder of one bot."""

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
        """`kawaraban run` in Socket Mode, with no paper source and no model but those of `more`; `at` another time."""
        remotes = ("ARXIV_API_URL", "HUGGINGFACE_API_URL", "SEMANTIC_SCHOLAR_API_URL", "ANTHROPIC_BASE_URL")
        settings = {
            "DATABASE_URL": self.database,
            "SECRET_KEY": SECRET,
            "LC_ALL": "en_GB.UTF-8",
            "DIGEST_LANGUAGE": "en",
        }
        return BotProcess.running(dict.fromkeys(remotes, NOWHERE) | settings | {**self.tokens} | more, self.folder, at)

    async def fill(self, size: int, channels: Sequence[str] = (), cached: int = 0, known: int = 0) -> None:
        """Digests of `size` papers, due now, in the channels (all, where none is named), which are subscribed.

        Beside them the first `cached` papers with their finished summaries, and from KNOWN on `known` ones without.
        """
        now = datetime.now(UTC)
        async with Store.open(self.database) as store:
            for channel in channels or self.channels:
                key = self.key(channel)
                made = digest(key, size)
                subscribed = Channel(key, SETTINGS, ChannelState.ACTIVE, now + timedelta(hours=20), self.people[0])
                await store.channels.change(key, lambda _, subscribed=subscribed: subscribed)  # type: ignore[misc]
                await enqueue(store, made, now)
            await store.papers.save([paper(KNOWN + number) for number in range(known)])
            papers = [paper(number) for number in range(1, cached + 1)]
            await store.papers.save(papers)
            for one in papers:
                await store.summaries.claim(one.id, "en", Style.BRIEF, "bench", now, timedelta(minutes=1))
                await store.summaries.finish(one.id, "bench", CACHED)


async def enqueue(store: Store, made: Digest, now: datetime) -> None:
    """Put a digest into the ledger, as if it had just been made."""
    await store.papers.save([entry.paper for entry in made.entries])
    await store.digests.save(made)
    bucket = f"slack:{made.channel.name.partition('/')[0]}"
    await store.deliveries.enqueue(made.channel, DAY, digest_parts(made, SETTINGS), bucket, now)


@contextmanager
def scene(people: int, channels: int) -> Iterator[Scene]:
    """A Slack with so many people, all of them in so many channels, for the block."""
    with SlackProcess.serving() as slack, TemporaryDirectory(prefix="kawaraban-slack-") as folder:
        app = slack.app()
        users = [slack.add_user(f"person-{number}", locale="en-US", is_admin=True) for number in range(people)]
        made = [slack.add_channel(f"papers-{number}", users) for number in range(channels)]
        tokens = {
            "SLACK_BOT_TOKEN": app["token"],
            "SLACK_APP_TOKEN": app["app_token"],
            "SLACK_API_URL": slack.url,
        }
        yield Scene(slack, Path(folder), app["team"], tokens, users, made)
