"""Ask Slack at intervals whether it can be reached and accepts the bot's token.

Socket Mode has a token of its own and HTTP mode has no connection, so nothing else would tell before the next digest.
"""

from __future__ import annotations

import logging

from adapters.slack.workspaces import Http
from bot.common.health import Monitor
from bot.common.signals import StopSignal
from bot.common.waiting import wait_any
from bot.errors import PermanentError, PlatformError

logger = logging.getLogger(__name__)

EVERY = 10.0  # seconds


class Probe:
    """`token` is the one of the settings; without one, Slack is only asked whether it is there."""

    def __init__(self, http: Http, token: str, monitor: Monitor) -> None:
        self._http = http
        self._token = token
        self.monitor = monitor
        self._refused = False

    async def run(self, stop: StopSignal) -> None:
        """Ask until `stop`, and tell the monitor."""
        while not await wait_any(stop, seconds=EVERY):
            await self.ask()

    async def ask(self) -> None:
        """Ask once."""
        try:
            if self._token:
                await self._http.ask(self._token, lambda client: client.auth_test())
            else:
                await self._http.ask("", lambda client: client.api_test())
        except PlatformError as error:
            self.monitor.fails(error.code)
            refused = isinstance(error, PermanentError) and error.is_operators
            if refused and not self._refused:
                logger.error("Slack rejects SLACK_BOT_TOKEN: everything waits until a valid one is set")  # noqa: TRY400 - the cause is in the sentence
            self._refused = refused
            return
        self.monitor.works()
        self._refused = False
