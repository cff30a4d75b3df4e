"""The connected use cases for the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.app.dates import due
from bot.app.secret import known_secret
from bot.common.health import Monitor
from bot.digests.digest import Digests, Order
from bot.errors import BotError, BudgetError, InputError
from bot.models import Channel, ChannelKey
from bot.operations.status import Status, StatusReader
from bot.papers.collect import Collecting
from bot.papers.details import Details
from bot.papers.lookup import Lookup
from bot.papers.watch import Watch
from bot.questions.asking import Asking
from bot.reading.reader import PaperReader
from bot.settings import Settings
from bot.store.sealing import Sealer
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.placement import Placement
from bot.taste.tastes import Tastes
from bot.words.languages import language_tag

if TYPE_CHECKING:
    from bot.app.connections import Clock
    from bot.chat.archive import Archive

TERMINAL = ChannelKey("terminal", "default")
LARGEST_DIGEST = 20


@dataclass(frozen=True, slots=True)
class Ingredients:
    """The parts that digests are made with: collected papers, their placements, and summaries."""

    store: Store
    collector: Collecting
    placement: Placement
    summaries: Summaries

    def digests(self) -> Digests:
        return Digests(self.store, self.collector, self.summaries, Tastes(self.store, self.placement))


@dataclass(frozen=True, slots=True)
class App:
    """The connected use cases for the command line, on which `open_service` builds."""

    settings: Settings
    store: Store
    clock: Clock
    budget: Budget
    ingredients: Ingredients
    digests: Digests
    lookup: Lookup
    asking: Asking
    reader: PaperReader
    details: Details
    watch: Watch
    model: Monitor | None = None  # how the language model is

    def order(
        self,
        date: str | None,
        language: str | None = None,
        size: int | None = None,
        *,
        time: str | None = None,
        preview: bool = False,
    ) -> Order:
        """Return the command line's order for a digest.

        Raises InputError for an invalid date, time, language or size.
        """
        if size is not None and not 1 <= size <= LARGEST_DIGEST:
            raise InputError("input.size", text=size)
        day, due_at = due(date, self.clock(), ZoneInfo(self.settings.digest_timezone), time)
        channel = Channel(TERMINAL, self.settings.channel)
        return Order(channel, day, due_at, self.language(language), size, preview)

    def language(self, text: str | None) -> str:
        """Return the tag in its usual spelling, the default one for None. Raises InputError `input.language`."""
        try:
            return self.settings.digest_language if text is None else language_tag(text)
        except ValueError:
            raise InputError("input.language", text=text) from None

    def explained(self, code: str) -> BotError:
        """Return the error for a failure's code, with the arguments of its sentence."""
        if code.startswith("budget."):
            error = self.budget.reached(code)
            return BudgetError(code, **error.arguments | {"resets_at": self.budget.resets_at().astimezone(self.zone)})
        return BotError(code)

    @property
    def archive(self) -> Archive:
        """The use case that looks back at channels. Reading votes needs no secret."""
        from bot.chat.archive import Archive
        from bot.taste.votes import Votes

        return Archive(self.store, Votes(self.store, b"", self.clock).of_channel, self.clock)

    async def status(self) -> Status:
        """Return the state of the installation, with the names of direct messages where the secret is at hand.

        Raises StoreError.
        """
        given = self.settings.secret_key.get_secret_value() if self.settings.secret_key else None
        if secret := known_secret(given, self.settings.database_path):
            self.store.channels.open_with(Sealer(secret))
        return await StatusReader(self.store, self.budget, self.clock).read()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.digest_timezone)
