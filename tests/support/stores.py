"""Shared by the store's tests: invented papers, and separate processes."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from bot.models import (
    ChannelKey,
    Digest,
    DigestStatus,
    Entry,
    Paper,
    PaperId,
    Signal,
    SignalKind,
    SourceName,
    SourceReport,
    Style,
    Summary,
)
from bot.store import tables
from bot.store.store import Store
from tests.support.needs import ROOT

NOW = datetime(2031, 5, 14, 7, 0, tzinfo=UTC)
CHANNEL = ChannelKey("terminal", "default")
ARXIV, HF, S2 = SourceName.ARXIV, SourceName.HUGGINGFACE, SourceName.SEMANTIC_SCHOLAR


def listed(source: SourceName = ARXIV, at: datetime = NOW) -> Signal:
    return Signal(source, SignalKind.LISTED, 1, at)


def upvotes(count: float, at: datetime = NOW) -> Signal:
    return Signal(HF, SignalKind.UPVOTES, count, at)


def paper(number: int, *signals: Signal, title: str = "", doi: str | None = None) -> Paper:
    """Return arXiv's paper of that number, with a unique title unless one is given."""
    name = f"3105.{number:05}"
    return Paper(
        id=PaperId.arxiv(name),
        title=title or f"Paper lanterns, volume {number}",
        abstract="We weigh paper lanterns.\nThey are light.",
        authors=("Ada Example", "Bo Example"),
        published=NOW - timedelta(days=1),
        url=f"https://arxiv.org/abs/{name}",
        arxiv_id=name,
        doi=doi,
        signals=signals or (listed(),),
    )


def graph_paper(name: str, *signals: Signal, title: str = "Paper lanterns, weighed", doi: str | None = None) -> Paper:
    """Return a paper that only Semantic Scholar has."""
    return Paper(
        id=PaperId("s2", name),
        title=title,
        abstract="",
        authors=("Ada Example",),
        published=NOW - timedelta(days=1),
        url=f"https://www.semanticscholar.org/paper/{name}",
        doi=doi,
        s2_id=name,
        signals=signals or (listed(S2),),
    )


def digest(*papers: Paper, channel: ChannelKey = CHANNEL, days: int = 0) -> Digest:
    due_at = NOW + timedelta(days=days)
    return Digest(
        channel=channel,
        date=due_at.date(),
        due_at=due_at,
        language="ja",
        status=DigestStatus(len(papers), (SourceReport(ARXIV, len(papers)),)),
        entries=tuple(Entry(rank, paper, 1.0 / rank, ()) for rank, paper in enumerate(papers, 1)),
    )


def summary(text: str = "紙の提灯は軽い。", style: Style = Style.BRIEF) -> Summary:
    return Summary("ja", style, "提灯は軽い", text, model="claude-test")


# Each example empties the store first; shrinking one would take minutes.
reusing_the_store = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=40,
    phases=[phase for phase in Phase if phase is not Phase.shrink],
)


async def went_back(store: Store, revision: str) -> None:
    """Undo the revisions after one of the first seven, as far as they would stand in the way of doing them again."""
    async with store._database.writing() as connection:
        for statement in (
            "DROP TABLE turns",
            "DROP TABLE full_texts",
            "DROP TABLE answers",
            "DROP TABLE sightings",
            "DROP TABLE news",
            "ALTER TABLE deliveries DROP COLUMN thread_of",
            "DROP INDEX ix_archive_reading",
            "ALTER TABLE archive DROP COLUMN reading",
            "ALTER TABLE workers DROP COLUMN report",
            "ALTER TABLE channels DROP COLUMN name",
            "ALTER TABLE channels DROP COLUMN named_at",
        ):
            await connection.exec_driver_sql(statement)
        await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


async def emptied(store: Store) -> Store:
    async with store._database.writing() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            await connection.execute(table.delete())
    return store


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that runs the script from the checkout, with its output captured."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def outcome(process: subprocess.Popen[str]) -> str:
    """Wait until the process ends successfully, and return its output."""
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return printed


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
