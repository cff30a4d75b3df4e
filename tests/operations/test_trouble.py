"""`kawaraban run` as a process whose surroundings fail: told in the log, in /readyz and by the exit status."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.bot_process import STARTS_WITHIN, STOPS_WITHIN, BotProcess, until
from tests.support.cli import NOWHERE, kawaraban
from tests.support.needs import ROOT

pytestmark = pytest.mark.long


def environment(folder: Path, database: str = "", port: str = "0", **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database or str(folder / "kawaraban.sqlite3"),
        "HUGO_CONTENT_DIR": str(folder / "blog"),
        "HTTP_PORT": port,
        "ARXIV_API_URL": NOWHERE,
        "HUGGINGFACE_API_URL": NOWHERE,
        "SEMANTIC_SCHOLAR_API_URL": NOWHERE,
        "LC_ALL": "en_GB.UTF-8",
        **more,
    }


def answer(url: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def database_part(url: str) -> tuple[int, str]:
    status, report = answer(f"{url}/readyz")
    return status, str(report["parts"]["database"].get("problem", ""))


def channels_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [str(row[0]) for row in connection.execute("SELECT key FROM channels")]


@contextmanager
def started(environment: Mapping[str, str], folder: Path, redirections: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start `run` with the shell's redirections of its streams."""
    command = f'exec "{sys.executable}" -m bot run {redirections}'
    process = subprocess.Popen(
        ["sh", "-c", command], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def port() -> str:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


@pytest.mark.parametrize(
    ("redirections", "form"),
    [
        (">&- 2>&-", "console"),
        (">/dev/full 2>/dev/full", "console"),
        (">/dev/null 2>/dev/full", "json"),
        ("<&- >&- 2>&-", "json"),
    ],
    ids=["closed", "full", "log full", "all closed"],
)
def test_a_log_that_nobody_takes_stops_nothing(redirections: str, form: str, port: str, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{port}"
    with started(environment(tmp_path, port=port, LOG_FORMAT=form), tmp_path, redirections) as process:

        def listens() -> bool:
            try:
                return answer(f"{url}/healthz")[0] == 200
            except OSError:
                assert process.poll() is None
                return False

        until(listens, STARTS_WITHIN)
        told = until(lambda: answer(f"{url}/readyz")[1]["parts"].get("log"), 60)
        assert (told["status"], told["problem"]) == ("degraded", "log.lost")
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOPS_WITHIN) == 0
    assert channels_in(tmp_path / "kawaraban.sqlite3") == [f"hugo:{(tmp_path / 'blog').resolve()}"]


def test_a_database_that_is_moved_away_is_told_and_used_again_when_it_is_back(tmp_path: Path) -> None:
    path, away = tmp_path / "kawaraban.sqlite3", tmp_path / "away.sqlite3"
    with BotProcess.running(environment(tmp_path), tmp_path) as bot:
        path.rename(away)
        until(lambda: database_part(bot.url) == (503, "store.moved"), 60)
        until(lambda: f"nothing is sent now. The data is in {away}" in bot.said(), 60)
        away.rename(path)
        until(lambda: database_part(bot.url) == (200, ""), 60)
        until(lambda: "in its place again" in bot.said(), 60)


def test_a_deleted_database_is_saved_and_its_end_is_no_success(tmp_path: Path) -> None:
    with BotProcess.running(environment(tmp_path), tmp_path) as bot:
        for file in tmp_path.glob("kawaraban.sqlite3*"):
            file.unlink()
        until(lambda: database_part(bot.url) == (503, "store.moved"), 60)
        bot.process.send_signal(signal.SIGTERM)
        assert bot.process.wait(STOPS_WITHIN) == 1
        (saved,) = tmp_path.glob("kawaraban.sqlite3.rescued-*")
        last = bot.said().splitlines()[-1]
        assert str(saved) in last
        assert "move that file back" in last
        bot.kill()
    assert channels_in(saved) == [f"hugo:{(tmp_path / 'blog').resolve()}"]


def test_a_replaced_database_ends_the_process_with_one_line(tmp_path: Path) -> None:
    path = tmp_path / "kawaraban.sqlite3"
    backup = tmp_path / "backup.sqlite3"
    with BotProcess.running(environment(tmp_path), tmp_path) as bot:
        assert kawaraban("backup", str(backup), environment=environment(tmp_path)).status == 0
        backup.replace(path)
        assert bot.process.wait(STOPS_WITHIN) == 1
        assert "move that file back" in bot.said().splitlines()[-1]
        bot.kill()
    with BotProcess.running(environment(tmp_path), tmp_path) as bot:
        assert database_part(bot.url) == (200, "")


@pytest.mark.needs("postgresql")
def test_one_replica_name_for_two_processes_is_told_by_both(postgresql_url: str, tmp_path: Path) -> None:
    shared = environment(tmp_path, postgresql_url, REPLICA_NAME="attic", SECRET_KEY="an invented secret of some length")

    def twins(bot: BotProcess) -> bool:
        status, report = answer(f"{bot.url}/readyz")
        return (status, report["parts"]["ledger"].get("problem")) == (200, "delivery.replica_twice")

    with BotProcess.running(shared, tmp_path) as first:
        with BotProcess.running(shared, tmp_path) as second:
            until(lambda: twins(first) and twins(second), 120)
            assert "is REPLICA_NAME attic used twice?" in first.said()
            twice = "another process uses the same REPLICA_NAME"
            told = until(lambda: out if twice in (out := kawaraban("status", environment=shared).out) else "", 120)
            assert told.count("running as replica attic") == 2
        until(lambda: not twins(first), 120)
