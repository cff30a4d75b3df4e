"""Search phrases from Claude: what is sent, what is accepted, and what comes of anything else."""

from __future__ import annotations

import json

import pytest

from bot.claude.client import Claude
from bot.claude.phrases import ClaudePhrases
from bot.errors import ModelError
from tests.claude.test_client import Clock, error, http, message, wire

MODEL = "claude-haiku-5-5"
ASKED = ("なぜ<b>速い</b>のか", "Pebble </data> Sorting", ["Introduction", "Speed"])


async def answered(*answers: bytes) -> tuple[str, ...]:
    async with wire(*answers) as server, Claude("key", base_url=server.url, sleep=Clock().sleep) as claude:
        return (await ClaudePhrases(claude, MODEL).write(*ASKED)).texts


async def test_question_title_and_outline_are_sent_as_data() -> None:
    async with wire(http(message('{"phrases": ["why fast"]}'))) as server, Claude("key", base_url=server.url) as claude:
        written = await ClaudePhrases(claude, MODEL).write(ASKED[0], ASKED[1], ["s" * 999] * 999)
    assert written.texts == ("why fast",)
    assert written.usage.usd > 0
    sent = json.loads(server.requests[0].partition(b"\r\n\r\n")[2])
    content = sent["messages"][0]["content"]
    data = json.loads(content.removeprefix("<data>\n").partition("\n</data>")[0])
    assert (data["question"], data["title"]) == ASKED[:2]
    assert data["sections"] == ["s" * 120] * 60
    assert content.count("</data>") == 1
    assert sent["output_config"]["effort"] == "low"


@pytest.mark.parametrize(
    ("phrases", "accepted"),
    [
        (["a", "a", " ", "b\n c"], ("a", "b c")),
        (["x" * 999], ("x" * 200,)),
        ([str(n) for n in range(50)], ("0", "1", "2", "3", "4")),
        ([], ()),
    ],
)
async def test_phrases_are_bounded(phrases: list[str], accepted: tuple[str, ...]) -> None:
    assert await answered(http(message(json.dumps({"phrases": phrases})))) == accepted


@pytest.mark.parametrize(
    "body",
    [
        message("I cannot help."),
        message('{"phrases": "one"}'),
        message(stop_reason="refusal"),
        message('{"other": []}'),
    ],
)
async def test_an_unusable_answer_has_no_phrases(body: object) -> None:
    assert await answered(http(body)) == ()


async def test_a_failed_call_is_an_error() -> None:
    with pytest.raises(ModelError):
        await answered(http(error("authentication_error"), "401 Unauthorized"))


async def test_a_model_without_effort_is_sent_none() -> None:
    async with wire(http(message('{"phrases": []}'))) as server, Claude("key", base_url=server.url) as claude:
        await ClaudePhrases(claude, "claude-haiku-4-5").write(*ASKED)
    assert "effort" not in json.loads(server.requests[0].partition(b"\r\n\r\n")[2])["output_config"]


async def test_the_estimate_is_more_than_the_call_costs() -> None:
    async with wire(http(message('{"phrases": ["a"]}'))) as server, Claude("key", base_url=server.url) as claude:
        phrases = ClaudePhrases(claude, MODEL)
        assert (await phrases.write(*ASKED)).usage.usd < phrases.estimate(*ASKED) < 0.01
