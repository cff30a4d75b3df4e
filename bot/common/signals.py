"""The signal to stop, as a protocol that tasks can wait for."""

from __future__ import annotations

from typing import Protocol


class StopSignal(Protocol):
    """The signal to stop; an `asyncio.Event` is one."""

    def is_set(self) -> bool: ...

    async def wait(self) -> object: ...
