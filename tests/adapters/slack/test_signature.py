"""Whether a request is Slack's, whatever its bytes are; and what is said where it is not."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.signature import Verdict, judge
from tests.fakes.slack import SlackDouble
from tests.support.slack_bots import running

SECRET, NOW = "an invented signing secret", 1_772_000_000.0


def signed(body: bytes, stamp: str = "1772000000", secret: str = SECRET) -> dict[str, str]:
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={signature}"}


def verdict(headers: Mapping[str, str], body: bytes) -> Verdict:
    return judge(SECRET, headers, body, NOW).verdict


@given(st.binary(max_size=300))
def test_what_slack_signed_is_genuine_whatever_its_bytes(body: bytes) -> None:
    assert verdict(signed(body), body) is Verdict.GENUINE
    assert verdict(signed(body), body + b"\0") is Verdict.WRONG
    assert verdict(signed(body, secret="another"), body) is Verdict.WRONG


@pytest.mark.parametrize(("stamp", "seconds"), [("1771999690", 310), ("1772000400", -400), ("0", 1_772_000_000)])
def test_a_wrong_clock_is_told_apart_from_a_wrong_secret(stamp: str, seconds: int) -> None:
    judgement = judge(SECRET, signed(b"{}", stamp), b"{}", NOW)
    assert (judgement.verdict, judgement.seconds) == (Verdict.UNTIMELY, seconds)
    assert judge(SECRET, signed(b"{}", stamp, "another"), b"{}", NOW).verdict is Verdict.WRONG


@given(st.text(max_size=80), st.text(max_size=80))
def test_headers_of_any_kind_are_judged(stamp: str, signature: str) -> None:
    assert verdict({"x-slack-request-timestamp": stamp, "x-slack-signature": signature}, b"") is not Verdict.GENUINE


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "1772000000.5", "９", "9" * 400, " 1772000000", "nan"])
def test_an_odd_stamp_is_unsigned(stamp: str) -> None:
    assert verdict(signed(b"", stamp), b"") is Verdict.UNSIGNED


UNSIGNED: dict[str, tuple[bytes, dict[str, str]]] = {
    "half": (b"{", {}),
    "list": (b"[]", {}),
    "null": (b"null", {}),
    "odd stamp": (b"{}", {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=1"}),
    "huge stamp": (b"{}", {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=" + "0" * 64}),
    "wrong": (b"{}", {"X-Slack-Request-Timestamp": "1772000000", "X-Slack-Signature": "v0=" + "0" * 64}),
    "no gzip": (b"rubbish", {"Content-Encoding": "gzip"}),
    "no deflate": (b"rubbish", {"Content-Encoding": "deflate"}),
    "cookie": (b"{}", {"Cookie": "a=\udcff"}),
    "no charset": (b"a=b", {"Content-Type": "application/x-www-form-urlencoded; charset=klingon"}),
    "nested": (b"[" * 100_000, {}),
    "large form": (b"a=%41&" * 170_000, {"Content-Type": "application/x-www-form-urlencoded"}),
}


async def test_rubbish_is_refused_without_a_traceback(slack: SlackDouble, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with running(slack, "http") as kawaraban, aiohttp.ClientSession() as session:
        answers = {}
        for name, (body, headers) in UNSIGNED.items():
            sent = {"Content-Type": "application/json", **headers}
            for _ in range(2):
                async with session.post(f"{kawaraban.url}/slack/events", data=body, headers=sent) as answer:
                    answers[name] = answer.status

    assert answers == dict.fromkeys(UNSIGNED, 401)
    ours = [record for record in caplog.records if record.name.startswith(("adapters.slack", "bot.operations"))]
    assert not [record for record in ours if record.exc_info or record.levelno > logging.WARNING]
    lines = [record.getMessage() for record in ours if "/slack/events" in record.getMessage()]
    assert len(lines) == len(set(lines)) == 2  # unsigned, and signed wrongly
    assert any("SLACK_SIGNING_SECRET" in line for line in lines)


async def test_strangers_use_up_their_own_allowance_and_never_slacks(slack: SlackDouble) -> None:
    async with running(slack, "http") as kawaraban, aiohttp.ClientSession() as session:
        url, answers = f"{kawaraban.url}/slack/events", []
        for _ in range(100):
            async with session.post(url, data=b"{}") as answer:
                answers.append((answer.status, answer.headers.get("Connection", "")))
        assert slack.http
        assert await slack.http.verify()  # from the same address, and signed

    assert answers[0] == (401, "")
    assert answers[-1] == (429, "close")
    assert answers.count((429, "close")) >= 30


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "17", json.dumps({"type": []}), ""])
@pytest.mark.parametrize("form", [False, True])
async def test_what_is_signed_and_none_of_slacks_is_no_crash(slack: SlackDouble, body: str, form: bool) -> None:
    async with running(slack, "http") as kawaraban, aiohttp.ClientSession() as session:
        raw = urlencode({"payload": body}).encode() if form else body.encode()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {**signed(raw, str(int(time.time())), slack.state.app.signing_secret), "Content-Type": kind}
        async with session.post(f"{kawaraban.url}/slack/events", data=raw, headers=headers) as answer:
            assert answer.status < 500


async def test_a_wrong_clock_is_named_with_the_remedy(slack: SlackDouble, caplog: pytest.LogCaptureFixture) -> None:
    async with running(slack, "http"):
        assert slack.http
        slack.http.skew = 3600
        assert not await slack.http.verify()
        slack.http.skew = 0
        assert await slack.http.verify()

    (line,) = [record.getMessage() for record in caplog.records if "clock" in record.getMessage()]
    assert "3600 s ahead of Slack's" in line.replace("3601", "3600")
    assert "timedatectl" in line
