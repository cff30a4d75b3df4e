"""`kawaraban doctor`: each thing broken in turn is named with its remedy; the exit status says whether it matters."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.app.checkup import run_doctor
from bot.sources.http import Limits
from tests.support.cli import NOWHERE, Result, kawaraban, offline, online
from tests.support.standins import Claude, Upstream


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.app.connections.Limits", partial(Limits, first_wait=0.01))
    return tmp_path


def doctor(upstream: Upstream, claude: Claude | None, home: Path, **more: str) -> Result:
    return kawaraban("doctor", environment=online(upstream, claude, home) | more)


def test_all_is_well(upstream: Upstream, claude: Claude, home: Path) -> None:
    result = doctor(upstream, claude, home, HUGO_CONTENT_DIR=str(home / "blog"))

    assert (result.status, result.err) == (0, "")
    assert [line.split()[-2:] for line in result.out.splitlines()] == [["ok", "fine"]] * 7


def test_without_a_key_there_is_a_notice(upstream: Upstream, home: Path) -> None:
    result = doctor(upstream, None, home)

    assert result.status == 0
    assert "notice" in result.out
    assert "ANTHROPIC_API_KEY is not set" in result.out
    assert "blog" not in result.out


@pytest.mark.parametrize(
    ("broken", "said", "status"),
    [
        ("claude:auth", "Claude rejected the API key.", 1),
        ("claude:credit", "The Anthropic account is out of credit.", 1),
        ("arxiv:500:always", "arXiv returned an error", 1),
        ("hf:html:always", "Hugging Face returned an invalid response.", 1),
        ("s2:500:always", "Semantic Scholar returned an error", 0),
    ],
)
def test_a_broken_remote(broken: str, said: str, status: int, upstream: Upstream, claude: Claude, home: Path) -> None:
    if broken.startswith("claude:"):
        claude.mode(broken.removeprefix("claude:"))
    else:
        upstream.fault(broken)

    result = doctor(upstream, claude, home)

    assert said in " ".join(result.out.split())
    assert result.status == status
    assert result.out.count(" fine") == 5


def test_no_network_at_all(upstream: Upstream, home: Path) -> None:
    sources = dict.fromkeys(["ARXIV_API_URL", "HUGGINGFACE_API_URL", "SEMANTIC_SCHOLAR_API_URL"], NOWHERE)

    result = doctor(upstream, None, home, **sources)

    assert result.status == 1
    assert result.out.count("cannot be reached") == 3
    assert "The clock could not be checked." in " ".join(result.out.split())


def test_a_clock_that_is_wrong(upstream: Upstream, claude: Claude, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bot.app.checkup.run_doctor", partial(run_doctor, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
    )

    result = doctor(upstream, claude, home)

    assert result.status == 0
    assert re.search(
        r"This machine's clock is off by 36\d\d seconds\. Synchronise it by NTP", " ".join(result.out.split())
    )


def test_a_broken_database(upstream: Upstream, claude: Claude, home: Path) -> None:
    (home / "kawaraban.sqlite3").write_text("no database" * 1000)

    result = doctor(upstream, claude, home)

    assert result.status == 1
    assert "Restore a backup, or change DATABASE_URL." in " ".join(result.out.split())
    assert result.out.count(" fine") == 5


def test_a_blog_that_cannot_be_written(upstream: Upstream, claude: Claude, home: Path) -> None:
    (home / "a-file").touch()

    result = doctor(upstream, claude, home, HUGO_CONTENT_DIR=str(home / "a-file" / "post"))

    assert result.status == 1
    assert "cannot be written (Not a directory)" in " ".join(result.out.split())


def test_a_platform_that_is_set_up_in_part(upstream: Upstream, claude: Claude, home: Path) -> None:
    result = doctor(upstream, claude, home, SLACK_CLIENT_ID="1.2")

    assert result.status == 1
    found = [line.split()[:3] for line in result.out.splitlines() if line.startswith("settings")]
    assert found == [
        ["settings", "problem", f"{name}:"] for name in ("SLACK_CLIENT_SECRET", "PUBLIC_URL", "SLACK_APP_TOKEN")
    ]
    assert result.out.count(" fine") == 6


@pytest.mark.parametrize("given", [{"SLACK_CLIENT_ID": "1.2"}, {"SLACK_APP_TOKEN": "xapp-1"}, {"DISCORD_TOKEN": " "}])
def test_run_refuses_a_platform_that_is_set_up_in_part(given: dict[str, str], home: Path) -> None:
    result = kawaraban("run", environment=offline(home) | {"HUGO_CONTENT_DIR": str(home / "blog")} | given)

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("There ")
    assert not (home / "blog").exists()
