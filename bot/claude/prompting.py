"""What all questions to Claude are made with: instructions from `prompts/`, data that cannot close its tags, effort."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.claude.client import Effort

# These two answer 400 to a request with an effort: https://platform.claude.com/docs/en/build-with-claude/effort
_WITHOUT_EFFORT = ("claude-haiku-4-5", "claude-sonnet-4-5")

_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


@cache
def prompt(name: str) -> str:
    """Return the instructions in `prompts/<name>.md`."""
    return (files("bot.claude") / "prompts" / f"{name}.md").read_text(encoding="utf-8")


def effort(model: str) -> Effort | None:
    """Return the effort to ask the model for, None for a model without that parameter."""
    return None if model.startswith(_WITHOUT_EFFORT) else "low"


def subtag(language: str) -> str:
    """Return the language of a tag without script and region, in lower case."""
    return language.replace("_", "-").partition("-")[0].lower()


def language_name(language: str) -> str:
    """Return the language's English name, or its tag if it is not in the table."""
    return _LANGUAGES.get(subtag(language), language)


def as_json(value: Mapping[str, object]) -> str:
    """Return JSON without angle brackets and without lone surrogates, which UTF-8 cannot encode."""
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    return text.encode("utf-8", "replace").decode()
