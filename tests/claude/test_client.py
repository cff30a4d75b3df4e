"""The Claude client against the stand-in API, and against a server that answers whatever a test wants."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import BaseModel

from bot.claude import prices
from bot.claude.client import Claude, Question
from bot.errors import ModelBusy, ModelError, ModelRefusesUs
from bot.models import StopReason, Usage
from bot.words import words_for
from tests.support import standins


class Answer(BaseModel):
    headline: str


QUESTION = Question(
    model="claude-haiku-5-5",
    system="Say one line about the text. " * 100,
    content='{"title": "Pebble Sorting with Patient Automata"}',
    shape=Answer,
    max_tokens=500,
)


@dataclass
class Clock:
    """Stands for `asyncio.sleep`: remembers the waits, and makes none."""

    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@dataclass
class Wire:
    """A server that gives the same bytes to every request, and remembers the requests."""

    url: str = ""
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def wire(*answers: bytes, pause: float = 0.0) -> AsyncIterator[Wire]:
    """The answers in turn, the last one for ever; each sent in two halves with `pause` seconds between them."""
    server, over = Wire(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        server.requests.append(head + await reader.readexactly(length))
        sent = answers[min(len(server.requests), len(answers)) - 1]
        writer.write(sent[: len(sent) // 2])
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), pause)
        writer.write(sent[len(sent) // 2 :])
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server
        over.set()
        await asyncio.sleep(0.01 if pause else 0)


def http(body: object, status: str = "200 OK", headers: str = "", kind: str = "application/json") -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    raw = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(raw)}\r\nconnection: close\r\n{headers}\r\n"
    )
    return head.encode() + raw


def message(text: str = '{"headline": "Pebbles"}', **more: object) -> dict[str, object]:
    usage = {"input_tokens": 10, "output_tokens": 20, "cache_read_input_tokens": None}
    content = [{"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": text}]
    return {"id": "msg_1", "content": content, "stop_reason": "end_turn", "usage": usage, **more}


def error(kind: str, text: str = "no") -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": text}}


async def failure(url: str, clock: Clock | None = None, **options: float) -> ModelError:
    """The error that asking ends in."""
    async with Claude("key", base_url=url, sleep=(clock or Clock()).sleep, **options) as claude:  # type: ignore[arg-type]  # only numbers are passed
        with pytest.raises(ModelError) as caught:
            await claude.ask(QUESTION)
    return caught.value


async def test_an_answer_is_read_past_its_thinking_and_priced() -> None:
    async with wire(http(message())) as server, Claude("key", base_url=server.url) as claude:
        answer = await claude.ask(QUESTION)
    assert answer.stop is StopReason.COMPLETE
    assert answer.content == Answer(headline="Pebbles")
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.cache_read_tokens) == (10, 20, 0)
    assert answer.usage.usd == pytest.approx((10 * 0.10 + 20 * 0.50) / 1e6)


async def test_what_is_sent() -> None:
    async with wire(http(message())) as server, Claude("key", base_url=server.url) as claude:
        await claude.ask(replace(QUESTION, effort="low"))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    sent = json.loads(body)
    assert b"authorization: bearer key" in head.lower()
    assert sent["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert sent["output_config"]["effort"] == "low"
    assert sent["output_config"]["format"]["schema"]["additionalProperties"] is False
    assert set(sent) == {"model", "max_tokens", "system", "messages", "output_config"}


@pytest.mark.parametrize(
    ("stop_reason", "stop"),
    [
        ("max_tokens", StopReason.TRUNCATED),
        ("model_context_window_exceeded", StopReason.TRUNCATED),
        ("refusal", StopReason.REFUSED),
        ("pause_turn", StopReason.MALFORMED),
        ("tool_use", StopReason.MALFORMED),
        ("something_new", StopReason.MALFORMED),
        (None, StopReason.MALFORMED),
    ],
)
async def test_the_stop_reason_comes_before_the_text(stop_reason: str | None, stop: StopReason) -> None:
    async with wire(http(message(stop_reason=stop_reason))) as server, Claude("key", base_url=server.url) as claude:
        answer = await claude.ask(QUESTION)
    assert (answer.stop, answer.content) == (stop, None)
    assert answer.usage.output_tokens == 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sure!",
        "[]",
        "null",
        '{"headline": 3}',
        '{"other": "x"}',
        '{"headline": "\\ud800"}',
        "[" * 100_000,
        '{"headline": "x"',
    ],
)
async def test_a_text_of_another_shape_is_malformed(text: str) -> None:
    async with wire(http(message(text))) as server, Claude("key", base_url=server.url) as claude:
        answer = await claude.ask(QUESTION)
    assert (answer.stop, answer.content) == (StopReason.MALFORMED, None)
    assert len(server.requests) == 1


async def test_a_refusal_without_content() -> None:
    async with (
        wire(http(message(content=[], stop_reason="refusal"))) as server,
        Claude("key", base_url=server.url) as claude,
    ):
        assert (await claude.ask(QUESTION)).stop is StopReason.REFUSED


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"id": "msg_',
        "<html>Bad gateway</html>",
        message(content=None),
        message(content=["text"]),
        message(usage=None),
        message(usage={"input_tokens": -1, "output_tokens": 1}),
        message(usage={"input_tokens": "many", "output_tokens": 1}),
    ],
    ids=str,
)
async def test_a_body_that_is_no_message_is_asked_again_and_may_have_cost(body: object) -> None:
    async with wire(http(body)) as server:
        error = await failure(server.url)
    assert isinstance(error, ModelBusy)
    assert error.code == "model.malformed_answer"
    assert len(server.requests) == 3
    assert error.usd == pytest.approx(3 * QUESTION.estimate())


# What an edge, a proxy or a captive portal answers: nothing that it says is final.
ELSEWHERE = [
    "300 Multiple Choices",
    "400 Bad Request",
    "401 Unauthorized",
    "402 Payment Required",
    "403 Forbidden",
    "404 Not Found",
    "407 Proxy Authentication Required",
    "413 Too Large",
    "418 Teapot",
    "421 Misdirected",
    "451 Legal",
]
NOT_THE_API: list[object] = [
    "",
    "<html>Please sign in</html>",
    {"message": "Unauthorized"},
    {"error": "authentication_error"},
    {"error": {"type": "authentication_error", "message": "no"}},
    {"type": "error", "error": {"type": "permission_error"}},
]


@pytest.mark.parametrize(
    ("status", "body", "code", "kind"),
    [
        ("401 Unauthorized", error("authentication_error"), "model.auth", ModelRefusesUs),
        ("402 Payment Required", error("billing_error"), "model.credit", ModelRefusesUs),
        ("400 Bad Request", error("billing_error"), "model.credit", ModelRefusesUs),
        ("403 Forbidden", error("permission_error"), "model.permission", ModelRefusesUs),
        ("404 Not Found", error("not_found_error"), "model.unknown", ModelRefusesUs),
        ("400 Bad Request", error("invalid_request_error"), "model.request", ModelRefusesUs),
        ("413 Too Large", error("request_too_large"), "model.request", ModelRefusesUs),
        *((status, body, "model.malformed_answer", ModelBusy) for status in ELSEWHERE for body in NOT_THE_API),
        ("429 Too Many", error("rate_limit_error"), "model.rate_limited", ModelBusy),
        ("429 Too Many", "slow down", "model.rate_limited", ModelBusy),
        ("500 Oops", error("api_error"), "model.server_error", ModelBusy),
        ("503 Unavailable", "<html>", "model.server_error", ModelBusy),
        ("504 Gateway Timeout", error("timeout_error"), "model.timeout", ModelBusy),
        ("529 Overloaded", error("overloaded_error"), "model.overloaded", ModelBusy),
        ("500 Oops", error("overloaded_error"), "model.overloaded", ModelBusy),
    ],
)
async def test_errors_become_ours(status: str, body: object, code: str, kind: type[ModelError]) -> None:
    async with wire(http(body, status)) as server:
        error = await failure(server.url)
    assert (error.code, type(error)) == (code, kind)
    assert error.arguments["model"] == QUESTION.model
    tries = 1 if kind is ModelRefusesUs or code == "model.timeout" else 3
    assert len(server.requests) == tries
    assert (error.usd > 0) == (code == "model.timeout")


@pytest.mark.parametrize(
    ("status", "type_", "message", "code"),
    [
        (
            "400 Bad Request",
            "invalid_request_error",
            (
                "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to "
                "upgrade or purchase credits."
            ),
            "model.credit",
        ),
        (
            "400 Bad Request",
            "invalid_request_error",
            "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
            "model.spend_limit",
        ),
        ("429 Too Many", "rate_limit_error", "Monthly spend limit reached for this workspace.", "model.spend_limit"),
        ("400 Bad Request", "invalid_request_error", "This organization has been disabled.", "model.disabled"),
        ("403 Forbidden", "permission_error", "Your account has been suspended.", "model.disabled"),
        ("401 Unauthorized", "authentication_error", "invalid x-api-key", "model.auth"),
        ("400 Bad Request", "invalid_request_error", "max_tokens: too large", "model.request"),
        ("429 Too Many", "rate_limit_error", "This request would exceed your rate limit.", "model.rate_limited"),
    ],
)
async def test_what_the_api_says_in_words_decides_the_remedy(status: str, type_: str, message: str, code: str) -> None:
    async with wire(http(error(type_, message), status)) as server:
        failed = await failure(server.url)

    assert failed.code == code
    for language in ("ja", "en"):
        said = words_for(language).error(failed)
        assert "\n" not in said
        assert (message in said) == isinstance(failed, ModelRefusesUs)


async def test_a_bad_request_names_its_fault_on_one_line() -> None:
    body = error("invalid_request_error", "max_tokens:\n  too large " + "x" * 1000)
    async with wire(http(body, "400 Bad Request")) as server:
        failed = await failure(server.url)
    text = str(failed.arguments["message"])
    assert text.startswith("max_tokens: too large xxx")
    assert (len(text), text[-1]) == (301, "…")


async def test_a_busy_server_is_asked_again_after_growing_waits() -> None:
    clock = Clock()
    async with (
        wire(http(error("overloaded_error"), "529 Overloaded"), http("", "500 Oops"), http(message())) as server,
        Claude("key", base_url=server.url, sleep=clock.sleep) as claude,
    ):
        assert (await claude.ask(QUESTION)).stop is StopReason.COMPLETE
    assert 0.75 <= clock.waits[0] <= 1.25
    assert 1.5 <= clock.waits[1] <= 2.5


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("7", [7.0, 7.0]),
        ("0", [0.0, 0.0]),
        ("-3", [0.0, 0.0]),
        ("21", []),
        ("4000000", []),
        # Named, because each of xdist's workers reads its own clock here, and all must see the same tests.
        pytest.param(format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True), [0.0, 0.0], id="past"),
        pytest.param(format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), [], id="to come"),
        ("Sat, 01 Jan 2000 00:00:00", [0.0, 0.0]),
    ],
)
async def test_retry_after_is_obeyed_up_to_a_cap(asked: str, waits: list[float]) -> None:
    clock = Clock()
    async with wire(http(error("rate_limit_error"), "429 Too Many", f"retry-after: {asked}\r\n")) as server:
        failed = await failure(server.url, clock)
    assert failed.code == "model.rate_limited"
    assert clock.waits == waits


@pytest.mark.parametrize("asked", ["soon", "nan", "inf", "1e999", "", "Sat, 99 Foo 2000"])
async def test_an_unreadable_retry_after_is_passed_over(asked: str) -> None:
    clock = Clock()
    async with wire(http("", "429 Too Many", f"retry-after: {asked}\r\n")) as server:
        await failure(server.url, clock)
    assert len(clock.waits) == 2
    assert all(wait > 0.5 for wait in clock.waits)


async def test_a_lost_connection_may_have_cost_a_refused_one_has_not() -> None:
    async with wire(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf") as server:
        lost = await failure(server.url)
    assert lost.code == "model.unreachable"
    assert lost.usd == pytest.approx(3 * QUESTION.estimate())
    refused = await failure(server.url)
    assert (refused.code, refused.usd) == ("model.unreachable", 0.0)


async def test_lost_attempts_are_added_to_the_answer_that_came() -> None:
    async with (
        wire(http('{"half":'), http(message())) as server,
        Claude("key", base_url=server.url, sleep=Clock().sleep) as claude,
    ):
        answer = await claude.ask(QUESTION)
    assert answer.usage.usd == pytest.approx(QUESTION.estimate() + (10 * 0.10 + 20 * 0.50) / 1e6)


async def test_a_body_that_trickles_in_meets_the_timeout_once() -> None:
    async with wire(http(message()), pause=300) as server:
        late = await failure(server.url, timeout=2)
    assert late.code == "model.timeout"
    assert late.usd == pytest.approx(QUESTION.estimate())
    assert len(server.requests) == 1


async def test_a_redirect_is_not_followed_with_the_question() -> None:
    async with wire(http(message())) as elsewhere:
        moved = http("", "307 Temporary Redirect", f"location: {elsewhere.url}/v1/messages\r\n")
        async with wire(moved) as server:
            assert (await failure(server.url, retries=0)).code == "model.malformed_answer"
            async with Claude("key", base_url=server.url) as claude:
                with pytest.raises(ModelError):
                    await claude.check_model("claude-haiku-5-5")
        assert elsewhere.requests == []


async def test_a_packed_answer_is_not_unpacked_and_may_have_cost() -> None:
    bomb = gzip.compress(json.dumps(message(" " * 100_000)).encode())
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(bomb)}\r\nconnection: close\r\n\r\n"
    async with wire(head.encode() + bomb) as server:
        error = await failure(server.url, retries=0)
        assert b"accept-encoding: identity" in server.requests[0].lower()
    assert error.code == "model.malformed_answer"
    assert error.usd > 0


async def test_an_answer_longer_than_any_is_not_read_to_its_end() -> None:
    async with wire(http(message("x" * (17 * 2**20)))) as server:
        error = await failure(server.url, retries=0)
    assert error.code == "model.malformed_answer"
    assert error.usd > 0


@pytest.mark.parametrize("key", ["", "  ", "ｋｅｙ", "two\nlines"])
async def test_a_key_that_cannot_be_sent_is_a_wrong_key(key: str) -> None:
    async with wire(http(message())) as server, Claude(key, base_url=server.url) as claude:
        with pytest.raises(ModelRefusesUs) as caught:
            await claude.ask(QUESTION)
    assert caught.value.code == "model.auth"
    assert server.requests == []


async def test_an_address_without_a_server() -> None:
    failed = await failure("http://127.0.0.1:1")
    assert (failed.code, failed.usd) == ("model.unreachable", 0.0)


@pytest.mark.parametrize(
    ("mode", "code", "calls"),
    [
        ("overloaded", "model.overloaded", 3),
        ("rate_limited", "model.rate_limited", 3),
        ("server_error", "model.server_error", 3),
        ("bad_body", "model.malformed_answer", 3),
        ("slow:60", "model.timeout", 1),
        ("auth", "model.auth", 1),
        ("credit", "model.credit", 1),
    ],
)
async def test_faults_of_the_stand_in_for_ever(claude: standins.Claude, mode: str, code: str, calls: int) -> None:
    claude.mode(mode)
    failed = await failure(claude.url, timeout=3 if mode == "slow:60" else 60)
    assert failed.code == code
    assert claude.totals()["calls"] == calls


@pytest.mark.parametrize("mode", ["overloaded", "rate_limited", "server_error", "bad_body"])
async def test_faults_of_the_stand_in_once(claude: standins.Claude, mode: str) -> None:
    claude.mode(mode, times=1)
    async with Claude("key", base_url=claude.url, sleep=Clock().sleep) as ours:
        assert (await ours.ask(QUESTION)).stop is StopReason.COMPLETE
    assert claude.totals()["calls"] == 2


@pytest.mark.parametrize(
    ("mode", "stop"),
    [("bad_json", StopReason.MALFORMED), ("truncated", StopReason.TRUNCATED), ("refusal", StopReason.REFUSED)],
)
async def test_bad_answers_of_the_stand_in(claude: standins.Claude, mode: str, stop: StopReason) -> None:
    claude.mode(mode)
    async with Claude("key", base_url=claude.url) as ours:
        answer = await ours.ask(QUESTION)
    assert (answer.stop, answer.content) == (stop, None)
    assert answer.usage.usd > 0
    assert claude.totals()["calls"] == 1


async def test_an_unknown_model(claude: standins.Claude) -> None:
    async with Claude("key", base_url=claude.url) as ours:
        with pytest.raises(ModelRefusesUs) as caught:
            await ours.ask(replace(QUESTION, model="claude-nonesuch"))
    assert caught.value.code == "model.unknown"


@pytest.mark.parametrize("mode", ["auth", "credit", "overloaded"])
async def test_the_model_is_tried_with_one_token(claude: standins.Claude, mode: str) -> None:
    async with Claude("key", base_url=claude.url) as ours:
        await ours.check_model("claude-haiku-5-5")
        claude.mode(mode)
        with pytest.raises(ModelError) as caught:
            await ours.check_model("claude-haiku-5-5")
    assert caught.value.code == f"model.{mode}"
    assert [entry["max_tokens"] for entry in claude.log()] == [1, 1]


async def test_trying_a_key_that_cannot_be_sent() -> None:
    async with Claude("\u30ad\u30fc") as ours:
        with pytest.raises(ModelRefusesUs) as caught:
            await ours.check_model("claude-haiku-5-5")
    assert caught.value.code == "model.auth"


async def test_the_system_prompt_is_cached(claude: standins.Claude) -> None:
    async with Claude("key", base_url=claude.url) as ours:
        first = (await ours.ask(QUESTION)).usage
        second = (await ours.ask(replace(QUESTION, content="Another text about pebbles."))).usage
    assert first.cache_write_tokens > 512
    assert second.cache_read_tokens == first.cache_write_tokens
    assert second.usd < first.usd


async def test_so_many_questions_at_once_and_no_more(claude: standins.Claude) -> None:
    claude.mode("slow:0.1")
    async with Claude("key", base_url=claude.url, concurrency=3) as ours:
        await asyncio.gather(*(ours.ask(replace(QUESTION, content=f"Text {n}")) for n in range(8)))
    assert claude.totals()["max_concurrency"] == 3


def test_prices() -> None:
    usage = Usage(input_tokens=1_000_000)
    expected = {
        "claude-opus-5-5": 4.0,
        "claude-haiku-4-5-20251001": 1.0,
        "claude-haiku-5-5": 0.5,
        "claude-nonesuch-9": 10.0,
    }
    assert {model: prices.cost(model, usage) for model in expected} == expected


def test_a_long_prompt_costs_more_as_a_whole() -> None:
    short = Usage(input_tokens=60_000, cache_read_tokens=40_000, output_tokens=1_000_000)
    long = replace(short, cache_read_tokens=40_001)
    assert prices.cost("claude-haiku-5-5", short) == pytest.approx(0.5 + 0.006 + 0.0004)
    assert prices.cost("claude-haiku-5-5", long) == pytest.approx(2.5 + 0.03 + 0.05 * 40_001 / 1e6)


def test_an_estimate_is_above_what_such_a_call_costs() -> None:
    # 3,000 bytes of English are some 800 tokens; an answer within its limit costs no more.
    likely = prices.cost("claude-sonnet-5-5", Usage(input_tokens=800, output_tokens=2_000))
    assert likely < prices.estimate("claude-sonnet-5-5", 3_000, 2_000) < 2 * likely
