"""Ask Slack at intervals whether it can be reached, accepts the bot's token, and what the token may do.

Socket Mode has a token of its own and HTTP mode has no connection, so nothing else would tell before the next digest.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from adapters.slack.scopes import BOT, ESSENTIAL
from adapters.slack.workspaces import Http
from bot.common.health import Health, Monitor, worst
from bot.common.signals import StopSignal
from bot.common.waiting import wait_any
from bot.errors import SCOPE_MISSING, PermanentError, PlatformError

logger = logging.getLogger(__name__)

EVERY = 10.0  # seconds
WITHIN = 5.0  # seconds: whatever takes a question and never answers shows after 15 at the latest


class Probe:
    """`token` is the one of the settings; without one, Slack is only asked whether it is there."""

    def __init__(self, http: Http, token: str, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._token = token
        self._answers = Monitor(clock)
        self._permits = Monitor(clock, grace=None)  # scopes for less than everything: never down
        self._refused = False
        self._missing: list[str] = []

    @property
    def health(self) -> Health:
        return worst(self._answers.health, self._permits.health)

    async def run(self, stop: StopSignal) -> None:
        """Ask until `stop`, and keep what was answered."""
        while not await wait_any(stop, seconds=EVERY):
            try:
                async with asyncio.timeout(WITHIN):
                    await self.ask()
            except TimeoutError:
                self._answers.fails("platform.timeout")

    async def ask(self) -> None:
        """Ask once."""
        try:
            if self._token:
                self._note_scopes(await self._http.scopes(self._token))
            else:
                await self._http.ask("", lambda client: client.api_test())
        except PlatformError as error:
            self._answers.fails(error.code)
            refused = isinstance(error, PermanentError) and error.is_operators
            if refused and not self._refused:
                logger.error("Slack rejects SLACK_BOT_TOKEN: everything waits until a valid one is set")  # noqa: TRY400 - the cause is in the sentence
            self._refused = refused
            return
        self._refused = False
        if ESSENTIAL & set(self._missing):
            self._answers.fails(SCOPE_MISSING)
        else:
            self._answers.works()

    def _note_scopes(self, granted: frozenset[str]) -> None:
        """Log once which scopes are missing, and once that none is any more. Nothing follows from an empty answer."""
        if not granted:
            return
        missing = [scope for scope in BOT if scope not in granted]
        if missing and missing != self._missing:
            logger.error(
                "the Slack app lacks the scopes %s: paste adapters/slack/manifest.yaml into its App Manifest again, and"
                " reinstall it to the workspace",
                ", ".join(missing),
            )
        elif self._missing and not missing:
            logger.warning("the Slack app has all its scopes again")
        self._missing = missing
        if missing:
            self._permits.fails(SCOPE_MISSING)
        else:
            self._permits.works()
