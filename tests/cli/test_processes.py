"""The command line as real processes: Ctrl-C, two at once, a backup beside a digest, and a reader who leaves."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes import invented
from tests.support.authors import TEXT, paper
from tests.support.cli import ended, kawaraban, offline, online, start
from tests.support.needs import ROOT
from tests.support.standins import Claude, Upstream

pytestmark = pytest.mark.long

DAY = "2026-02-20"
ASKED = invented.landmark()
QUESTION = "How much does TwinLock raise accuracy over earlier methods on the BargeQueue benchmark?"
INTERRUPTED = "Interrupted. Nothing is lost: run the command again to continue."


@pytest.fixture(autouse=True)
def _first_day(upstream: Upstream) -> None:
    upstream.reset(DAY)


def wait_for(condition: Callable[[], object], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def rows(database: Path, query: str) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [str(row[0]) for row in connection.execute(query)]


def test_ctrl_c_while_collecting(upstream: Upstream, claude: Claude, tmp_path: Path) -> None:
    environment = online(upstream, claude, tmp_path)
    upstream.fault("hf:slow=20:always")
    process = start("digest", "--date", DAY, environment=environment, folder=tmp_path)
    wait_for(lambda: upstream.log("hf") or upstream.log("arxiv"))
    time.sleep(0.3)

    process.send_signal(signal.SIGINT)
    result = ended(process)

    assert (result.status, result.out) == (130, "")
    assert result.err.splitlines()[-1] == INTERRUPTED
    assert "Traceback" not in result.err
    assert rows(tmp_path / "kawaraban.sqlite3", "SELECT date FROM digests") == []


def test_ctrl_c_while_summarising_keeps_what_was_paid_for(upstream: Upstream, claude: Claude, tmp_path: Path) -> None:
    environment = online(upstream, claude, tmp_path)
    database = tmp_path / "kawaraban.sqlite3"
    done = "SELECT paper FROM summaries WHERE state = 'done'"
    claude.mode("slow:30")
    claude.mode("ok", times=1)
    process = start("digest", "--date", DAY, environment=environment, folder=tmp_path)
    wait_for(lambda: database.exists() and claude.log() and rows(database, done))

    process.send_signal(signal.SIGINT)
    result = ended(process)

    assert (result.status, result.out) == (130, "")
    assert result.err.splitlines()[-1] == INTERRUPTED
    assert "Traceback" not in result.err
    kept = {name.removeprefix("arxiv:") for name in rows(database, done)}
    assert kept
    claude.reset()

    again = kawaraban("digest", "--date", DAY, "--format", "json", environment=environment)

    entries = json.loads(again.out)["entries"]
    assert all(entry["verified"] for entry in entries)
    assert {question["title"] for question in claude.log()} == {
        entry["title"] for entry in entries if entry["arxiv_id"] not in kept
    }


def test_two_digests_of_one_day_at_once_are_one(upstream: Upstream, claude: Claude, tmp_path: Path) -> None:
    environment = online(upstream, claude, tmp_path)
    command = ("digest", "--date", DAY, "--format", "json")
    processes = [start(*command, environment=environment, folder=tmp_path) for _ in range(2)]

    results = [ended(process) for process in processes]

    assert [result.status for result in results] == [0, 0], [result.err for result in results]
    one, other = (json.loads(result.out)["entries"] for result in results)
    assert [(entry["id"], entry["summary"]) for entry in one] == [(entry["id"], entry["summary"]) for entry in other]
    assert len(claude.log()) == 5


def test_a_backup_while_a_digest_runs(upstream: Upstream, claude: Claude, tmp_path: Path) -> None:
    environment = online(upstream, claude, tmp_path)
    claude.mode("slow:1", times=1)
    process = start("digest", "--date", DAY, environment=environment, folder=tmp_path)
    wait_for(claude.log)

    copied = kawaraban("backup", str(tmp_path / "copy.sqlite3"), environment=environment)
    result = ended(process)

    assert (copied.status, result.status) == (0, 0), (copied.err, result.err)
    assert rows(tmp_path / "copy.sqlite3", "SELECT date FROM digests") == [DAY]


@pytest.mark.parametrize("arguments", [("demo",), ("check", "texts.jsonl"), ("digest", "--help")])
def test_a_reader_who_leaves_is_no_error(arguments: tuple[str, ...], tmp_path: Path) -> None:
    text = {"title": paper().title, "source": paper().abstract, "summary": TEXT, "language": "ja"}
    (tmp_path / "texts.jsonl").write_text(f"{json.dumps(text)}\n" * 20)
    process = start(*arguments, environment=offline(tmp_path), folder=tmp_path)
    assert process.stdout
    assert process.stderr
    process.stdout.close()

    said = process.stderr.read()
    process.stderr.close()

    assert process.wait(300) in (0, 1)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def test_ctrl_c_cancels_a_question_and_not_the_session(upstream: Upstream, claude: Claude, tmp_path: Path) -> None:
    upstream.reset()
    claude.mode("hangs", match="slow one")
    environment = online(upstream, claude, tmp_path)
    process = start("paper", ASKED.id, "--ask", environment=environment, folder=tmp_path, stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(f"{QUESTION} The slow one?\n{QUESTION}\n\n")
    process.stdin.flush()
    wait_for(lambda: any("slow one" in json.dumps(request) for request in claude.log()))
    time.sleep(0.3)

    process.send_signal(signal.SIGINT)
    result = ended(process)

    assert result.status == 0
    assert "Cancelled." in result.err.splitlines()
    assert "Traceback" not in result.err
    assert "raises accuracy by 38.2%" in result.out
    spent = rows(tmp_path / "kawaraban.sqlite3", "SELECT settled FROM spend WHERE purpose = 'question'")
    assert set(spent) == {"1"}


def test_a_terminal_asks_on_after_a_paper(upstream: Upstream, claude: Claude, tmp_path: Path) -> None:
    upstream.reset()
    ours, theirs = pty.openpty()
    environment = {**os.environ, **online(upstream, claude, tmp_path), "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    command = [sys.executable, "-m", "bot", "paper", ASKED.id]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)

    before = read_until(ours, "> ")
    os.write(ours, f"{QUESTION}\n".encode())
    answer = read_until(ours, "> ")
    process.send_signal(signal.SIGINT)
    after = read_until(ours, None)

    assert f"Ask about “{ASKED.title}”" in " ".join(before.split())
    assert "raises accuracy by 38.2%" in " ".join(answer.split())
    assert process.wait(60) == 130
    assert "Traceback" not in after


def read_until(terminal: int, mark: str | None) -> str:
    """Return what a pseudo-terminal shows up to the mark at a line's beginning, or up to its end."""
    seen = b""
    while mark is None or not seen.endswith(f"\n{mark}".encode()):
        try:
            piece = os.read(terminal, 1)
        except OSError:  # closed
            break
        if not piece:
            break
        seen += piece
    return seen.decode(errors="replace")
