"""`kawaraban doctor`: each thing broken in turn is named with its remedy; the exit status says whether it matters."""

from __future__ import annotations

import json
import re
import socket
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


def fine(result: Result) -> int:
    """How many lines say that something is all right."""
    return len(re.findall(r"  ok  ", result.out))


def test_all_is_well(upstream: Upstream, claude: Claude, home: Path) -> None:
    result = doctor(upstream, claude, home, HUGO_CONTENT_DIR=str(home / "blog"))

    assert (result.status, result.err) == (0, "")
    assert re.findall(r"^(\S.*?) {2,}(\w+) {2,}", result.out, re.MULTILINE) == [
        (name, "ok")
        for name in ("database", "arXiv", "Hugging Face", "Semantic Scholar", "Claude", "secret key", "web server")
    ] + [("blog folder", "ok"), ("clock", "ok")]


def test_what_is_fine_is_told(upstream: Upstream, claude: Claude, home: Path) -> None:
    result = doctor(upstream, claude, home, HUGO_CONTENT_DIR=str(home / "blog"), CLAUDE_MODEL="claude-haiku-5-5")

    for fact in (
        f"{home}/kawaraban.sqlite3, 0 subscribed channels",
        f"{upstream.url} answers",
        "the key works with claude-haiku-5-5, claude-sonnet-5-5",
        f"will be created in {home}/kawaraban.key",
        "127.0.0.1, port 0 is free",
        f"{home}/blog does not exist yet and will be created",
        "of arXiv's clock",
    ):
        assert fact in result.out


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
    assert fine(result) == 7


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
    assert fine(result) == 7


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
    assert fine(result) == 8


OF_DISCORD = f"{'M' * 24}.GabcdE.{'x' * 38}"
SWAPPED = {"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xoxb-1"}
REFUSED = [
    ({"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/x"}, "SECRET_KEY: it is required on PostgreSQL"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY: it is too short"),
    ({"HTTP_HOST": "203.0.113.1", "HTTP_PORT": "1"}, "Cannot listen on 203.0.113.1, port 1"),
    ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN: Slack is only partly set up"),
    (SWAPPED, "SLACK_BOT_TOKEN holds a value that belongs in SLACK_APP_TOKEN"),
    (SWAPPED, "SLACK_APP_TOKEN holds a value that belongs in SLACK_BOT_TOKEN"),
    ({"ANTHROPIC_API_KEY": " xoxb-1"}, "ANTHROPIC_API_KEY holds a value that belongs in SLACK_BOT_TOKEN"),
    ({"DISCORD_TOKEN": "sk-ant-api03-x"}, "DISCORD_TOKEN holds a value that belongs in ANTHROPIC_API_KEY"),
    ({"SLACK_SIGNING_SECRET": OF_DISCORD}, "SLACK_SIGNING_SECRET holds a value that belongs in DISCORD_TOKEN"),
    ({"DISCORD_TOKEN": f"Bot {OF_DISCORD}"}, "DISCORD_TOKEN contains a character that no token has"),
]


@pytest.mark.parametrize(("given", "said"), REFUSED)
def test_what_run_would_refuse_is_seen(given: dict[str, str], said: str, home: Path) -> None:
    nowhere = offline(home) | {"SLACK_API_URL": NOWHERE, "DISCORD_API_URL": NOWHERE} | given
    result = kawaraban("doctor", environment=nowhere)

    assert result.status == 1
    (line,) = [line for line in result.out.splitlines() if said in line]
    assert line.split("  ")[0] in {"secret key", "web server", "settings"}
    assert "problem" in line


def test_a_port_that_is_taken_is_named_before_run_fails(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = kawaraban("doctor", environment=offline(home) | {"HTTP_PORT": port})

    assert f"Cannot listen on 127.0.0.1, port {port}" in result.out


NOTICED = [
    ({"SLACK_BOT_TOKN": "x"}, "", "SLACK_BOT_TOKN is not a variable of kawaraban. Did you mean SLACK_BOT_TOKEN?"),
    ({"DISCORD_BOT_TOKEN": "x"}, "", "Did you mean DISCORD_TOKEN?"),
    ({"ANTHROPIC_KEY": "x"}, "", "Did you mean ANTHROPIC_API_KEY?"),
    ({}, "digest_timezon=Asia/Tokyo\n", "DIGEST_TIMEZON is not a variable of kawaraban. Did you mean DIGEST_TIMEZONE?"),
    ({}, "export HUGO_DIR=/blog\n", "HUGO_DIR is not a variable of kawaraban."),
    ({"ANTHROPIC_API_KEY": "k", "CLAUDE_DAILY_BUDGET_USD": "0"}, "", "CLAUDE_DAILY_BUDGET_USD is 0"),
    ({}, "", "There is nowhere to deliver to."),
    ({"SLACK_BOT_TOKEN": "xoxp-1-2"}, "", "SLACK_BOT_TOKEN does not look like what belongs there: xoxb-…."),
]


@pytest.mark.parametrize(("given", "dotenv", "said"), NOTICED)
def test_what_run_would_not_mention_is_noticed(given: dict[str, str], dotenv: str, said: str, home: Path) -> None:
    (home / ".env").write_text(dotenv)
    result = kawaraban("doctor", environment=offline(home) | given)

    (line,) = [line for line in result.out.splitlines() if said in line]
    assert "notice" in line


def test_variables_of_other_programs_are_left_alone(home: Path) -> None:
    (home / ".env").write_text("COMPOSE_PROJECT_NAME=paper\nPOSTGRES_PASSWORD=x\nHTTPS_PROXY=\n")
    result = kawaraban("doctor", environment=offline(home) | {"SSL_CERT_FILE": "", "GITHUB_TOKEN": "x"})

    assert "not a variable" not in result.out


@pytest.mark.parametrize("locale", ["en_GB.UTF-8", "ja_JP.UTF-8"])
def test_nobody_is_sent_back_to_the_doctor(locale: str, upstream: Upstream, home: Path) -> None:
    upstream.fault("hf:html:always")
    result = doctor(upstream, None, home, ARXIV_API_URL=NOWHERE, LC_ALL=locale)

    assert result.status == 1
    assert "kawaraban doctor" not in result.out


def test_the_findings_as_json(upstream: Upstream, claude: Claude, home: Path) -> None:
    claude.mode("auth")
    result = kawaraban("doctor", "--json", environment=online(upstream, claude, home) | {"SLACK_APP_TOKEN": "xapp-1"})
    found = json.loads(result.out)

    assert (result.status, found["ok"], found["version"]) == (1, False, 1)
    by_name = {check["name"]: check for check in found["checks"]}
    assert by_name["settings"] | {"text": ""} == {
        "name": "settings",
        "status": "problem",
        "code": "settings.slack_bot_token",
        "text": "",
        "variable": "SLACK_BOT_TOKEN",
        "address": None,
    }
    assert (by_name["claude"]["status"], by_name["claude"]["code"]) == ("problem", "model.auth")
    assert (by_name["database"]["status"], by_name["database"]["code"]) == ("ok", None)


def test_settings_that_cannot_be_read_are_json_too(home: Path) -> None:
    result = kawaraban("doctor", "--json", environment=offline(home) | {"DIGEST_TIME": "25:00", "DIGEST_SIZE": "0"})

    assert result.status == 1
    assert [check["variable"] for check in json.loads(result.out)["checks"]] == ["DIGEST_TIME", "DIGEST_SIZE"]


@pytest.mark.parametrize("given", [{"SLACK_CLIENT_ID": "1.2"}, {"SLACK_APP_TOKEN": "xapp-1"}, {"DISCORD_TOKEN": " "}])
def test_run_refuses_a_platform_that_is_set_up_in_part(given: dict[str, str], home: Path) -> None:
    result = kawaraban("run", environment=offline(home) | {"HUGO_CONTENT_DIR": str(home / "blog")} | given)

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("There ")
    assert not (home / "blog").exists()


def test_a_platform_out_of_reach_is_named_once_with_the_remedy(upstream: Upstream, home: Path) -> None:
    more = {"SLACK_BOT_TOKEN": "xoxb-invented", "SLACK_APP_TOKEN": "xapp-invented", "DISCORD_TOKEN": "a.b.c"}
    result = doctor(upstream, None, home, SLACK_API_URL=NOWHERE, DISCORD_API_URL=NOWHERE, **more)

    assert result.status == 1
    for name in ("Slack", "Discord"):
        lines = [line for line in result.out.splitlines() if f"{name} cannot be reached" in line]
        assert len(lines) == 1
        assert "HTTPS_PROXY" in lines[0]
    assert "retried automatically" not in result.out


def test_a_blog_that_is_there_can_be_written(upstream: Upstream, home: Path) -> None:
    (home / "blog").mkdir()
    result = doctor(upstream, None, home, HUGO_CONTENT_DIR=str(home / "blog"))

    assert f"{home}/blog can be written" in result.out
