"""The Discord double as a process of its own, for bots that are real processes too.

    with DiscordProcess.serving() as discord:          # DISCORD_API_URL=discord.api, DISCORD_TOKEN=discord.token
        guild = discord.call("state.add_guild", name="Lab")
        papers = discord.call("state.add_channel", guild=guild["id"], name="papers")
        ...
        discord.call("people.react", message=card, emoji="👍", user=ada)
        assert discord.log()["findings"] == []

`call` takes the names and arguments of `discord_control.Control`, with ids in place of objects.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from tests.fakes.discord_rest import BASE
from tests.fakes.discord_state import TOKEN
from tests.support.standins import StandIn


class DiscordProcess(StandIn):
    """A running `tests.fakes.discord_control`."""

    token = TOKEN

    @classmethod
    @contextmanager
    def serving(cls, *options: str) -> Iterator[Self]:
        """Start one on a free port with the module's options, wait until it listens, and end it with the block."""
        with cls.running("tests.fakes.discord_control", *options) as server:
            yield server

    @property
    def api(self) -> str:
        """The address for `DISCORD_API_URL`."""
        return self.url + BASE

    def call(self, name: str, /, **arguments: Any) -> Any:
        """What `name` gives. Raises ValueError with the reason where it cannot be done."""
        return self.control("POST", f"/_control/{name}", arguments)

    def messages(self, channel: int) -> list[dict[str, Any]]:
        """The channel's messages as Discord tells them, with `custom_ids`, `ephemeral` and `edited` (how often)."""
        found: list[dict[str, Any]] = self.call("messages", channel=channel)
        return found

    def books(self, expected: Sequence[str]) -> dict[str, Any]:
        """`lost` and `duplicated` of the delivery keys that were to be posted once each."""
        found: dict[str, Any] = self.call("books", expected=list(expected))
        return found

    def log(self) -> dict[str, Any]:
        """Requests by route and status, the busiest second, refused requests, sessions, and findings."""
        found: dict[str, Any] = self.call("log")
        return found

    def counts(self) -> dict[str, Any]:
        """What `log` tells but the findings."""
        found: dict[str, Any] = self.call("counts")
        return found

    def until(self, holds: Callable[[], object], within: float = 300.0) -> None:
        """Wait for something that the bot does. Raises TimeoutError."""
        end = time.monotonic() + within
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.05)
