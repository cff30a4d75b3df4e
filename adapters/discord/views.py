"""Build the forms of a channel's settings and of a question, and read submitted ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.common.cutting import units
from adapters.discord.buttons import Action, Click, Json
from adapters.discord.text import clip_plain
from bot.chat import arguments, lists
from bot.chat.commands import MAX_QUESTION, ChangeKeywords, Configure, RequestedChange, SetLanguage, Steps
from bot.chat.offers import LANGUAGES
from bot.models import ChannelSettings, PaperId
from bot.words import Words

_SELECT, _INPUT, _LABEL = 3, 4, 18
_SHORT, _LONG = 1, 2
_TITLE, _NAME, _ABOUT = 45, 45, 100
_PLACEHOLDER = 100
_KEYWORDS = 1_000
_QUESTION = "question"


def form(settings: ChannelSettings, words: Words) -> Json:
    """Build the modal for language, time, topics and keywords, with the present values filled in.

    Keywords too long for a field are left out, so that sending the form does not remove them.
    """
    tags = dict.fromkeys([settings.language, *LANGUAGES[:10]])
    languages = [{"label": words.language_name(tag), "value": tag, "default": tag == settings.language} for tag in tags]
    time = f"{settings.time:%H:%M} {settings.timezone}"
    keywords = ", ".join([*settings.keywords, *(f"-{word}" for word in settings.muted_keywords)])
    field = {**_input("keywords", keywords, _KEYWORDS, _LONG), "required": False}
    listed = _labelled(words, "keywords", field, words.say("form.keywords.hint"))
    return {
        "title": clip_plain(words.say("form.title"), _TITLE),
        "custom_id": Click(Action.FORM).custom_id,
        "components": [
            _labelled(words, "language", {"type": _SELECT, "custom_id": "language", "options": languages}),
            _labelled(words, "time", _input("time", time, 100), words.say("form.time.hint")),
            _labelled(words, "topics", _input("topics", " ".join(settings.topics), 400)),
            *([listed] if units(keywords) <= _KEYWORDS else ()),
        ],
    }


def filled_in(submitted: Mapping[str, Any]) -> Configure:
    """Return the command that a form asks for. Raises InputError for an invalid field, as its command would."""
    values = dict(_values(submitted.get("components")))
    changes: list[RequestedChange] = []
    if language := values.get("language"):
        changes.append(SetLanguage(language))
    if time := arguments.plain(values.get("time", "")):
        changes.append(arguments.time(time))
    if topics := arguments.plain(values.get("topics", "")):
        changes.append(arguments.topics(topics))
    if "keywords" in values:
        changes.append(ChangeKeywords(_replacing_all(values["keywords"])))
    return Configure(tuple(changes), subscribe=True)


def question_form(paper: PaperId, words: Words) -> Json:
    """Build the modal for a question about the paper."""
    field = {
        **_input(_QUESTION, "", MAX_QUESTION, _LONG),
        "min_length": 1,
        "placeholder": clip_plain(words.say("ask.form.hint"), _PLACEHOLDER),
    }
    label = clip_plain(words.say("ask.form.question"), _NAME)
    return {
        "title": clip_plain(words.say("ask.form.title"), _TITLE),
        "custom_id": Click(Action.ASK, subject=str(paper)).custom_id,
        "components": [{"type": _LABEL, "label": label, "component": field}],
    }


def typed_question(submitted: Mapping[str, Any]) -> str:
    """Return the question that was typed into its form."""
    return dict(_values(submitted.get("components"))).get(_QUESTION, "")


def _replacing_all(typed: str) -> Steps:
    line = arguments.plain(", ".join(filter(str.strip, typed.splitlines())))
    return replace(lists.steps(line), clear=True) if line else Steps(clear=True)


def _values(components: object) -> list[tuple[str, str]]:
    """Return each field's custom id and value."""
    if isinstance(components, list):
        return [pair for one in components for pair in _values(one)]
    if not isinstance(components, Mapping):
        return []
    if "custom_id" in components:
        several = components.get("values")
        value = several[0] if several else components.get("value", "")
        return [(str(components["custom_id"]), str(value or ""))]
    return _values(components.get("component") or components.get("components"))


def _labelled(words: Words, name: str, field: Json, about: str = "") -> Json:
    label: Json = {"type": _LABEL, "label": clip_plain(words.say(f"form.{name}"), _NAME), "component": field}
    return {**label, "description": clip_plain(about, _ABOUT)} if about else label


def _input(name: str, value: str, most: int, style: int = _SHORT) -> Json:
    component: Json = {"type": _INPUT, "custom_id": name, "style": style, "max_length": most}
    return {**component, "value": value[:most]} if value else component
