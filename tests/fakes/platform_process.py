"""The tests' chat platform as a process of its own, whose books outlive the workers that talk to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from tests.support.standins import StandIn


@dataclass(frozen=True, slots=True)
class Books:
    """What the platform accepted, against what was expected: keys, and how often where more than once."""

    lost: Sequence[str]
    duplicated: dict[str, int]
    unexpected: Sequence[str]


class FakePlatformProcess(StandIn):
    """A running `tests.fakes.platform_server`; `url` is its base URL."""

    @classmethod
    @contextmanager
    def serving(cls, seed: int = 1, **behaviour: float | str) -> Iterator[Self]:
        """Start one on a free port with fields of `Behaviour`, wait until it listens, and end it with the block."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in behaviour.items()]
        with cls.running("tests.fakes.platform_server", f"--seed={seed}", *options) as server:
            yield server

    def mode(self, **changed: Any) -> None:
        """Change fields of `Behaviour`, or name in `next` what happens to the next requests."""
        self.control("POST", "/_mode", changed)

    def refuse(self, channel: str, refusal: str | None) -> None:
        """Refuse everything in the channel from now on, or nothing any more."""
        self.control("POST", "/_channel", {"channel": channel, "refusal": refusal})

    def books(self, expected: Sequence[str]) -> Books:
        return Books(**self.control("POST", "/_books", {"expected": list(expected)}))

    def log(self) -> dict[str, Any]:
        """`requests` by path, messages `accepted`, and the most posts in one second: `busiest`, `busiest_channel`."""
        found: dict[str, Any] = self.control("GET", "/_log")
        return found

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """The channel's messages in the order in which they came: id, thread, key, text, mentions, links, edited."""
        found: list[dict[str, Any]] = self.control("GET", f"/_messages?channel={quote(channel, safe='')}")
        return found
