"""The whole bot on the invented sample at work, as the tests of a chat's adapter run it against their double."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import TypeVar

import pytest

from bot.app.app import App
from bot.app.dates import utc_now
from bot.app.wiring import service
from bot.chat.uses import UseCases
from bot.models import Channel, ChannelKey, PaperId
from bot.ports import Adapter, Connection
from bot.settings import Settings
from bot.store.store import Store
from bot.taste.votes import PaperVotes
from tests.support.adapters import Watch

SECRET = b"an invented secret of some length"


@dataclass
class Work:
    """A running bot: what its adapter was given and made, and the port on which it listens."""

    uses: UseCases
    store: Store
    connection: Connection
    port: int
    stop: asyncio.Event
    work: asyncio.Task[None]
    ended: bool = field(default=False)

    async def stored(self, key: ChannelKey) -> Channel:
        found = await self.uses.channels.get(key)
        assert found
        return found

    async def votes_in(self, key: ChannelKey) -> dict[PaperId, PaperVotes]:
        """Return the votes of the last day on the channel's papers."""
        return await self.uses.votes.of_channel(key, utc_now() - timedelta(days=1))

    async def end(self) -> None:
        """Stop it as a signal would."""
        if not self.ended:
            self.ended = True
            self.stop.set()
            await self.work


WorkT = TypeVar("WorkT", bound=Work)


def core_settings(port: int = 0) -> Settings:
    """Return settings for digests of two papers in Japanese, on any free port."""
    return Settings(_env_file=None, http_port=port, digest_language="ja", digest_size=2)  # type: ignore[call-arg]  # BaseSettings' own argument


@asynccontextmanager
async def working(
    make: Callable[[UseCases, Store, Connection, int, asyncio.Event, asyncio.Task[None]], WorkT],
    app: App,
    module: ModuleType,
    build: Callable[[], Adapter[UseCases]],
) -> AsyncIterator[WorkT]:
    """Run one process of the bot on the database of `app`; `module` is its adapter's, `build` builds the adapter."""
    watch, patch = Watch(), pytest.MonkeyPatch()
    # Spacing a channel's messages by a second would only slow the tests down.
    patch.setattr(module, "SPACING", 0.01)
    patch.setattr(module, "RATE", 200.0)
    stop, listening = asyncio.Event(), asyncio.get_running_loop().create_future()
    try:
        parts = service(app, SECRET, [watch.over(build())])
        work = asyncio.create_task(parts.run(stop, listening.set_result))
        made = make(watch.given[0], app.store, watch.made[0], await listening, stop, work)
        try:
            yield made
        finally:
            await made.end()
    finally:
        patch.undo()
