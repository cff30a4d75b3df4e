"""Parse CommonMark with an independent parser."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(markdown: str) -> list[Token]:
    """Return all tokens, including inline ones."""
    return [inner for outer in MARKDOWN.parse(markdown) for inner in [outer, *(outer.children or ())]]


def words_of(markdown: str) -> str:
    text = "".join(token.content if token.type == "text" else "\n" for token in tokens(markdown) if not token.children)
    return "".join(text.split())
