"""Signs between the deliverer and those who fill its ledger. They exist before either side does."""

from __future__ import annotations

import asyncio


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
        await wait(self.quiet, seconds)


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, but no longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
