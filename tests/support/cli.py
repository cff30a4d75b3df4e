"""Call the command line from tests: in this process, capturing the output, or as a separate process."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.__main__ import main
from bot.cli import logs
from tests.support.needs import ROOT
from tests.support.standins import Claude, Upstream

NOWHERE = "http://127.0.0.1:9"  # the discard port, where nothing listens


@dataclass(frozen=True)
class Result:
    """A command's exit status and output."""

    status: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """The last line of standard error, which the user sees last."""
        return self.err.splitlines()[-1] if self.err else ""


def kawaraban(*arguments: str, environment: Mapping[str, str], stdin: str = "") -> Result:
    """Run one command with `environment` on top of this process's own variables."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict("os.environ", environment),
        patch("sys.stdin", io.StringIO(stdin)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main(list(arguments))
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        else:
            status = 0
        finally:
            logs.set_up_logs("console")  # the next test in this process may ask for nothing
    return Result(status, out.getvalue(), err.getvalue())


def offline(folder: Path) -> dict[str, str]:
    """Return settings without remotes or API key, with the database in the folder."""
    return {
        "ARXIV_API_URL": NOWHERE,
        "HUGGINGFACE_API_URL": NOWHERE,
        "SEMANTIC_SCHOLAR_API_URL": NOWHERE,
        "ANTHROPIC_BASE_URL": NOWHERE,
        "ARXIV_INTERVAL_SECONDS": "0",
        "DATABASE_URL": str(folder / "kawaraban.sqlite3"),
        "HTTP_PORT": "0",
        "LC_ALL": "en_GB.UTF-8",
    }


def online(upstream: Upstream, claude: Claude | None, folder: Path) -> dict[str, str]:
    """Return settings for the stand-ins; without `claude` there is no API key."""
    sources = dict.fromkeys(["ARXIV_API_URL", "HUGGINGFACE_API_URL", "SEMANTIC_SCHOLAR_API_URL"], upstream.url)
    key = {"ANTHROPIC_BASE_URL": claude.url, "ANTHROPIC_API_KEY": "any"} if claude else {}
    return offline(folder) | sources | key


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make retries in this process wait a hundredth of their time."""
    from bot.app.opening import open_app

    async def hardly_wait(seconds: float) -> None:
        await asyncio.sleep(seconds / 100)

    monkeypatch.setattr("bot.app.opening.open_app", partial(open_app, sleep=hardly_wait))


def start(
    *arguments: str, environment: Mapping[str, str], folder: Path, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    """Start a command as a separate process in the folder; `stdin` may be a pipe."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def ended(process: subprocess.Popen[str], seconds: float = 300) -> Result:
    """Wait for the process, killing it after `seconds`, and return its result."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Result(process.returncode, out, err)
