"""Output formats, in a module of their own because the command line needs them before anything else is loaded."""

from __future__ import annotations

from enum import StrEnum


class DigestFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    HUGO = "hugo"
    JSON = "json"


class TextFormat(StrEnum):
    """Formats of a paper's full text."""

    TEXT = "text"
    JSON = "json"


class PaperFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
