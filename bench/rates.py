"""Measure whether workers keep to a common rate, and how much of it they use.

    python -m bench.rates [--limit N] [--seconds S] [--workers N] [--self-check]

Three workers on PostgreSQL (one on SQLite if there is no server) send through one bucket, filled at 90 % of the
platform's limit of 50 messages a second. The platform counts the messages in any sliding second, and refuses those
above the limit. Fails above the limit, and below 85 % of it on average.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.crash import CONTEXT
from bench.databases import databases
from bench.digests import DAY
from bench.fanout import channels, enqueue
from bench.worker import Figures, Job, work
from bot.models import DeliveryKey
from tests.fakes.platform import NAME
from tests.fakes.platform_process import FakePlatformProcess
from tests.support.needs import postgresql

USED = 0.9  # of the limit, at which the bucket is filled
LEAST = 0.85  # of the limit, on average


def measure(kind: str, workers: int, limit: float, seconds: float) -> list[str]:
    """Print the figures. Return what is out of bounds."""
    size = round(limit * USED * seconds)
    with (
        databases(kind) as made,
        tempfile.TemporaryDirectory(prefix="kawaraban-rates-") as folder,
        FakePlatformProcess.serving(latency=0.02, rate=limit) as server,
    ):
        url = made.fresh()
        asyncio.run(enqueue(url, size))
        job = Job(url, server.url, "", rates={NAME: limit * USED})
        files = [Path(folder) / str(number) for number in range(workers)]
        jobs = [replace(job, replica=file.name, figures=str(file)) for file in files]
        processes = [CONTEXT.Process(target=work, args=(each,)) for each in jobs]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        figures = [Figures(**json.loads(file.read_text())) for file in files]
        log = server.log()
        books = server.books([DeliveryKey.of(channel, DAY, "notice").value for channel in channels(size)])
    average = size / (max(one.ended for one in figures) - min(one.began for one in figures))
    refused = log["requests"]["/post"] - log["accepted"]
    print(
        f"{kind}, {workers} workers, limit {limit:g}/s: {size} messages, at most {log['busiest']} in a second, "
        f"{average:.1f}/s on average ({average / limit:.0%} of the limit), {refused} refused"
    )
    checks = {
        f"{log['busiest']} messages in a second": log["busiest"] > limit,
        f"{refused} messages had to be refused": refused > 0,
        f"only {average:.1f} messages a second": average < LEAST * limit,
        f"{len(books.lost)} lost, {len(books.duplicated)} duplicated": bool(books.lost or books.duplicated),
    }
    return [fault for fault, found in checks.items() if found]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--limit", type=float, default=50.0, help="messages a second that the platform takes")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long the messages last")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--self-check", action="store_true", help="a few seconds")
    options = parser.parse_args()
    kind, workers = ("postgresql", options.workers) if postgresql() else ("sqlite", 1)
    faults = measure(kind, workers, options.limit, 4.0 if options.self_check else options.seconds)
    if options.self_check:  # bursts and pauses of a busy machine do not count in a short run
        faults = [fault for fault in faults if "lost" in fault]
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
