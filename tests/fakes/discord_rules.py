"""What a careful bot never sends to Discord, although Discord may take it: pure rules about one request.

Whoever writes papers, summaries or chat may write anything: every message says for itself that it notifies nobody. And
Discord passes over fields that it does not know, so that a misspelt one would go unnoticed.
Fields: https://docs.discord.com/developers/resources/message and https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.fakes.discord_model import Json, flattened

_MESSAGES = re.compile(
    r"POST /channels/[^/]+/messages|PATCH /channels/[^/]+/messages/[^/]+"
    r"|POST /webhooks/[^/]+/[^/]+|PATCH /webhooks/[^/]+/[^/]+/messages/[^/]+"
)
_POSTS = re.compile(r"POST /channels/[^/]+/threads")  # a forum's, with its first message inside
_ANSWERS = re.compile(r"POST /interactions/[^/]+/[^/]+/callback")
_WITH_MESSAGE = (4, 7)  # kinds of answers: a new message, and the one with the button changed

_MESSAGE = frozenset(
    "allowed_mentions attachments components content embeds enforce_nonce flags message_reference nonce poll "
    "sticker_ids thread_name tts".split()
)
_EMBED = frozenset(
    "author color description fields flags footer image provider thumbnail timestamp title type url video".split()
)
# By the number of a component's type; `id` and `type` go with any.
_COMPONENTS = {
    1: "components",
    2: "custom_id disabled emoji label sku_id style url",
    3: "custom_id disabled max_values min_values options placeholder required",
    4: "custom_id label max_length min_length placeholder required style value",
    9: "accessory components",
    10: "content",
    11: "description media spoiler",
    12: "items",
    14: "divider spacing",
    17: "accent_color components spoiler",
    18: "component description label",
}


def problems(method: str, path: str, body: object) -> Iterator[str]:
    """Yield what is wrong with a request to a path below `/api/v10`."""
    message = _message(f"{method} {path}", body if isinstance(body, dict) else {})
    if message is None:
        return
    yield from _unknown(message, _MESSAGE, "a message")
    for embed in message.get("embeds") or ():
        yield from _unknown(embed, _EMBED, "an embed")
    for component in flattened(message.get("components") or []):
        known = _COMPONENTS.get(component.get("type", 0))
        if known is None:
            yield f"unknown component {component.get('type')}"
        else:
            yield from _unknown(component, {"id", "type", *known.split()}, "a component")
    if any(message.get(name) for name in ("content", "embeds", "components")):
        yield from _notified(message.get("allowed_mentions"))


def _message(request: str, body: Json) -> Json | None:
    """Return the message that a request sends or changes, or None."""
    if _MESSAGES.fullmatch(request):
        return body
    if _POSTS.fullmatch(request):
        found: Json | None = body.get("message")
        return found
    if _ANSWERS.fullmatch(request) and body.get("type") in _WITH_MESSAGE:
        return body.get("data") or {}
    return None


def _unknown(value: Json, known: frozenset[str] | set[str], name: str) -> Iterator[str]:
    yield from (f"unknown field of {name}: {field}" for field in sorted(value.keys() - known))


def _notified(allowed: Json | None) -> Iterator[str]:
    if allowed is None:
        yield "allowed_mentions is missing"
    elif "everyone" in (allowed.get("parse") or ()):
        yield "allowed_mentions parses everyone"
