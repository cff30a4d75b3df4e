"""The round of news when the database fails for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.errors import StoreError
from bot.operations.news import NewsRound
from bot.store.store import Store


class Broken:
    """Announces and watches in a database that fails the first `failures` times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.rounds = 0

    async def listeners(self) -> Sequence[Any]:
        return ()

    async def run(self, *_: object) -> int:
        if self.failures:
            self.failures -= 1
            raise StoreError("store.locked", path="kawaraban.db")
        self.rounds += 1
        return 0


@pytest.mark.parametrize("failures", [0, 1, 2])
async def test_a_round_that_the_database_breaks_off_is_made_again_soon(store: Store, failures: int) -> None:
    slept: list[float] = []
    both: Any = Broken(failures)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    await NewsRound(store, both, both, sleep).run()

    assert both.rounds == 2  # told, then looked
    assert len(slept) == failures


async def test_a_database_that_stays_broken_is_told(store: Store) -> None:
    both: Any = Broken(9)

    async def sleep(seconds: float) -> None:
        assert seconds > 0

    with pytest.raises(StoreError):
        await NewsRound(store, both, both, sleep).run()
