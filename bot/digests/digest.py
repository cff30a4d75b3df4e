"""Make one channel's digest of one date: recent papers -> not yet shown here -> rank -> save -> summarise.

A digest is saved before anybody sees it, so that its papers are never repeated and a second run returns the same one.
If two processes make it at once, the first one to save decides, and the other returns what is stored.
Summaries are added afterwards: they belong to (paper, language, style), not to the digest.
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
    """A request for a digest. `day` is the channel's local date, `due_at` the instant up to which papers count.

    For a channel with a schedule (`next_run_at`), the window begins where its previous digest left off; for any other
    channel, seven days before `due_at` (see `bot.digests.window`).

    `language` and `size` default to the channel's own. A preview stores nothing, so its papers may be shown again.
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

    `choice` has the parts of its score and the reasons. It is None for a paper that the channel mutes, that was
    withdrawn, or that no source has listed. `place` is its rank among `among` papers: the candidates and itself.
    """

    paper: Paper
    choice: Choice | None
    place: int | None
    among: int
    shown: bool  # in this channel, so it is not repeated
    muted: bool
    since: datetime | None = None  # the start of the window; None for seven days before


class Digests:
    """The use case that makes digests, or returns stored ones."""

    def __init__(self, store: Store, collector: Collecting, summaries: Summaries, tastes: Tastes) -> None:
        self._store = store
        self._collector = collector
        self._summaries = summaries
        self._tastes = tastes
        self._windows = RecentPapersCache(store)

    async def make(self, order: Order, progress: Progress | None = None) -> Digest:
        """Return the digest with its summaries. Without papers, its `empty` is set and nothing is saved.

        Raises InputError `input.stored_size` if this day's stored digest has another size than ordered, and the errors
        of the store.
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
        """Collect, rank and select papers, without storing anything about the channel."""
        settings = order.channel.settings
        recent = await self._window(order.channel, order.due_at)
        reports = await self._collector.collect(recent, settings.topics, progress)
        shown_ids = await self._store.digests.shown(order.channel.key)
        recent_papers = await self._windows.of(recent, settings.topics)
        # If no source answered, leftovers from earlier days are not this day's news.
        answered = any(report.ok or report.papers for report in reports)
        pool = recent_papers.candidates(shown_ids) if answered else ()
        seed = f"{order.channel.key}:{order.day}"
        taste = await self._tastes.of(order.channel, recent_papers.everything, order.due_at) if pool else NO_TASTE
        ranked = rank_in(recent_papers.field, pool, settings, seed, taste)
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
        """Explain a stored paper's standing in the channel at an instant, whether or not it is a candidate.

        Uses only stored data: asks no source and changes no taste. Raises StoreError.
        """
        recent = await self._window(channel, at)
        recent_papers = await self._windows.of(recent, channel.settings.topics)
        shown_ids = await self._store.digests.shown(channel.key)
        pool = [one for one in recent_papers.candidates(shown_ids) if one.id != paper.id]
        taste = await self._tastes.of(channel, recent_papers.everything, at, asked=[paper])
        seed = f"{channel.key}:explain"
        ranked = rank([*pool, paper], channel.settings, at, seed, taste, peers=recent_papers.field.papers)
        place = next((n for n, choice in enumerate(ranked, 1) if choice.paper.id == paper.id), None)
        return Explanation(
            paper=paper,
            choice=ranked[place - 1] if place else None,
            place=place,
            among=len(ranked),
            shown=paper.id in shown_ids,
            muted=Wishes.of(channel.settings).mutes(paper),
            since=recent.start,
        )

    async def _window(self, channel: Channel, end: datetime) -> Window:
        last = await self._store.digests.last_due(channel.key, end) if channel.next_run_at else None
        return window(end, last)

    async def _save(self, order: Order, progress: Progress | None) -> Digest:
        """Choose and save, unless empty. If another process has shown one of the papers meanwhile, choose again."""
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
        return replace(digest, entries=tuple(_with_outcome(entry, outcomes) for entry in digest.entries))

    @staticmethod
    def _language(order: Order) -> str:
        return order.language or order.channel.settings.language


def _is_of_size(digest: Digest, size: int) -> bool:
    """Return whether the digest has that size, or all there were if fewer papers were available."""
    entries = len(digest.entries)
    return size == entries or size > entries >= digest.status.new_papers


def _entry(number: int, choice: Choice) -> Entry:
    return Entry(number, choice.paper, choice.score, choice.reasons)


def _with_outcome(entry: Entry, outcomes: Mapping[PaperId, Summary | Failure]) -> Entry:
    """Return the entry with its summary, or with the reason why there is none and an excerpt."""
    outcome = outcomes[entry.paper.id]
    if isinstance(outcome, Summary):
        return replace(entry, summary=outcome)
    return replace(entry, failure=outcome, excerpt=excerpt(entry.paper))


def _explained(digest: Digest, reports: tuple[SourceReport, ...]) -> Digest:
    """Return the empty digest with the reason why it has no papers."""
    if reports and not any(report.ok for report in reports):
        return replace(digest, empty=EmptyReason.SOURCES_FAILED)
    quiet = quiet_day(digest.due_at)
    if quiet:
        return replace(digest, empty=quiet.reason, holiday=quiet.name)
    if not all(report.complete for report in reports):
        return replace(digest, empty=EmptyReason.SOURCES_FAILED)
    return replace(digest, empty=EmptyReason.ALL_SHOWN)
