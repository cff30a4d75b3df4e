"""The connected use cases, as the command line calls them."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.app.dates import due
from bot.app.files import check_writable
from bot.chat.commands import ExportForm
from bot.cli.formats import DigestFormat
from bot.digests.digest import Digests, Order
from bot.digests.imports import Imported, Importer
from bot.errors import BotError, BudgetError, InputError
from bot.models import (
    Channel,
    ChannelKey,
)
from bot.operations.status import Status, StatusReader
from bot.papers.collect import Collector
from bot.papers.lookup import Lookup
from bot.settings import Settings
from bot.store.store import Store
from bot.summaries.budget import Budget
from bot.summaries.summaries import Summaries
from bot.taste.placement import Placement
from bot.taste.tastes import Tastes
from bot.words.languages import language_tag

if TYPE_CHECKING:
    from bot.app.connections import Clock


TERMINAL = ChannelKey("terminal", "default")
LARGEST_DIGEST = 20


@dataclass(frozen=True, slots=True)
class App:
    """The connected use cases and renderers, as the command line calls them; `open_service` builds on it."""

    settings: Settings
    store: Store
    budget: Budget
    digests: Digests
    tastes: Tastes
    placement: Placement
    lookup: Lookup
    importer: Importer
    reader: StatusReader
    collector: Collector
    summaries: Summaries
    clock: Clock

    def order(
        self, date: str | None, language: str | None = None, size: int | None = None, *, preview: bool = False
    ) -> Order:
        """The command line's order. Raises InputError for a bad date, language or size."""
        if size is not None and not 1 <= size <= LARGEST_DIGEST:
            raise InputError("input.size", text=size)
        day, due_at = due(date, self.clock(), ZoneInfo(self.settings.digest_timezone))
        channel = Channel(TERMINAL, self.settings.channel)
        return Order(channel, day, due_at, self.language(language), size, preview)

    def language(self, text: str | None) -> str:
        """The tag in its usual spelling, or the one of the settings. Raises InputError `input.language`."""
        try:
            return self.settings.digest_language if text is None else language_tag(text)
        except ValueError:
            raise InputError("input.language", text=text) from None

    def explained(self, code: str) -> BotError:
        """The error behind a failure's code, with the arguments that its sentence asks for."""
        if code.startswith("budget."):
            error = self.budget.reached(code)
            return BudgetError(code, **error.arguments | {"resets_at": self.budget.resets_at().astimezone(self.zone)})
        return BotError(code)

    async def import_posts(self, directory: Path) -> tuple[Imported, tuple[tuple[Path, BotError], ...]]:
        """Take over every post below the directory; the files that are none, with the reason, beside the outcome.

        The command line writes posts too, so their papers count as shown there as well. Raises InputError
        (`input.file`) where the directory cannot be read.
        """
        from adapters.hugo.platform import read_posts
        from adapters.hugo.post import to_digest

        if not directory.is_dir():
            why_not = errno.ENOTDIR if directory.exists() else errno.ENOENT
            raise InputError("input.file", path=directory, reason=os.strerror(why_not))
        channel = ChannelKey("hugo", str(directory.resolve()))
        digests, unreadable = [], []
        for path, post in read_posts(directory):
            if isinstance(post, BotError):
                unreadable.append((path, post))
            else:
                digests.append(to_digest(post, channel))
        return await self.importer.take(digests, [TERMINAL]), tuple(unreadable)

    async def export(self, channel: str | None, form: ExportForm) -> str:
        """What a channel was shown and voted on; the command line's own papers where none is named.

        Raises InputError (`input.channel`) for a channel that was shown nothing.
        """
        from bot.chat.archive import Archive
        from bot.taste.votes import Votes

        # Reading what was voted takes no secret.
        archive = Archive(self.store, Votes(self.store, b"", self.clock).of_channel, self.clock)
        try:
            key = ChannelKey.parse(channel) if channel else TERMINAL
        except ValueError:
            raise InputError("input.channel", text=channel) from None
        documents = await archive.export(key, (form,))
        if not documents:
            raise InputError("input.channel", text=str(key))
        return documents[0].text

    def place(self, form: DigestFormat, output: Path | None) -> Path | None:
        """The folder that a digest is written below, None for standard output. Raises OutputError for an unfit one."""
        place = output or (self.settings.hugo_content_dir if form is DigestFormat.HUGO else None)
        if place is not None:
            check_writable(place)
        return place

    async def status(self) -> Status:
        return await self.reader.read()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.digest_timezone)
