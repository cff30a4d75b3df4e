"""Look back at a channel's papers: its favourites, a search among all that were shown, and an export."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.chat import commands, exports
from bot.chat.commands import ExportForm, Period
from bot.chat.exports import Exported
from bot.models import ChannelKey, ChannelSettings, Document, PaperId, Reply, say
from bot.store.store import Store
from bot.taste.votes import KEPT, PaperVotes

TOP_SHOWN = 10
FOUND_SHOWN = 10
PERIODS: Mapping[Period, timedelta] = {Period.WEEK: timedelta(days=7), Period.MONTH: timedelta(days=30)}

_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Archive:
    """The use case behind `/digest top`, `search` and `export`.

    `tally` returns the votes of a channel's people on each paper since an instant.
    """

    def __init__(
        self,
        store: Store,
        tally: Callable[[ChannelKey, datetime], Awaitable[Mapping[PaperId, PaperVotes]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._tally = tally
        self._clock = clock

    async def answer(
        self, key: ChannelKey, settings: ChannelSettings, command: commands.Top | commands.Search | commands.Export
    ) -> Reply:
        """Answer the command in the channel's language. Raises StoreError."""
        match command:
            case commands.Top(period):
                return await self._top(key, settings, period)
            case commands.Search(words):
                return await self._search(key, settings, words)
            case commands.Export(form):
                documents = await self.export(key, (form,) if form else tuple(ExportForm))
                if not documents:
                    return Reply.in_channel(settings, say("channels.export.none"))
                return replace(Reply.in_channel(settings, say("channels.export.ready")), documents=documents)
            case _:
                assert_never(command)

    async def _top(self, key: ChannelKey, settings: ChannelSettings, period: Period) -> Reply:
        """Return the most liked of the papers that were voted on within the period."""
        tally = await self._tally(key, self._clock() - PERIODS[period])
        liked = [(paper, votes) for paper, votes in tally.items() if votes.value > 0]
        liked.sort(key=lambda pair: (-pair[1].value, -pair[1].likers, str(pair[0])))
        papers = await self._store.papers.get_many(paper for paper, _ in liked[:TOP_SHOWN])
        best = [(papers[paper], votes) for paper, votes in liked[:TOP_SHOWN] if paper in papers]
        if not best:
            return Reply.in_channel(settings, say(f"channels.top.none.{period.value}"))
        lines = (
            say("channels.top.paper", n=votes.likers, rank=rank, title=paper.title)
            for rank, (paper, votes) in enumerate(best, 1)
        )
        reply = Reply.in_channel(settings, say(f"channels.top.{period.value}"), *lines)
        return replace(reply, choices=tuple(paper for paper, _ in best))

    async def _search(self, key: ChannelKey, settings: ChannelSettings, words: str) -> Reply:
        papers = await self._store.archive.search(words, key, FOUND_SHOWN)
        if not papers:
            return Reply.in_channel(settings, say("channels.search.none", words=words))
        return replace(Reply.in_channel(settings, say("channels.search.found", words=words)), choices=papers)

    async def export(self, key: ChannelKey, forms: Sequence[ExportForm]) -> tuple[Document, ...]:
        """Export the papers that the channel was shown or voted on, newest first, one document per form.

        They are named after today in the channel's time zone. Returns nothing if there are no such papers. Raises
        StoreError.
        """
        now = self._clock()
        tally = await self._tally(key, now - KEPT)
        shown_at = await self._store.archive.shown_at(key)
        papers = await self._store.papers.get_many({*shown_at, *tally})
        rows = [
            Exported(paper, shown_at.get(paper_id), tally[paper_id].value, tally[paper_id].voters)
            if paper_id in tally
            else Exported(paper, shown_at.get(paper_id))
            for paper_id, paper in papers.items()
        ]
        rows.sort(key=lambda row: (row.shown_at or _EARLIEST, str(row.paper.id)), reverse=True)
        channel = await self._store.channels.get(key)
        day = now.astimezone(ZoneInfo(channel.settings.timezone) if channel else UTC).date()
        return tuple(exports.document(form, key, rows, now, day) for form in forms) if rows else ()
