"""The rules of a careful app and a careful bot: what of a good call they pass, and what of a bad one they name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes import discord_rules, slack_rules

LINK = "<https://example.org/a?b=1|a &amp; b>"
POST = {"channel": "C1", "text": f"Five papers: {LINK}"}
SAFE: dict[str, Any] = {"allowed_mentions": {"parse": []}}
BUTTON = {"type": 2, "style": 1, "label": "Details", "custom_id": "d"}


def section(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("chat.postMessage", POST),
        (
            "chat.postMessage",
            {**POST, "blocks": [section(f"&gt; {LINK}\n> quoted"), section("a < b", "plain_text")]},
        ),
        ("response_url", {"delete_original": True}),
        ("reactions.add", {"channel": "C1", "name": "+1", "timestamp": "1.2"}),
    ],
)
def test_good_calls_of_slack(method: str, arguments: dict[str, Any]) -> None:
    assert list(slack_rules.problems(method, arguments)) == []


@pytest.mark.parametrize(
    ("method", "arguments", "said"),
    [
        ("chat.post", {}, "no known method"),
        ("chat.postMessage", {"text": "x"}, "needs channel"),
        ("chat.postMessage", {**POST, "colour": "red"}, "takes no colour"),
        ("chat.postMessage", {**POST, "text": " "}, "has no text"),
        ("chat.postMessage", {**POST, "text": "x" * 4_001}, "4001 characters"),
        ("chat.postMessage", {**POST, "text": "<!channel> look"}, "notifies people"),
        ("chat.postMessage", {**POST, "text": "<@U1|ada> look"}, "notifies people"),
        ("chat.postMessage", {**POST, "text": "R&D"}, "'&' unescaped"),
        ("chat.postMessage", {**POST, "text": "<javascript:x|y>"}, "'<' unescaped"),
        ("chat.postMessage", {**POST, "blocks": [section("a < b")]}, "'<' unescaped"),
        ("chat.postMessage", {**POST, "blocks": [section(" ")]}, "empty text"),
        ("chat.postMessage", {**POST, "blocks": [{"type": "markdown", "text": "<!here>"}]}, "notifies people"),
        ("views.open", {"view": {"type": "modal", "blocks": [section("<!everyone>")]}}, "notifies people"),
    ],
)
def test_bad_calls_of_slack(method: str, arguments: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in slack_rules.problems(method, arguments))


def test_an_action_stands_once_in_a_block_of_slacks() -> None:
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}}
    blocks = [{"type": "actions", "elements": [button, button]}]

    assert list(slack_rules.problems("chat.postMessage", {**POST, "blocks": blocks})) == ["has a twice in a block"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/channels/1/messages", {"content": "x", "embeds": [{"title": "y"}], **SAFE}),
        ("PATCH", "/channels/1/messages/2", {"components": []}),
        ("POST", "/channels/1/threads", {"name": "today", "message": {"content": "x", **SAFE}}),
        ("POST", "/interactions/1/t/callback", {"type": 5, "data": {"flags": 64}}),
        ("POST", "/channels/1/messages", {"components": [{"type": 1, "components": [BUTTON]}], **SAFE}),
        ("PUT", "/applications/1/commands", [{"name": "paper"}]),
    ],
)
def test_good_requests_to_discord(method: str, path: str, body: Any) -> None:
    assert list(discord_rules.problems(method, path, body)) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/channels/1/messages", {"content": "x"}, "allowed_mentions is missing"),
        (
            "POST",
            "/channels/1/messages",
            {"content": "x", "allowed_mentions": {"parse": ["everyone"]}},
            "parses everyone",
        ),
        ("POST", "/webhooks/1/t", {"content": "x", "colour": 3, **SAFE}, "unknown field of a message: colour"),
        ("PATCH", "/webhooks/1/t/messages/2", {"embeds": [{"titel": "x"}], **SAFE}, "unknown field of an embed: titel"),
        ("POST", "/channels/1/threads", {"name": "today", "message": {"content": "x"}}, "allowed_mentions is missing"),
        ("POST", "/interactions/1/t/callback", {"type": 4, "data": {"content": "x"}}, "allowed_mentions is missing"),
        ("POST", "/channels/1/messages", {"components": [{"type": 99}], **SAFE}, "unknown component 99"),
        (
            "POST",
            "/channels/1/messages",
            {"components": [{"type": 1, "components": [{**BUTTON, "colour": 3}]}], **SAFE},
            "unknown field of a component: colour",
        ),
    ],
)
def test_bad_requests_to_discord(method: str, path: str, body: Any, said: str) -> None:
    assert any(said in problem for problem in discord_rules.problems(method, path, body))
