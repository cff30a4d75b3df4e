"""Run jobs at intervals. APScheduler only provides the ticks; `bot.digests.schedule` decides what is due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.common.seldom import Seldom
from bot.errors import BotError

logger = logging.getLogger(__name__)
seldom = Seldom(logger)  # some jobs run every few seconds, and an outage lasts


@dataclass(frozen=True, slots=True)
class Job:
    """Repeated work: every `seconds` and, with `at_start`, immediately."""

    name: str
    work: Callable[[], Awaitable[object]]
    seconds: float
    at_start: bool = True


async def tick(jobs: Sequence[Job], stop: asyncio.Event) -> None:
    """Run the jobs until `stop`, then cancel those still running, which must be safe to restart.

    A failing job is logged and runs again at its next turn. No job overlaps with itself.
    """
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]  # it has no type hints

    # Long jobs may miss turns, and failures are logged below.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    running: set[asyncio.Task[object]] = set()
    scheduler = AsyncIOScheduler(timezone=UTC)
    for job in jobs:
        first = {"next_run_time": datetime.now(UTC)} if job.at_start else {}
        scheduler.add_job(
            _logged,
            "interval",
            args=(job, running),
            seconds=job.seconds,
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # after the machine slept, run once, however late
            **first,
        )
    scheduler.start()
    try:
        await stop.wait()
    finally:
        scheduler.shutdown(wait=False)  # cancels the tasks without waiting for them
        await asyncio.gather(*running, return_exceptions=True)


async def _logged(job: Job, running: set[asyncio.Task[object]]) -> None:
    task = asyncio.current_task()
    if task:
        running.add(task)
        task.add_done_callback(running.discard)
    try:
        await job.work()
    except BotError as error:
        seldom.warning(f"{job.name}: %s", error)
    except Exception:  # a bug in one job must not stop the others
        logger.exception("%s failed", job.name)
