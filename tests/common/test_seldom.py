"""What strangers cause is one line a minute."""

from __future__ import annotations

import logging

import pytest

from bot.common.seldom import Seldom


def test_each_message_is_logged_once_a_minute_with_what_was_left_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    now = 0.0
    seldom = Seldom(logging.getLogger("tests.seldom"), now=lambda: now)
    for _ in range(500):
        seldom.warning("rubbish from %s", "somewhere")
    seldom.info("something else")
    now = 61.0
    seldom.warning("rubbish from %s", "elsewhere")

    assert [record.getMessage() for record in caplog.records] == [
        "rubbish from somewhere",
        "something else",
        "rubbish from elsewhere (and 499 more before)",
    ]


def test_an_error_is_a_warning_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    seldom = Seldom(logging.getLogger("tests.seldom"))
    seldom.exception("no request from %s", "10.0.0.1", exc_info=ValueError("a line\nand another"))

    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.getMessage() == "no request from 10.0.0.1: a line and another"
