"""Build the form for a question about a paper, and read a submitted one. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.views import TITLE, Origin
from bot.chat.commands import MAX_QUESTION
from bot.words import Words

QUESTION = "question"  # the form's callback id
_FIELD = "question"  # of the input's block and action


def question_form(words: Words, origin: Origin) -> Json:
    """Build the form; `origin` names the paper, and where the answer goes."""
    say = words.say
    element = {
        "type": "plain_text_input",
        "action_id": _FIELD,
        "multiline": True,
        "max_length": MAX_QUESTION,
        "focus_on_load": True,
        "placeholder": b.plain_text(say("ask.form.hint"), b.PLACEHOLDER),
    }
    label = b.plain_text(say("ask.form.question"), 200)
    return {
        "type": "modal",
        "callback_id": QUESTION,
        "private_metadata": json.dumps(asdict(origin)),
        "title": b.plain_text(say("ask.form.title"), TITLE),
        "submit": b.plain_text(say("ask.form.submit"), TITLE),
        "close": b.plain_text(say("form.cancel"), TITLE),
        "blocks": [{"type": "input", "block_id": _FIELD, "label": label, "element": element}],
    }


def question_typed(view: Mapping[str, Any]) -> str:
    """Return the question of a submitted form, empty if there is none."""
    values = (view.get("state") or {}).get("values") or {}
    typed = ((values.get(_FIELD) or {}).get(_FIELD) or {}).get("value")
    return typed if isinstance(typed, str) else ""
