"""The tests' Claude is as strict about documents and citations as the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes import claude_api


def document(**changes: Any) -> dict[str, Any]:
    source = {"type": "content", "content": [{"type": "text", "text": "One sentence."}]}
    return {"type": "document", "title": "A", "source": source, "citations": {"enabled": True}} | changes


def body(*content: dict[str, Any], **more: Any) -> dict[str, Any]:
    blocks = [*content, {"type": "text", "text": "Why?"}]
    return {"model": "claude-haiku-5-5", "max_tokens": 10, "messages": [{"role": "user", "content": blocks}], **more}


FORMAT = {"format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}}


def test_a_document_with_citations_is_taken() -> None:
    claude_api.validate(body(document(), document(title="B"), stream=True))


@pytest.mark.parametrize(
    ("request_body", "says"),
    [
        (body(document(), output_config=FORMAT), "structured outputs"),
        (body(document(), document(citations={"enabled": False})), "all documents or none"),
        (body(document(source={"type": "content", "content": [{"type": "text", "text": " "}]})), "non-whitespace"),
        (body(document(source={"type": "content", "content": []})), "content blocks"),
        (body(document(), {"type": "text", "text": ""}), "non-empty"),
        (body({"type": "text", "text": "x", "citations": []}), "Extra inputs"),
        (body(document(), temperature=0.1), "Extra inputs"),
        (
            body() | {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": [document()]}]},
            "assistant",
        ),
    ],
)
def test_what_the_api_refuses_is_refused(request_body: dict[str, Any], says: str) -> None:
    with pytest.raises(claude_api.Rejected, match=says) as caught:
        claude_api.validate(request_body)
    assert caught.value.status == 400


def test_a_marked_document_is_cached_with_the_prompt_before_it() -> None:
    cache = claude_api.PromptCache()
    many = [{"type": "text", "text": f"Sentence number {n} of a long text."} for n in range(200)]
    marked = document(source={"type": "content", "content": many}, cache_control={"type": "ephemeral"})
    first, second = cache.usage(body(marked)), cache.usage(body(marked) | {"max_tokens": 20})
    other = cache.usage(body(marked, system=[{"type": "text", "text": "Be brief."}]))

    assert first["cache_creation_input_tokens"] == second["cache_read_input_tokens"] > 2_000
    assert second["cache_creation_input_tokens"] == 0
    assert other["cache_read_input_tokens"] == 0
