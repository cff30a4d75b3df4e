"""The Messages API's own side: what it refuses, how it counts and caches tokens, and the shape of what it sends.

API: https://platform.claude.com/docs/en/api/messages
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MODELS = (
    "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-4-5", "claude-sonnet-4-6",
    "claude-sonnet-4-5", "claude-haiku-4-5",
)  # fmt: skip
WITHOUT_EFFORT = ("claude-sonnet-4-5", "claude-haiku-4-5")
CACHED_FROM = 512  # tokens; a shorter prefix is not cached
_TAKEN = frozenset(
    {"model", "max_tokens", "messages", "system", "output_config", "metadata", "stop_sequences", "stream", "thinking"}
)
_NOT_IN_SCHEMAS = ("minLength", "maxLength", "minimum", "maximum", "maxItems", "pattern")


class Rejected(Exception):
    """An answer that is an error: its status, its type and its sentence."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


def validate(body: Json, *, counted: bool = False) -> None:
    """Raise Rejected for a request that the API would refuse. `counted`: only its tokens are to be counted."""
    model = re.sub(r"-\d{8}$", "", str(body.get("model")))
    if model not in MODELS:
        raise Rejected(404, "not_found_error", f"model: {body.get('model')}")
    problems = [f"{name}: Extra inputs are not permitted" for name in sorted(body.keys() - _TAKEN)]
    if not counted and not (isinstance(body.get("max_tokens"), int) and body["max_tokens"] >= 1):
        problems.append("max_tokens: must be greater than or equal to 1")
    problems += _messages(body.get("messages"))
    config = body.get("output_config") or {}
    if config.get("format") and any(_cited(block) for block in documents_of(body)):
        problems.append("output_config.format: Citations cannot be enabled together with structured outputs")
    if config.get("effort") and model in WITHOUT_EFFORT:
        problems.append("output_config.effort: this model does not support the effort parameter")
    problems += _schema((config.get("format") or {}).get("schema") or {}, "output_config.format.schema")
    if problems:
        raise Rejected(400, "invalid_request_error", problems[0])


def _messages(messages: object) -> Iterator[str]:
    if not isinstance(messages, list) or not messages:
        yield "messages: at least one message is required"
        return
    roles = [message.get("role") for message in messages]
    if roles[0] != "user" or not {*roles} <= {"user", "assistant"}:
        yield "messages: roles must be user or assistant, and the first one user"
    for message in messages:
        yield from _content(message.get("content"), message.get("role"))


def _content(content: object, role: object) -> Iterator[str]:
    if isinstance(content, str):
        if not content:
            yield "messages: text content blocks must be non-empty"
        return
    blocks = content if isinstance(content, list) else []
    if not blocks or any(block.get("type") == "text" and not block.get("text") for block in blocks):
        yield "messages: text content blocks must be non-empty"
    if any(block.get("type") == "text" and "citations" in block for block in blocks):
        yield "messages: citations: Extra inputs are not permitted"
    documents = [block for block in blocks if block.get("type") == "document"]
    if documents and role == "assistant":
        yield "messages: document blocks are not permitted in assistant turns"
    if len({_cited(block) for block in documents}) > 1:
        yield "messages: citations must be enabled on all documents or none"
    for block in documents:
        yield from _document(block)


def _document(block: Json) -> Iterator[str]:
    source = block.get("source") or {}
    parts = source.get("content")
    if source.get("type") != "content" or not isinstance(parts, list) or not parts:
        yield "messages: document.source: the tests' Claude reads documents of content blocks only"
        return
    if not all(part.get("type") == "text" and str(part.get("text", "")).strip() for part in parts):
        yield "messages: document.source.content: text content blocks must contain non-whitespace text"


def _cited(block: Json) -> bool:
    return bool((block.get("citations") or {}).get("enabled"))


def documents_of(body: Json) -> list[Json]:
    """Return the documents of all turns, in the order in which citations count them."""
    return [
        block
        for message in body.get("messages") or []
        if isinstance(message.get("content"), list)
        for block in message["content"]
        if block.get("type") == "document"
    ]


def sentences_of(document: Json) -> list[str]:
    return [str(part["text"]) for part in document["source"]["content"]]


def _schema(schema: Json, path: str) -> Iterator[str]:
    """Yield what structured output refuses in a schema: open objects and limits."""
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield f"{path}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    yield from (f"{path}: property '{name}' is not supported" for name in _NOT_IN_SCHEMAS if name in schema)
    for name, inner in {**schema.get("properties", {}), **schema.get("$defs", {})}.items():
        yield from _schema(inner, f"{path}.{name}")
    if "items" in schema:
        yield from _schema(schema["items"], f"{path}.items")


def texts_of(content: object) -> str:
    """Return the text of a prompt's part, which is a string or a list of blocks."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "\n".join(str(block.get("text", "")) for block in blocks if isinstance(block, dict))


def tokens(text: str) -> int:
    """Estimate tokens: four ASCII letters, or one other character, are one."""
    ascii_letters = sum(map(str.isascii, text))
    return -(-ascii_letters // 4) + len(text) - ascii_letters


def input_tokens(body: Json) -> int:
    prompt = [texts_of(body.get("system")), *(texts_of(message.get("content")) for message in body["messages"])]
    schema = (body.get("output_config") or {}).get("format")
    cited = sum(map(_size, documents_of(body)))
    return sum(map(tokens, prompt)) + cited + (tokens(json.dumps(schema)) if schema else 0)


def _size(block: Json) -> int:
    """Return the tokens of one block; each sentence of a document has a few of its own, for its number."""
    if block.get("type") != "document":
        return tokens(str(block.get("text", "")))
    return tokens(str(block.get("title") or "")) + sum(tokens(one) + 4 for one in sentences_of(block))


class PromptCache:
    """Beginnings of prompts that were marked to be cached, by model; nothing expires while tests run."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def usage(self, body: Json) -> Json:
        """Return the input side of a request's usage, and cache the marked beginning from now on."""
        beginning = _marked(body)
        size = sum(map(_size, beginning))
        if size < CACHED_FROM:
            size = 0
        key = hashlib.sha256(json.dumps([body["model"], beginning]).encode()).hexdigest()
        read = key in self._known
        if size:
            self._known.add(key)
        return {
            "input_tokens": input_tokens(body) - size,
            "cache_creation_input_tokens": 0 if read else size,
            "cache_read_input_tokens": size if read else 0,
            "service_tier": "standard",
        }


def _marked(body: Json) -> list[Json]:
    """Return the blocks up to the last one that is marked to be cached: the system prompt, then the turns."""
    parts = [body.get("system"), *(message.get("content") for message in body["messages"])]
    blocks = [block for part in parts if isinstance(part, list) for block in part]
    last = max((at for at, block in enumerate(blocks, 1) if block.get("cache_control")), default=0)
    return blocks[:last]


def message(number: int, model: str, text: str, stop_reason: str, usage: Json) -> Json:
    """Return a Message. A refusal has no content."""
    content = [] if stop_reason == "refusal" else [{"type": "text", "text": text, "citations": None}]
    return {
        "id": f"msg_{number:024}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": usage | {"output_tokens": max(1, tokens(text))},
    }


def error(number: int, kind: str, text: str) -> Json:
    return {"type": "error", "error": {"type": kind, "message": text}, "request_id": f"req_{number:024}"}


def model(name: str) -> Json:
    return {"type": "model", "id": name, "display_name": name.title(), "created_at": "2026-01-01T00:00:00Z"}
