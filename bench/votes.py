"""Compare the votes that a bot could not hear; shared by the benches of all chats."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.chat import SECRET
from bot.models import ChannelKey
from bot.store.store import Store

CARDS = 4  # papers in a digest; the headline makes one message more
HOUR = 3_600

_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

Vote = tuple[str, str, str]  # message, voter, emoji


@dataclass
class Heard:
    """The votes that a bot has heard of. `wrong` holds sentences."""

    reactions: int = 0
    removals: int = 0
    messages: int = 0
    partial: int = 0
    stored: int = 0
    missing: int = 0
    invented: int = 0
    drops: int = 0
    wrong: list[str] = field(default_factory=list)

    def compare(self, there: Sequence[Vote], expected: set[Vote]) -> None:
        """Count the stored votes against the expected ones."""
        self.stored = len(there)
        self.missing = len(expected - {*there})
        self.invented = len(Counter(there) - Counter(expected))

    def faults(self) -> list[str]:
        """Return a sentence for each fault."""
        sentences = list(self.wrong)
        if self.missing or self.invented:
            sentences.append(f"{self.missing} votes missing, {self.invented} invented")
        return sentences


def voter(platform: str, user: str | int) -> str:
    """Return the pseudonym under which the bot stores a person's votes."""
    return hmac.new(SECRET.encode(), f"{platform}:{user}".encode(), hashlib.sha256).hexdigest()


def stored(database: str, channels: Sequence[ChannelKey]) -> list[Vote]:
    """Return the stored votes that count in the channels, including duplicates."""

    async def read() -> list[Vote]:
        async with Store.open(database) as store:
            rows = [row for one in channels for row in await store.votes.present(one, _LONG_AGO)]
        return [(str(row.message), row.voter, row.emoji) for row in rows]

    return asyncio.run(read())
