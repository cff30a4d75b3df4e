"""Proxies and certificates from the environment: a broken value is one line that names its variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.common.network import network_problems
from bot.errors import SettingsError
from bot.settings import load_settings
from bot.words import words_for
from tests.support.cli import kawaraban, offline


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    "value",
    [
        "socks5://proxy.example:1080",
        "http://",
        "http:/proxy.example",
        "http://proxy.example:port",
        "http://proxy.example:99999",
        "http://proxy.example:0",
        "http://proxy.example/path",
        "two words",
        "http://u:hunter2@proxy example",
        "http://[::1",
        "ftp://u:hunter2@proxy.example",
    ],
)
def test_a_proxy_that_is_none_is_named(name: str, value: str) -> None:
    ((variable, code, shown),) = network_problems({name: value})
    assert (variable, code) == (name, "settings.proxy")
    for language in ("ja", "en"):
        sentence = words_for(language).error(SettingsError([(variable, code, shown)]))
        assert name in sentence
        assert "hunter2" not in sentence


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HTTPS_PROXY": ""},
        {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "*"},
        {"https_proxy": "https://u:p%40ss@proxy.example/"},
        {"ALL_PROXY": "proxy.example:3128", "no_proxy": "localhost, .example.com,10.0.0.0/8,[::1],::1,host:80"},
        {"HTTP_PROXY": "http://[::1]:3128"},
    ],
)
def test_what_connections_can_use_is_no_problem(environ: dict[str, str]) -> None:
    assert network_problems(environ) == []


def test_exceptions_that_are_no_hosts_are_named() -> None:
    assert network_problems({"NO_PROXY": "localhost,a b"}) == [("NO_PROXY", "settings.no_proxy", "a b")]
    assert network_problems({"no_proxy": "[::1"}) == [("no_proxy", "settings.no_proxy", "[::1")]


def test_certificates_that_are_not_there_are_named(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("no certificate")
    assert network_problems({"SSL_CERT_DIR": str(tmp_path)}) == []
    for environ, code in (
        ({"SSL_CERT_FILE": str(tmp_path / "none.pem")}, "settings.certificates"),
        ({"SSL_CERT_FILE": str(rubbish)}, "settings.certificates"),
        ({"SSL_CERT_FILE": str(tmp_path)}, "settings.certificates"),
        ({"SSL_CERT_DIR": str(tmp_path / "none")}, "settings.certificates_folder"),
        ({"SSL_CERT_DIR": f"{tmp_path}:{rubbish}"}, "settings.certificates_folder"),
    ):
        ((variable, found, _),) = network_problems(environ)
        assert (variable, found) == (next(iter(environ)), code)


def test_it_is_reported_with_all_other_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy.example")
    (tmp_path / ".env").write_text("DIGEST_SIZE=0\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / ".env")
    assert {problem[0] for problem in caught.value.problems} == {"HTTPS_PROXY", "DIGEST_SIZE"}


@pytest.mark.parametrize("command", ["doctor", "status"])
@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "socks5://proxy.example"), ("SSL_CERT_FILE", "/nowhere/none.pem")]
)
def test_commands_say_it_in_one_line(tmp_path: Path, command: str, name: str, value: str) -> None:
    done = kawaraban(command, environment={**offline(tmp_path), name: value})
    assert done.status != 0
    assert f"- {name}: " in done.err
    assert "Traceback" not in done.err
