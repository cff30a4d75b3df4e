"""Wherever text from outside becomes a number, whatever is written there gives a usable number or an error of ours."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import anthropic
import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from adapters.common.http import LONGEST_WAIT, wait_asked
from adapters.discord import finding, reactions
from adapters.discord.platform import ids
from adapters.discord.rest import Bucket
from adapters.hugo.parse import parse
from adapters.slack import errors as slack_errors
from adapters.slack.reactions import reaction_of, tally
from adapters.slack.views import origin_of, read
from bot.app import dates
from bot.chat.commands import MAX_SIZE, SetEmoji, SetSize
from bot.chat.parser import parse_digest
from bot.checking.check import check
from bot.claude.client import _Tokens
from bot.claude.faults import retry_after
from bot.claude.prices import cost
from bot.cli.arguments import whole as option
from bot.cli.check import check_lines
from bot.errors import AmbiguousError, InputError, ModelBusy, PermanentError, SettingsError
from bot.models import MessageRef, Usage
from bot.papers.refs import parse_ref
from bot.settings import Settings, load_settings
from bot.sources import fields
from bot.sources.http import Answer, Malformed, _retry_after, parse_json
from bot.store.store import Store
from tests.support.strategies import numerals

if TYPE_CHECKING:
    import aiohttp

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
POST = Path(__file__).parents[1].joinpath("data", "hugo", "post-en.md").read_text()
SLACK_EVENT = {
    "type": "reaction_added",
    "user": "U1",
    "reaction": "+1",
    "item": {"type": "message", "channel": "C1", "ts": "1772150400.000100"},
}
_NUMBERS = [name for name, field in Settings.model_fields.items() if field.annotation in (int, float)]


# --- people -----------------------------------------------------------------------------------


@given(numerals)
@pytest.mark.parametrize("command", ["size", "time", "days", "emoji 🍣", "like", "why", "top", "now", "topics", ""])
def test_commands(command: str, text: str) -> None:
    try:
        found = parse_digest(f"{command} {text}")
    except InputError:
        return
    if isinstance(found, SetSize):
        assert 1 <= found.size <= MAX_SIZE
    if isinstance(found, SetEmoji):
        assert all(-2 <= value <= 2 and not _is_negative_zero(value) for _, value in found.values)


@given(numerals)
def test_papers(text: str) -> None:
    try:
        parse_ref(text)
    except InputError:
        return


@given(numerals)
@example("9" * 4_400)
def test_sizes_of_the_command_line(text: str) -> None:
    try:
        found = option(text)
    except InputError:
        return
    assert found is not None
    assert found >= 0


@given(numerals | st.builds("{}-01-01T{}".format, numerals, numerals))
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Pago_Pago"])
def test_dates_of_the_command_line(zone: str, text: str) -> None:
    try:
        day, due_at = dates.due(text, NOW, ZoneInfo(zone))
    except InputError:
        return
    assert day.year >= 1991
    assert due_at.tzinfo is UTC


@given(text=numerals)
@pytest.mark.parametrize("name", [*_NUMBERS, "digest_time"])
def test_settings(name: str, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / f"{name}.env"
    file.write_text(f"{name.upper()}='{text}'\n", encoding="utf-8")
    try:
        value = getattr(load_settings(file), name)
    except SettingsError:
        return
    assert name == "digest_time" or math.isfinite(value)


# --- texts ------------------------------------------------------------------------------------


@given(numerals, numerals, numerals, st.sampled_from(("", "、", "〜", "分の", "/", " of ", " to ")))
@example(f"{'9' * 400}e-999", "1", "2", "")
@example("1", "9" * 400, "0." + "0" * 400 + "1", "分の")
def test_summaries_and_their_sources(first: str, second: str, third: str, between: str) -> None:
    source = f"It sorts {first} pebbles, {third}{between}{second} times faster, about {second}%."
    findings = check(
        title=f"Pebbles {third}",
        source=source,
        summary=f"{first}{between}{second}個の小石を約{third}倍速く並べ替える手法を提案する。{second}%の改善を示した。",
        language="ja",
    )

    assert all(finding.text for finding in findings)


@given(numerals)
def test_lines_of_json(text: str) -> None:
    line = f'{{"title": "a", "source": {text}, "summary": "b", "language": "en"}}'
    with pytest.raises(InputError):
        list(check_lines([line]))


@given(numerals, numerals)
def test_posts_of_the_blog(first: str, second: str) -> None:
    text = POST.replace("2026-02-27", f"{first}-01-01").replace("## 1.", f"## {second}.")
    try:
        post = parse(text)
    except InputError:
        return
    assert all(entry.rank >= 0 for entry in post.entries)


# --- sources and the model --------------------------------------------------------------------


@given(numerals)
def test_answers_of_sources(text: str) -> None:
    try:
        value = parse_json(Answer(200, f'{{"count": {text}, "text": "{text}"}}'.encode()))
    except Malformed:
        return
    assert isinstance(value, dict)
    number, count = fields.number(value["count"]), fields.count(value["count"])
    assert number is None or math.isfinite(number)
    assert count is None or (count >= 0 and not _is_negative_zero(count))
    assert fields.numbers([value["count"]]) in (None, (number,))
    assert fields.number(value["text"]) is None
    fields.instant(value["text"])
    fields.arxiv_id(value["text"])


@given(numerals | st.builds("Mon, 01 Jan {} 00:00:00 {}".format, numerals, st.sampled_from(("GMT", "+9999", "-9999"))))
@example("Mon, 01 Jan 0001 00:00:00 +0900")
@example("Fri, 31 Dec 9999 23:59:59 -0900")
def test_waits_that_are_asked_for(text: str) -> None:
    response = SimpleNamespace(status_code=429, headers={"Retry-After": text}, get=lambda _name, _default=None: "x")
    waits = [
        _retry_after(text),
        retry_after(_busy(text), NOW),
        wait_asked(text, 1.0),
        slack_errors._seconds(SlackApiError("limited", response)),  # type: ignore[no-untyped-call]  # the SDK's
    ]

    assert all(wait is None or (math.isfinite(wait) and wait >= 0) for wait in waits)


@given(st.integers() | st.integers(10**300, 10**400))
def test_tokens_that_an_answer_counts(tokens: int) -> None:
    document = json.dumps({"input_tokens": tokens, "output_tokens": tokens})
    try:
        counted = _Tokens.model_validate_json(document)
    except ValueError:
        return
    assert 0 <= cost("claude-opus-5", Usage(counted.input_tokens, counted.output_tokens)) < math.inf


# --- chats ------------------------------------------------------------------------------------


@given(numerals, numerals, numerals)
def test_limits_that_discord_tells(limit: str, remaining: str, after: str) -> None:
    bucket = Bucket.__new__(Bucket)
    bucket.limit, bucket.remaining, bucket.outgoing, bucket._ends_at = 1, 1, 0, None
    headers = {
        "X-RateLimit-Limit": limit,
        "X-RateLimit-Remaining": remaining,
        "X-RateLimit-Reset-After": after,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adapters.discord.rest._now", lambda: 1_000.0)
        bucket.update(cast("aiohttp.ClientResponse", SimpleNamespace(headers=headers)))
        wait = bucket._wait()

    assert math.isfinite(wait)
    assert 0 <= wait <= LONGEST_WAIT


@given(numerals | st.integers(), numerals | st.integers() | st.none())
def test_counts_of_discord(count: object, burst: object) -> None:
    try:
        found = reactions._counts({"count": count, "count_details": {"burst": burst}})
    except AmbiguousError:
        return
    assert all(number >= 0 for number in found.values())


@given(numerals)
def test_ids_of_discord(text: str) -> None:
    assert isinstance(finding._before(text, 1), bool)
    assert finding._before("0001-01-01T00:00:00", 1)
    for call in (lambda: finding._number(text), lambda: ids(MessageRef("discord", f"{text}/{text}"))):
        try:
            call()
        except (AmbiguousError, PermanentError):
            continue
    assert all(re.fullmatch(r"\d+", one) for one in reactions._ids([{"id": text}]))


@given(numerals | st.integers() | st.floats())
def test_counts_and_times_of_slack(value: object) -> None:
    found = tally([{"name": "+1", "users": ["U1"], "count": value}], "U0")
    reaction = reaction_of({**SLACK_EVENT, "event_ts": value}, "T1")

    assert found.complete in (True, False)
    assert reaction is None or reaction.at.tzinfo is UTC


@given(numerals)
def test_forms_of_slack(text: str) -> None:
    chosen: Mapping[str, Any] = {"value": {"selected_option": {"value": text}, "selected_time": text}}
    form, _ = read({"state": {"values": {"size": chosen, "time": chosen}}})

    assert all(1 <= one.size <= MAX_SIZE for one in form.changes if isinstance(one, SetSize))
    with pytest.raises(ValueError):
        origin_of({"private_metadata": text})


# --- the store --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63, 10**400])
async def test_no_delivery_has_a_number_beyond_a_column(number: int, store: Store) -> None:
    assert await store.deliveries.get(number) is None
    assert not await store.deliveries.retry(number)


def _busy(retry_after: str) -> ModelBusy:
    request = httpx2.Request("POST", "http://127.0.0.1/v1/messages")
    answer = httpx2.Response(429, headers={b"retry-after": retry_after.encode()}, request=request)
    error = ModelBusy("model.rate_limited", model="m")
    error.__cause__ = anthropic.APIStatusError("busy", response=answer, body=None)
    return error


def _is_negative_zero(value: float) -> bool:
    return value == 0 and math.copysign(1.0, value) < 0
