"""The stand-in of Claude: what it refuses, how it counts, and that it answers in the form that was asked for."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest

from tests.fakes import invented
from tests.fakes.claude_api import PromptCache, Rejected, tokens, validate
from tests.fakes.claude_modes import Modes, Rule
from tests.fakes.claude_writing import written
from tests.support.standins import Claude

OBJECT = {"type": "object", "properties": {"headline": {"type": "string"}}, "additionalProperties": False}
GOOD: dict[str, Any] = {
    "model": "claude-haiku-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello"}],
}


def with_schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"model": "claude-haiku-4-5-20251001"},
        {"system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]},
        with_schema(OBJECT),
        {"output_config": {"effort": "low"}},
    ],
)
def test_a_good_request_is_taken(more: dict[str, Any]) -> None:
    validate(GOOD | more)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"model": "claude-nonesuch"}, 404),
        ({"max_tokens": 0}, 400),
        ({"messages": []}, 400),
        ({"messages": [{"role": "assistant", "content": "Hello"}]}, 400),
        ({"messages": [{"role": "user", "content": ""}]}, 400),
        ({"temperature": 0.5}, 400),
        ({"model": "claude-haiku-4-5", "output_config": {"effort": "low"}}, 400),
        (with_schema({**OBJECT, "additionalProperties": True}), 400),
        (with_schema({**OBJECT, "properties": {"headline": {"type": "string", "maxLength": 9}}}), 400),
        (with_schema({**OBJECT, "properties": {"all": {"type": "array", "items": {"type": "object"}}}}), 400),
    ],
)
def test_a_bad_request_is_refused(more: dict[str, Any], status: int) -> None:
    with pytest.raises(Rejected) as rejected:
        validate(GOOD | more)
    assert rejected.value.status == status


def test_a_long_system_prompt_is_cached_for_its_model() -> None:
    cache = PromptCache()
    long = GOOD | {"system": [{"type": "text", "text": "word " * 1_000, "cache_control": {"type": "ephemeral"}}]}
    first, second = cache.usage(long), cache.usage(long)
    other = cache.usage(long | {"model": "claude-sonnet-5-5"})
    short = cache.usage(GOOD | {"system": [{"type": "text", "text": "word", "cache_control": {"type": "ephemeral"}}]})

    assert first["cache_creation_input_tokens"] == second["cache_read_input_tokens"] == 1_250
    assert (first["cache_read_input_tokens"], second["cache_creation_input_tokens"]) == (0, 0)
    assert other["cache_read_input_tokens"] == 0
    assert short["cache_creation_input_tokens"] == 0
    assert tokens("論文 paper") == 4


def test_rules_are_met_in_their_order_and_run_out() -> None:
    modes = Modes()
    modes.add(Rule("refusal", match="kites"))
    modes.add(Rule("english", times=1))
    modes.add(Rule("empty"))

    assert [modes.of(text).mode for text in ("kites", "bees", "bees", "kites")] == [
        "refusal",
        "english",
        "empty",
        "refusal",
    ]
    with pytest.raises(ValueError, match="no mode"):
        Rule("sulk")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_of_a_paper_that_it_does_not_know_it_says_its_name_and_its_figures(language: str) -> None:
    texts = written("WaxSeal: Closing Letters by Candle", "We close letters 2.5x faster, with 12% less wax.", language)

    assert "WaxSeal" in texts.headline
    assert all(figure in texts.summary for figure in ("2.5", "12%"))
    assert "WaxSeal" not in written("Letters", "We close letters.", language).summary


def test_the_sdk_takes_its_answers(claude: Claude) -> None:
    title = invented.landmark().title
    paper = json.dumps({"title": title, "abstract": invented.landmark().abstract})
    content = f'<paper>\n{paper}\n</paper>\n<task>\n{{"language_tag": "en"}}\n</task>'
    with anthropic.Anthropic(api_key="any", base_url=claude.url, max_retries=0) as client:
        messages: list[Any] = [{"role": "user", "content": content}]
        message = client.messages.create(
            model="claude-haiku-5-5",
            max_tokens=100,
            messages=messages,
            output_config={"format": {"type": "json_schema", "schema": OBJECT}},
        )
        counted = client.messages.count_tokens(model="claude-haiku-5-5", messages=messages)
        models = [model.id for model in client.models.list()]
        with pytest.raises(anthropic.NotFoundError):
            client.models.retrieve("claude-nonesuch")
        coloured = {**OBJECT, "properties": {"colour": {"type": "string"}}}
        with pytest.raises(anthropic.InternalServerError, match="nothing to say for colour"):
            client.messages.create(
                model="claude-haiku-5-5",
                max_tokens=100,
                messages=messages,
                output_config={"format": {"type": "json_schema", "schema": coloured}},
            )

    (block,) = message.content
    assert block.type == "text"
    assert invented.LANDMARK.method in json.loads(block.text)["headline"]
    assert 0 < counted.input_tokens < message.usage.input_tokens
    assert "claude-haiku-5-5" in models
    assert claude.log()[0]["title"] == title
