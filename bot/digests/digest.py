"""One channel's digest of one date: recent -> unseen here -> rank -> save -> summarise.

A digest is saved before anybody sees it, so its papers never come again and a second run gives the same one.
Of two processes that make it at once, the one that saves first decides; the other one gets what is stored.
Summaries are filled in afterwards: they belong to (paper, language, style), not to the digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.digests.window import RecentPapersCache, window
from bot.errors import InputError
from bot.models import (
    Channel,
    Choice,
    Digest,
    DigestStatus,
    EmptyReason,
    Entry,
    Failure,
    Paper,
    PaperId,
    SourceReport,
    Style,
    Summary,
    Window,
)
from bot.papers.collect import Collecting
from bot.ports import Progress
from bot.ranking.rank import rank, rank_in
from bot.ranking.select import select
from bot.ranking.taste import NO_TASTE
from bot.ranking.wishes import Wishes
from bot.sources.calendar import quiet_day
from bot.store.store import Store
from bot.summaries.excerpt import excerpt
from bot.summaries.summaries import Summaries
from bot.taste.tastes import Tastes


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: `day` is the channel's local date, `due_at` the instant up to which papers count.

    The papers of a channel with a schedule (`next_run_at`) begin where its digest before left off, those of any other
    seven days before `due_at` (see `bot.digests.window`).

    `language` and `size` are the channel's own where None. A preview stores nothing, so the same papers may come again.
    """

    channel: Channel
    day: date
    due_at: datetime
    language: str | None = None
    size: int | None = None
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper would be chosen, or not.

    `choice` has the parts of its score and the reasons; it is None for a paper that the channel mutes, that was
    withdrawn, or that no source had listed. `place` is its rank among the candidates and itself, of which there are
    `among`.
    """

    paper: Paper
    choice: Choice | None
    place: int | None
    among: int
    shown: bool  # in this channel, so that it does not come again
    muted: bool
    since: datetime | None = None  # when the candidates were listed at the earliest; None for a week before


class Digests:
    """The use case that makes digests, and finds those made before."""

    def __init__(self, store: Store, collector: Collecting, summaries: Summaries, tastes: Tastes) -> None:
        self._store = store
        self._collector = collector
        self._summaries = summaries
        self._tastes = tastes
        self._windows = RecentPapersCache(store)

    async def make(self, order: Order, progress: Progress | None = None) -> Digest:
        """The digest with its summaries. Its `empty` is set, and nothing is saved, where there is no paper.

        Raises InputError (`input.stored_size`) for another size than the one of the digest that this day already has.
        """
        if order.preview:
            digest = await self._choose(order, progress)
        else:
            digest = await self._stored(order) or await self._save(order, progress)
        return await self._with_summaries(replace(digest, language=self._language(order)), progress)

    async def _stored(self, order: Order) -> Digest | None:
        digest = await self._store.digests.get(order.channel.key, order.day)
        if digest and order.size is not None and not _is_of_size(digest, order.size):
            raise InputError("input.stored_size", size=len(digest.entries), date=order.day)
        return digest

    async def _choose(self, order: Order, progress: Progress | None) -> Digest:
        """Collect, rank and select; nothing about the channel is written."""
        settings = order.channel.settings
        recent = await self._window(order.channel, order.due_at)
        reports = await self._collector.collect(recent, settings.topics, progress)
        shown = await self._store.digests.shown(order.channel.key)
        lately = await self._windows.of(recent, settings.topics)
        # Where no source answered, what is left over from the days before is not this day's news.
        answered = any(report.ok or report.papers for report in reports)
        pool = lately.candidates(shown) if answered else ()
        seed = f"{order.channel.key}:{order.day}"
        taste = await self._tastes.of(order.channel, lately.everything, order.due_at) if pool else NO_TASTE
        ranked = rank_in(lately.field, pool, settings, seed, taste)
        chosen = select(ranked, order.size or settings.size, seed)
        digest = Digest(
            channel=order.channel.key,
            date=order.day,
            due_at=order.due_at,
            language=self._language(order),
            status=DigestStatus(len(pool), reports),
            entries=tuple(_entry(n, choice) for n, choice in enumerate(chosen, 1)),
        )
        return digest if chosen else _explained(digest, reports)

    async def explain(self, channel: Channel, paper: Paper, at: datetime) -> Explanation:
        """How a stored paper stands in the channel at an instant, whether it is a candidate or was shown long ago.

        Only what is stored counts: no source is asked, no taste is changed. Raises StoreError.
        """
        recent = await self._window(channel, at)
        lately = await self._windows.of(recent, channel.settings.topics)
        shown = await self._store.digests.shown(channel.key)
        pool = [one for one in lately.candidates(shown) if one.id != paper.id]
        taste = await self._tastes.of(channel, lately.everything, at, asked=[paper])
        seed = f"{channel.key}:explain"
        ranked = rank([*pool, paper], channel.settings, at, seed, taste, peers=lately.field.papers)
        place = next((n for n, choice in enumerate(ranked, 1) if choice.paper.id == paper.id), None)
        return Explanation(
            paper=paper,
            choice=ranked[place - 1] if place else None,
            place=place,
            among=len(ranked),
            shown=paper.id in shown,
            muted=Wishes.of(channel.settings).mutes(paper),
            since=recent.start,
        )

    async def _window(self, channel: Channel, end: datetime) -> Window:
        last = await self._store.digests.last_due(channel.key, end) if channel.next_run_at else None
        return window(end, last)

    async def _save(self, order: Order, progress: Progress | None) -> Digest:
        """Choose and save, unless empty. Where another process showed one of the papers meanwhile, choose again."""
        digest = await self._choose(order, progress)
        while digest.entries:
            saved = await self._store.digests.save(digest)
            if not saved.taken:
                return saved.digest
            digest = await self._choose(order, progress)
        return digest

    async def _with_summaries(self, digest: Digest, progress: Progress | None) -> Digest:
        papers = [entry.paper for entry in digest.entries]
        outcomes = await self._summaries.write(
            papers, digest.language, Style.BRIEF, channel=str(digest.channel), progress=progress
        )
        return replace(digest, entries=tuple(_told(entry, outcomes) for entry in digest.entries))

    @staticmethod
    def _language(order: Order) -> str:
        return order.language or order.channel.settings.language


def _is_of_size(digest: Digest, size: int) -> bool:
    """True also where more were wanted than there were."""
    found = len(digest.entries)
    return size == found or size > found >= digest.status.new_papers


def _entry(number: int, choice: Choice) -> Entry:
    return Entry(number, choice.paper, choice.score, choice.reasons)


def _told(entry: Entry, outcomes: Mapping[PaperId, Summary | Failure]) -> Entry:
    """The entry with its summary, or with the reason why not and somebody else's words."""
    outcome = outcomes[entry.paper.id]
    if isinstance(outcome, Summary):
        return replace(entry, summary=outcome)
    return replace(entry, failure=outcome, excerpt=excerpt(entry.paper))


def _explained(digest: Digest, reports: tuple[SourceReport, ...]) -> Digest:
    """The digest of a day without papers, saying why."""
    if reports and not any(report.ok for report in reports):
        return replace(digest, empty=EmptyReason.SOURCES_FAILED)
    quiet = quiet_day(digest.due_at)
    if quiet:
        return replace(digest, empty=quiet.reason, holiday=quiet.name)
    if not all(report.complete for report in reports):
        return replace(digest, empty=EmptyReason.SOURCES_FAILED)
    return replace(digest, empty=EmptyReason.ALL_SHOWN)
