"""Every mode of the model alone, every fault of a source alone, and one of each together: nothing false is published.

Eighty digests. Each trouble of each source meets some mode, and each mode trouble in two sources at least.
"""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app.formats import DigestFormat
from bot.app.opening import open_app
from bot.checking.check import check
from bot.cli.console import Terminal
from bot.cli.papers import print_digest
from bot.settings import Configuration, load_settings
from bot.words import words_for
from tests.cli.test_recorded_days import settings
from tests.support.standins import Claude, Upstream

DAY = "2026-02-20"

# What a mode leads to: None where a summary is published all the same, else the code in the entries' `failure`.
MODES: dict[str, str | None] = {
    "ok": None,
    "english": "summary.unverified",
    "wrong_numbers": "summary.unverified",
    "wrong_paper": "summary.unverified",
    "truncated": "summary.unverified",
    "refusal": "summary.unverified",
    "injected": "summary.unverified",
    "empty": "summary.unverified",
    "preamble": "summary.unverified",
    "bad_json": "summary.unverified",
    "bad_body": "model.malformed_answer",
    "overloaded": "model.overloaded",
    "rate_limited": "model.rate_limited",
    "server_error": "model.server_error",
    "slow:60": "model.timeout",
    "auth": "model.auth",
    "credit": "model.credit",
}
SOURCES = {"arxiv": "arxiv", "hf": "huggingface", "s2": "semantic_scholar"}

# What a kind of trouble, for ever, leads to: the code in the source's report; None where it answers all the same.
TROUBLES: dict[str, str | None] = {
    "500": "source.status",
    "429": "source.rate_limited",
    "timeout": "source.timeout",
    "slow=0.05": None,
    "malformed": "source.malformed",
    "html": "source.malformed",
    "truncated": "source.malformed",
    "cut": "source.unreachable",
    "empty": "source.empty",
}
PATIENCE = {"timeout": "4"}  # seconds, by trouble; elsewhere a busy machine needs more


@dataclass(frozen=True)
class Case:
    mode: str = "ok"
    source: str = ""
    trouble: str = ""

    def __str__(self) -> str:
        return f"{self.mode}+{self.source}:{self.trouble}" if self.source else self.mode


def cases() -> list[Case]:
    modes = [mode for mode in MODES if mode != "ok"]
    alone = [Case(mode) for mode in modes]
    alone += [Case(source=source, trouble=trouble) for source in SOURCES for trouble in TROUBLES]
    # Neighbours differ in their source, so the modes, sixteen apart, meet another one each time they come round.
    pairs = [(source, trouble) for trouble in TROUBLES for source in SOURCES]
    together = [Case(modes[n % len(modes)], *pairs[n % len(pairs)]) for n in range(80 - len(alone))]
    return alone + together


async def digest(folder: Path) -> int:
    async def hardly_wait(seconds: float) -> None:
        await asyncio.sleep(seconds / 100)

    async with open_app(load_settings(folder / ".env"), sleep=hardly_wait) as app:
        order = app.order(DAY, "ja")
        return await print_digest(
            app, Terminal(words_for("en")), order, DigestFormat.JSON, None, Configuration(app.settings, ())
        )


def test_there_are_at_most_eighty_runs_and_none_twice() -> None:
    found = cases()

    assert len(found) == len(set(found)) <= 80
    assert {(case.mode, case.source) for case in found} >= {(mode, "") for mode in MODES if mode != "ok"}


def _is_long(case: Case) -> bool:
    """Two troubles together take long, and so does a source that is waited for."""
    return bool(case.source) and (case.mode != "ok" or case.source.endswith(":timeout"))


def _marked() -> list[Any]:
    return [pytest.param(case, id=str(case), marks=[pytest.mark.long] if _is_long(case) else []) for case in cases()]


@pytest.mark.parametrize("case", _marked())
async def test_nothing_false_is_published(
    case: Case,
    upstream: Upstream,
    claude: Claude,
    empty_sqlite: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment = settings(upstream, claude, empty_sqlite) | {
        "SOURCE_TIMEOUT_SECONDS": PATIENCE.get(case.trouble, "20"),
        "CLAUDE_TIMEOUT_SECONDS": "1" if case.mode.startswith("slow") else "20",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    upstream.reset(DAY)
    if case.mode != "ok":
        claude.mode(case.mode)
    if case.source:
        upstream.fault(f"{case.source}:{case.trouble}:always")
    out, err = io.StringIO(), io.StringIO()

    with redirect_stdout(out), redirect_stderr(err):
        status = await digest(tmp_path)

    assert status == 0, err.getvalue()
    found = json.loads(out.getvalue())
    assert len(found["entries"]) == 5
    assert_entries_are_honest(found, MODES[case.mode])
    assert_status_is_true(found, case, err.getvalue())


def assert_entries_are_honest(found: dict[str, Any], failure: str | None) -> None:
    for entry in found["entries"]:
        if failure is None:
            assert entry["verified"], entry["failure"]
            assert check(title=entry["title"], source=entry["abstract"], summary=entry["summary"], language="ja") == ()
        else:
            assert not entry["verified"]
            assert (entry["summary"], entry["headline"]) == (None, None)
            assert entry["failure"]["code"] == failure
            assert entry["excerpt"]["text"]


def assert_status_is_true(found: dict[str, Any], case: Case, err: str) -> None:
    reports = found["status"]["sources"]
    for short, name in SOURCES.items():
        expected = TROUBLES[case.trouble] if short == case.source else None
        assert (reports[name]["ok"], reports[name]["error"]) == (expected is None, expected), (name, reports[name])
    remedies = [line for line in err.splitlines() if not line.startswith(("collecting", "summarising", "Looked at"))]
    expected_remedies = (MODES[case.mode] is not None) + (bool(case.source) and TROUBLES[case.trouble] is not None)
    assert len(remedies) == expected_remedies, err
