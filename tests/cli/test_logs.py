"""The log: with LOG_FORMAT=json every line on standard error is JSON, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from bot.cli.logs import set_up_logs
from tests.support.cli import NOWHERE, kawaraban, offline
from tests.support.needs import ROOT


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("digest",), {}),
        (("demo",), {}),
        (("run",), {}),
        (("status",), {"DATABASE_URL": "/dev/null/x"}),
        (("status",), {"DIGEST_TIME": "25:00", "DIGEST_SIZE": "0"}),
        (("run",), {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_URL": NOWHERE}),
        (("statsu",), {}),
        (("status", "--jsno"), {}),
        (("deliveries", "show", "first"), {}),
        (("digest", "--size"), {}),
        (("digest", "--size", "many"), {}),
    ],
)
def test_every_line_is_json(arguments: tuple[str, ...], given: dict[str, str], tmp_path: Path) -> None:
    result = kawaraban(*arguments, environment=offline(tmp_path) | {"LOG_FORMAT": "json"} | given)

    lines = [json.loads(line) for line in result.err.splitlines()]
    assert lines
    assert all({"event", "level", "timestamp", "logger"} <= line.keys() for line in lines)


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("statsu", "--json"), 2, "usage"),
        (("status", "--json", "--nope"), 2, "usage"),
        (("doctor", "extra", "--json"), 2, "usage"),
        (("digest", "--format", "json", "--size"), 2, "usage"),
        (("digest", "--format=json", "--size", "0"), 1, "input.size"),
        (("paper", "--format", "JSON", "1/2"), 1, "input.paper"),
        (("export", "--format", "json", "--channel", "nowhere"), 1, "input.channel"),
    ],
)
def test_whoever_asks_for_json_is_told_in_json_what_is_wrong(
    arguments: tuple[str, ...], status: int, code: str, tmp_path: Path
) -> None:
    result = kawaraban(*arguments, environment=offline(tmp_path))

    line = json.loads(result.err)
    assert (result.status, result.out, line["level"], line["code"]) == (status, "", "error", code)
    assert line["event"]
    assert {"timestamp", "logger"} <= line.keys()


def test_the_form_is_read_from_a_file_that_has_other_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("LOG_FORMAT=json\nDIGEST_TIME=25:00\n")
    result = kawaraban("status", environment=offline(tmp_path))

    assert "DIGEST_TIME" in json.loads(result.err)["event"]


def test_warnings_threads_and_finalizers_are_lines_too() -> None:
    program = """
import threading, warnings
from bot.cli import logs
logs.set_up_logs("json")
logs.catch_the_rest()
class Bad:
    def __del__(self): raise ValueError("finalizer")
warnings.warn("deprecated thing", stacklevel=1)
thread = threading.Thread(target=lambda: 1 / 0)
thread.start(); thread.join()
Bad()
"""
    result = subprocess.run(
        [sys.executable, "-W", "default", "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    lines = [json.loads(line) for line in result.stderr.splitlines()]

    assert "deprecated thing" in lines[0]["event"]
    assert "ZeroDivisionError" in lines[1]["exception"]
    assert "ValueError: finalizer" in lines[2]["exception"]


@pytest.mark.parametrize(("redirection", "status", "said"), [(">/dev/full", 1, "stdout"), (">&-", 0, "")])
def test_an_output_that_takes_nothing_is_one_line_at_most(
    redirection: str, status: int, said: str, tmp_path: Path
) -> None:
    command = f"exec '{sys.executable}' -m bot status {redirection}"
    environment = os.environ | offline(tmp_path) | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, env=environment, check=False, stderr=subprocess.PIPE, text=True
    )

    assert result.returncode == status
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == (1 if said else 0)


FORGED = "down\n2026-11-30T00:00:00Z [error    ] all is lost [bot.x]\r\x1b[31m\x9b2J\x07\u202e\u2028\ud800 \x7f"


@pytest.fixture
def root_logger() -> Iterator[None]:
    before, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = before
    logging.root.setLevel(level)
    logging.captureWarnings(False)


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize("form", ["console", "json"])
def test_what_others_sent_forges_no_line_and_controls_no_terminal(
    form: Literal["console", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(form)
    logging.getLogger("bot.y").warning("a source is %s", FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        logging.getLogger("bot.y").exception("a source is %s", FORGED)
    lines = capsys.readouterr().err.rstrip("\n").split("\n")

    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("2026-11-30T00:00:00Z") for line in lines)
    assert sum("bot.y" in line for line in lines) == 2
    assert "all is lost" in lines[0]


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize("form", ["console", "json"])
def test_no_token_is_written(form: Literal["console", "json"], capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(form)
    tokens = ("xoxb-12-ab-CD", "xapp-1-A-2-b", "sk-ant-api03-abc", f"{'M' * 24}.Gabcde.{'x' * 27}")
    for token in tokens:
        try:
            raise OSError(f"https://slack.example/?token={token}")
        except OSError:
            logging.getLogger("bot.y").exception("no answer with %s", token)

    written = capsys.readouterr().err
    assert written.count("***") >= 2 * len(tokens)
    assert not any(token in written for token in tokens)
