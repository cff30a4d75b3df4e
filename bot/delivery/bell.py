"""Signs between the deliverer and those who fill its ledger. They exist before either side does."""

from __future__ import annotations

import asyncio

from bot.waiting import wait_any


class Bell:
    """`news` is set when there is something new in the ledger, `quiet` while no message is due or on its way."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self.quiet = asyncio.Event()

    def ring(self) -> None:
        """Have the ledger looked at, at once."""
        self.news.set()

    async def until_quiet(self, seconds: float) -> None:
        """Wait until no message is due or on its way, but no longer than `seconds`: what can wait uses up no rate."""
        await wait_any(self.quiet, seconds=seconds)
