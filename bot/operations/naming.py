"""Ask the platforms what their channels are called, so that the log and `status` name them as people do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import PlatformError
from bot.models import ChannelKey
from bot.ports import NameOf
from bot.store.store import Store

logger = logging.getLogger(__name__)

NAMES_SECONDS = 60.0
AT_ONCE = 20  # each is a request: Slack allows 50 of the kind a minute in a workspace
GOOD_FOR = timedelta(days=1)  # a channel may be renamed


@dataclass(frozen=True, slots=True)
class Naming:
    """Keeps the names of subscribed channels. `personal` says whether a channel is one person's own."""

    store: Store
    personal: Callable[[ChannelKey], bool]
    clock: Callable[[], datetime]

    async def run(self, ask: Mapping[str, NameOf]) -> None:
        """Ask for a few names that are unknown or old; `ask` is keyed by platform. Raises StoreError."""
        for key in await self.store.channels.nameless(self.clock() - GOOD_FOR, AT_ONCE):
            name = None
            try:
                if key.platform in ask:
                    name = await ask[key.platform](key) or None
            except PlatformError as error:
                logger.info("%s did not tell its name: %s", key, error)
            await self.store.channels.name(key, name, personal=self.personal(key))
