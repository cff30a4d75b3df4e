"""What may be a password is hidden, however a value is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.masking import masked

PASSWORD = "hunter2"
WITH_PASSWORD = [
    "postgresql+psycopg2://u:hunter2@db.example/k",
    "mysql://root:hunter2@db.example:3306/k",
    '"postgresql://u:hunter2@db.example/k"',
    "'postgresql://u:hunter2@db.example/k'",
    "“postgresql://u:hunter2@db.example/k”",
    " postgresql://u:hunter2@db.example/k",
    "jdbc:postgresql://u:hunter2@db.example/k",
    "jdbc:postgresql://db.example/k?user=u&password=hunter2",
    "jdbc:sqlserver://db.example;user=u;password=hunter2",
    "postgresql://u:p@hunter2@db.example/k",
    "postgresql://u:hunter2@x@db.example/k",
    "postgresql://u:hunter2/x@db.example/k",
    "postgresql://u:a?hunter2@db.example/k",
    "postgresql://u:#hunter2@db.example/k",
    "postgresql://u:hunter2",
    "postgresql://u:hunter2/k",
    "postgresql:/u:hunter2@db.example/k",
    "postgresql:u:hunter2@db.example/k",
    "u:hunter2@db.example/k",
    "host=db.example user=u password=hunter2",
    "host=db.example password = 'hunter2 more hunter2'",
    "host=db.example PASSWORD='it\\'s hunter2'",
    "Server=db.example;Uid=u;Pwd=hunter2;",
    "https://proxy.example/v1?api_key=hunter2",
    "https://proxy.example/v1#hunter2",
    "https://hunter2@proxy.example/v1",
    "https//u:hunter2@proxy.example",
    "redis://:hunter2@[::1]:6379/0",
    "http://u:hunter2@[::1]:3128",
    "token: hunter2",
]


@pytest.mark.parametrize("text", WITH_PASSWORD)
def test_no_password_is_shown(text: str) -> None:
    shown = masked(text)
    assert PASSWORD not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Asia/Tokyo",
        "ja",
        "kawaraban.sqlite3",
        "/srv/k/kawaraban.sqlite3",
        "sqlite+aiosqlite:////srv/k.db",
        "mysql://x/y",
        "https://api.example:8443/v1",
        "http://[::1]:8080",
        "cs.CL, cs.AI",
        "25:00",
    ],
)
def test_what_holds_none_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_the_host_is_still_seen() -> None:
    assert masked("postgresql+psycopg2://u:hunter2@db.example:5432/k") == "postgresql+psycopg2://***@db.example:5432/k"


@pytest.mark.parametrize(
    "token", ["sk-ant-api03-abc_def-123", "xoxb-1-2-abc", "xapp-1-A-2-abc", f"{'M' * 24}.{'G' * 6}.{'x' * 38}"]
)
def test_a_token_in_the_wrong_variable_is_hidden(token: str) -> None:
    assert token not in masked(f"time {token}")


@given(
    st.sampled_from(["postgresql", "mysql", "jdbc:postgresql", "https", "postgresql+psycopg2"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20),
)
def test_any_password_before_an_at_is_hidden(scheme: str, before: str) -> None:
    assert PASSWORD not in masked(f"{scheme}://u:{before}{PASSWORD}@db.example/k")
