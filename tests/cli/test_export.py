"""`kawaraban export`: a channel's papers and votes, for other programs."""

from __future__ import annotations

import asyncio
import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from bot.models import ChannelKey, MessageRef
from bot.store.engine import utc_now
from bot.store.location import sqlite_url
from bot.store.store import Store
from bot.store.votes import StoredVote
from tests.support.cli import kawaraban, offline
from tests.support.stores import digest, paper

SLACK = ChannelKey("slack", "T1/C1")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A database in which the command line and a Slack channel were shown one paper each."""

    async def fill() -> None:
        async with Store.open(sqlite_url(tmp_path / "kawaraban.sqlite3")) as store:
            await store.papers.save([paper(1), paper(2)])
            await store.digests.save(digest(paper(1)))
            await store.digests.save(digest(paper(2), channel=SLACK))
            votes = [
                StoredVote(MessageRef("slack", "m"), person, emoji, SLACK, paper(2).id, present=True, at=utc_now())
                for person, emoji in (("one", "👍"), ("two", "👍"), ("three", "👎"))
            ]
            await store.votes.put(votes)

    asyncio.run(fill())
    return offline(tmp_path)


def test_the_command_lines_own_papers(environment: dict[str, str]) -> None:
    result = kawaraban("export", environment=environment)

    assert (result.status, result.err) == (0, "")
    (row,) = csv.DictReader(StringIO(result.out))
    assert (row["id"], row["title"], row["voters"]) == ("arxiv:3105.00001", paper(1).title, "0")


def test_a_channels_papers_with_their_votes(environment: dict[str, str]) -> None:
    found = json.loads(kawaraban("export", "--channel", str(SLACK), "--format", "json", environment=environment).out)
    bibtex = kawaraban("export", "--channel", str(SLACK), "--format", "BibTeX", environment=environment).out

    (row,) = found["papers"]
    assert (found["channel"], row["id"], row["voters"]) == (str(SLACK), "arxiv:3105.00002", 3)
    assert row["value"] == pytest.approx(1.0, abs=0.6)
    assert bibtex.startswith("@misc{example2031paper,")


def test_the_status_counts_votes(environment: dict[str, str]) -> None:
    assert "3 (people: 3, papers: 1)" in kawaraban("status", environment=environment | {"LC_ALL": "C"}).out


@pytest.mark.parametrize("channel", ["slack:T1/C9", "nonsense", ":"])
def test_a_channel_that_was_shown_nothing(environment: dict[str, str], channel: str) -> None:
    result = kawaraban("export", "--channel", channel, environment=environment)

    assert (result.status, result.out) == (1, "")
    assert result.problem == (
        f"No papers were shown in “{channel}”. Name a channel as `kawaraban status` does, like slack:T012/C345."
    )


def test_a_form_that_there_is_not(environment: dict[str, str]) -> None:
    result = kawaraban("export", "--format", "pdf", environment=environment)

    assert (result.status, result.out) == (1, "")
    assert "csv, json, bibtex" in result.problem
