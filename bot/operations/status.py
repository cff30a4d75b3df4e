"""The report of `kawaraban status`: recent digests, stored data, and spending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.models import Channel, ChannelKey, DeliveryState, Digest, Run, RunState, SourceName
from bot.operations.silence import silence
from bot.store.counts import Counts
from bot.store.spend import Spent
from bot.store.store import Store
from bot.store.votes import VoteCounts
from bot.store.workers import Worker
from bot.summaries.budget import Budget
from bot.taste.votes import VOTES_LATELY

Process = Worker  # one of `kawaraban run`

DIGESTS_SHOWN = 7
_LATELY = timedelta(days=1)
_TOLD_FOR = timedelta(days=3)
_TROUBLED = (RunState.DUE, RunState.CLAIMED, RunState.SKIPPED, RunState.FAILED)


@dataclass(frozen=True, slots=True)
class Status:
    """The state of an installation at one moment. Amounts are in US dollars."""

    database: str
    counts: Counts
    channels: tuple[Channel, ...]
    troubled: tuple[Run, ...]  # digests that were skipped, failed or are being retried, latest first
    held: Mapping[str, datetime]  # buckets where all waits for the operator, since when
    deliveries: Mapping[DeliveryState, int]  # of the last 24 hours
    digests: tuple[Digest, ...]  # newest first, without summaries
    votes: VoteCounts  # of the last 30 days
    spent_today: float
    cap: float | None
    resets_at: datetime
    replicas: tuple[Process, ...] = ()  # processes of `kawaraban run` that are alive
    vanished: Process | None = None  # the last process that ended without saying so, where none is alive
    silent: Mapping[ChannelKey, str] = field(default_factory=dict)  # the code of why nothing comes there
    runs: Mapping[ChannelKey, Run] = field(default_factory=dict)  # the latest of each channel
    sources: Mapping[SourceName, datetime | None] = field(default_factory=dict)  # last success; None: none lately
    refusals: Mapping[str, str] = field(default_factory=dict)  # the code of what is wrong, by held bucket
    spent: tuple[Spent, ...] = ()  # today's, by channel and purpose, the largest amounts first
    failures: Mapping[str, int] = field(default_factory=dict)  # summaries that failed, by the code of the reason


class StatusReader:
    """The read-only use case behind `kawaraban status`."""

    def __init__(self, store: Store, budget: Budget, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._budget = budget
        self._clock = clock

    async def read(self) -> Status:
        digests = await self._store.digests.latest(DIGESTS_SHOWN)
        now = self._clock()
        workers = await self._store.workers.listed()
        alive = tuple(one for one in workers if one.expires_at > now)
        channels, held, refusals, runs = (
            await self._store.channels.listed(),
            await self._store.deliveries.held(),
            await self._store.deliveries.refusals(),
            await self._store.runs.last(),
        )
        reasons = {one.key: silence(one, runs.get(one.key), refusals, alive) for one in channels}
        return Status(
            replicas=alive,
            vanished=None if alive else max(workers, key=lambda one: one.expires_at, default=None),
            silent={key: code for key, code in reasons.items() if code},
            runs=runs,
            sources=await self._sources(digests),
            failures=await self._store.summaries.failures(),
            database=self._store.location,
            counts=await self._store.counts(),
            channels=channels,
            troubled=await self._troubled(),
            held=held,
            refusals=refusals,
            deliveries=await self._store.deliveries.counts(since=self._clock() - _LATELY),
            digests=digests,
            votes=await self._store.votes.counted(self._clock() - VOTES_LATELY),
            spent_today=await self._budget.spent_today(),
            spent=await self._budget.spent_by_channel(),
            cap=self._budget.cap_usd,
            resets_at=self._budget.resets_at(),
        )

    async def _sources(self, digests: Sequence[Digest]) -> Mapping[SourceName, datetime | None]:
        """Return when each source that was asked lately last answered."""
        asked = [(one.at, report) for one in await self._store.collects.newest(50) for report in one.reports]
        asked += [(digest.due_at, report) for digest in digests for report in digest.status.sources]
        latest: dict[SourceName, datetime | None] = {}
        for at, report in asked:
            before = latest.setdefault(report.source, None)
            if report.ok and (before is None or at > before):
                latest[report.source] = at
        return dict(sorted(latest.items()))

    async def _troubled(self) -> tuple[Run, ...]:
        lately = (self._clock() - _TOLD_FOR).date()
        runs = await self._store.runs.latest(DIGESTS_SHOWN, states=_TROUBLED)
        return tuple(run for run in runs if run.problem and run.day >= lately)
