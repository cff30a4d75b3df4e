"""`kawaraban run`: the blog is written at its time, the process tells its state, and stops when it is told to."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.app.opening import open_service
from bot.app.platforms import configured
from bot.errors import BotError, SettingsError
from bot.models import Channel, ChannelKey, DeliveryState, Layout
from bot.settings import Configuration
from tests.cli.test_recorded_days import settings as recorded_settings
from tests.support.cli import kawaraban
from tests.support.clocks import StandingClock
from tests.support.needs import ROOT
from tests.support.standins import Claude, Upstream


@pytest.fixture
def blog(upstream: Upstream, claude: Claude, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    environment = recorded_settings(upstream, claude, str(tmp_path / "kawaraban.sqlite3")) | {
        "HUGO_CONTENT_DIR": str(tmp_path / "blog"),
        "HTTP_PORT": "0",
        "DIGEST_TIME": "07:00",
        "DIGEST_TIMEZONE": "Asia/Tokyo",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    upstream.reset("2026-02-20")
    return configured(tmp_path / ".env")


async def test_the_blog_is_written_when_it_is_due_and_only_once(blog: Configuration, tmp_path: Path) -> None:
    due = datetime(2026, 2, 20, 22, 0, tzinfo=UTC)  # 07:00 on the 21st in Tokyo
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    post = tmp_path / "blog" / "2026-02-21-llm-papers-daily" / "index.md"

    clock = StandingClock(due - timedelta(seconds=3))
    async with open_service(blog, clock) as service:
        running = asyncio.create_task(service.run(stop, port.set_result))
        url = f"http://127.0.0.1:{await port}"
        async with aiohttp.ClientSession() as session, session.get(f"{url}/readyz") as answer:
            ready = await answer.json()
        assert not post.exists()
        clock.pass_time(seconds=5)
        async with asyncio.timeout(300):
            while await service.store.deliveries.counts() != {DeliveryState.SENT: 1}:  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(0.2)
        stop.set()
        await running
        rows = await service.store.deliveries.listed()

    assert (ready["ready"], ready["status"]) == (True, "ok")
    assert {"database", "ledger", "schedule", "hugo", "model"} <= set(ready["parts"])
    assert post.read_text().count("\n### 要約\n") == 5
    assert [(row.part, str(row.day)) for row in rows] == [("page", "2026-02-21")]


async def test_a_channel_that_the_settings_subscribe_follows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "k.sqlite3"))
    monkeypatch.setenv("HUGO_CONTENT_DIR", str(tmp_path / "blog"))
    key = ChannelKey("hugo", str((tmp_path / "blog").resolve()))
    found = []
    for language in ("ja", "en", "en"):
        monkeypatch.setenv("DIGEST_LANGUAGE", language)
        async with open_service(configured(tmp_path / ".env")) as service:
            found.append(await service.store.channels.get(key))

    assert [(one.settings.language, one.settings.layout) for one in found if one] == [
        ("ja", Layout.PAGE),
        ("en", Layout.PAGE),
        ("en", Layout.PAGE),
    ]


@pytest.mark.parametrize(("problem", "state"), [("platform.token", "active"), ("platform.forbidden", "stopped")])
async def test_channels_that_a_rejected_token_stopped_once_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: str, state: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "k.sqlite3"))
    monkeypatch.setenv("HUGO_CONTENT_DIR", str(tmp_path / "blog"))
    key = ChannelKey("discord", "G1/C1")
    async with open_service(configured(tmp_path / ".env")) as service:
        await service.store.channels.change(key, lambda _: Channel(key))
        await service.store.channels.stop(key, problem)
    async with open_service(configured(tmp_path / ".env")) as service:
        channel = await service.store.channels.get(key)
        assert channel is not None
        assert channel.state.value == state
        assert (channel.next_run_at is not None) == (state == "active")


async def test_a_database_without_its_key_is_refused_until_there_is_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "k.sqlite3"))
    monkeypatch.setenv("HUGO_CONTENT_DIR", str(tmp_path / "blog"))
    async with open_service(configured(tmp_path / ".env")):
        pass
    key = (tmp_path / "kawaraban.key").rename(tmp_path / "elsewhere.key")

    with pytest.raises(SettingsError) as caught:
        async with open_service(configured(tmp_path / ".env")):
            pass
    assert caught.value.problems == ((str(tmp_path / "kawaraban.key"), "settings.secret_lost", ""),)
    assert not (tmp_path / "kawaraban.key").exists()

    key.rename(tmp_path / "kawaraban.key")
    async with open_service(configured(tmp_path / ".env")):
        pass
    (tmp_path / "kawaraban.key").unlink()
    monkeypatch.setenv("SECRET_KEY", "an invented one, long enough")
    async with open_service(configured(tmp_path / ".env")):
        pass


async def test_nothing_to_deliver_to_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "k.sqlite3"))

    with pytest.raises(BotError) as caught:
        async with open_service(configured(tmp_path / ".env")):
            pass

    assert caught.value.code == "run.nothing"


def test_a_second_run_is_refused_while_other_commands_work_and_sigterm_ends_it(tmp_path: Path) -> None:
    environment = {
        "DATABASE_URL": str(tmp_path / "k.sqlite3"),
        "HUGO_CONTENT_DIR": str(tmp_path / "blog"),
        "HTTP_PORT": "0",
        "ARXIV_API_URL": "http://127.0.0.1:9",
        "HUGGINGFACE_API_URL": "http://127.0.0.1:9",
        "SEMANTIC_SCHOLAR_API_URL": "http://127.0.0.1:9",
        "LC_ALL": "en_GB.UTF-8",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        ready = process.stderr.readline()
        port = int(ready.split("localhost:")[1].split("/")[0])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=120) as answer:
            assert json.load(answer) == {"status": "ok"}

        second = kawaraban("run", environment=environment)
        status = kawaraban("status", environment=environment)

        assert second.status == 1
        assert f"already running on {tmp_path / 'k.sqlite3'} (process {process.pid})" in second.err
        assert status.status == 0
        assert "next at" in status.out
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=300)

    assert process.returncode == 0, err
    assert "Stopped." in err
