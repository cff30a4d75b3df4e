"""The tests' Slack as a process of its own, for a bot that is one too.

    python -m tests.fakes.slack_process [--port N] [--at INSTANT] [--pace X]

The first line that it prints is its address. Its clock goes as fast as the real one, or X times so; `pass_time`
moves it on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import urlencode

from tests.support.standins import StandIn

Json = dict[str, Any]


class SlackProcess(StandIn):
    """A running one; `url` is what SLACK_API_URL takes. `slack_control` says what there is to ask."""

    @classmethod
    @contextmanager
    def serving(cls, port: int = 0, at: datetime | None = None, pace: float = 1.0) -> Iterator[Self]:
        """Start one (on a free port, where none is given), wait until it listens, and end it with the block.

        Its clock shows `at` then, if that is given, and goes at the `pace`.
        """
        options = [f"--port={port}", f"--pace={pace}", *([f"--at={at.isoformat()}"] if at else [])]
        with cls.running("tests.fakes.slack_process", *options) as server:
            yield server

    def ask(self, name: str, /, **query: Any) -> Any:
        """What `/_control/<name>` tells. Raises ValueError with its refusal."""
        return self.control("GET", f"/_control/{name}?{urlencode(query)}")

    def tell(self, name: str, /, **arguments: Any) -> Any:
        """Have `/_control/<name>` do something. Raises ValueError with its refusal."""
        return self.control("POST", f"/_control/{name}", arguments)

    def app(self) -> Json:
        """The app's secrets and the first workspace: what the bot's settings need."""
        found: Json = self.ask("app")
        return found

    def add_user(self, name: str, **more: Any) -> str:
        """The id of a new person; `more`: team, is_admin, is_owner, locale, tz, tz_offset."""
        return str(self.tell("user", name=name, **more)["id"])

    def add_channel(self, name: str, members: list[str], **more: Any) -> str:
        """The id of a new channel; `more`: kind, bot, team."""
        return str(self.tell("channel", name=name, members=members, **more)["id"])

    def people(self, act: str, /, **arguments: Any) -> Json:
        """Let somebody act: `people("react", channel=…, ts=…, name="+1", user=…)`."""
        came: Json = self.tell("people", act=act, **arguments)
        return came

    def messages(self, channel: str) -> list[Json]:
        found: list[Json] = self.ask("messages", channel=channel)
        return found

    def log(self) -> Json:
        found: Json = self.ask("log")
        return found

    def page(self, **query: str) -> str:
        """The HTML of a channel (`channel`, `viewer`) or of a view (`user`, `view`)."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", f"/_control/page?{urlencode(query)}")
            return connection.getresponse().read().decode()
        finally:
            connection.close()


async def serve(port: int, start: float | None, pace: float) -> None:
    from tests.fakes.slack import Clock, SlackDouble
    from tests.fakes.slack_control import Control

    double = SlackDouble(Clock(start, running=True, pace=pace))
    async with double.running(port, Control(double).routes()) as url:
        print(json.dumps({"url": url}), flush=True)  # noqa: T201 - whoever started the process reads it
        parent = os.getppid()
        while os.getppid() == parent:  # noqa: ASYNC110 - whoever started it may be killed, and nothing tells
            await asyncio.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description="A Slack for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one (default)")
    parser.add_argument("--at", type=datetime.fromisoformat, help="what its clock shows first (default: now)")
    parser.add_argument("--pace", type=float, default=1.0, help="how fast its clock goes (default: 1)")
    asked = parser.parse_args()
    asyncio.run(serve(asked.port, asked.at.timestamp() if asked.at else None, asked.pace))


if __name__ == "__main__":
    main()
