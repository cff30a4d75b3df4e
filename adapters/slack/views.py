"""Build a channel's settings form, and read a submitted one. Pure.

Elements: https://docs.slack.dev/reference/block-kit/block-elements. Limits of views:
https://docs.slack.dev/surfaces/modals.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from bot.chat import arguments, lists
from bot.chat.commands import (
    MAX_SIZE,
    ChangeKeywords,
    ChangeLikes,
    Configure,
    RequestedChange,
    SetDays,
    SetLanguage,
    SetLayout,
    SetQuiet,
    SetSize,
    SetTime,
    SetTopics,
    Steps,
)
from bot.chat.offers import LANGUAGES, TOPICS, ZONES
from bot.chat.topics import checked
from bot.errors import InputError
from bot.models import ChannelSettings, Layout, Weekday, whole
from bot.papers.refs import parse_ref
from bot.words import Words

SETTINGS = "settings"  # the form's callback id
TITLE = 24  # characters
# https://docs.slack.dev/reference/methods/views.open#errors
TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired")
_FIELD = "value"  # every input's action id; the block id names the field
_KEYWORDS = 2_000  # characters
_MOST_LIKES = 10  # papers named at once
_LIKES: Json = {"type": "plain_text_input", "multiline": True, "max_length": 2_000}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a modal was opened, sent along with it: the channel it is about, and how to answer."""

    channel: str
    url: str = ""  # a response_url
    language: str = "en"
    thread: str = ""  # the timestamp of the thread's parent message, empty outside a thread
    paper: str = ""  # the id of the paper that a question is about


def origin_of(view: Mapping[str, Any]) -> Origin:
    """Read the origin from a view's metadata. Raises ValueError for a view that is not ours."""
    try:
        origin = Origin(**json.loads(view["private_metadata"]))
    except (KeyError, TypeError, ValueError, RecursionError):
        raise ValueError("not a modal of ours") from None
    if not all(isinstance(value, str) for value in asdict(origin).values()):
        raise ValueError("not a modal of ours")
    return origin


# --- the form ---------------------------------------------------------------------------------


def form(settings: ChannelSettings, words: Words, origin: Origin, *, subscribed: bool) -> Json:
    """Build the form with the channel's settings filled in. Submitting it also subscribes the channel."""
    say = words.say
    size = [(str(n), str(n)) for n in range(1, MAX_SIZE + 1)]
    layouts = [(say(f"layout.{one.value}"), one.value) for one in (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)]
    days = [b.option(say(f"weekday.{day.value}"), day.value) for day in Weekday]
    place = b.channel(origin.channel, say("chat.direct"))
    about = b.rich(b.line(*_about(say("form.about"), place)))
    quiet = [b.option(say("form.quiet.option"), "quiet")]
    blocks = [
        about,
        _input(words, "language", _select(_languages(settings, words), settings.language)),
        _input(words, "time", {"type": "timepicker", "initial_time": f"{settings.time:%H:%M}"}),
        _input(words, "timezone", _select(_named(_offered(ZONES, settings.timezone)), settings.timezone)),
        _input(words, "days", _checkboxes(days, [day.value for day in settings.days])),
        _input(words, "size", _select(size, str(settings.size))),
        _input(words, "layout", _select(layouts, settings.layout.value)),
        _input(words, "topics", _several(_offered(TOPICS, *settings.topics), settings.topics)),
        _input(words, "likes", _LIKES, optional=True, hint=True),
        _input(words, "keywords", _typed(settings), optional=True, hint=True),
        _input(words, "quiet", _checkboxes(quiet, ["quiet"] if settings.quiet else []), optional=True),
    ]
    return {
        "type": "modal",
        "callback_id": SETTINGS,
        "private_metadata": json.dumps(asdict(origin)),
        "title": b.plain_text(say("form.title"), TITLE),
        "submit": b.plain_text(say("form.save" if subscribed else "greeting.subscribe"), TITLE),
        "close": b.plain_text(say("form.cancel"), TITLE),
        "blocks": blocks,
    }


def _about(sentence: str, place: Json) -> list[Json]:
    """Return the sentence's elements, with the place in place of `#`."""
    before, _, after = sentence.partition("#")
    return [one for one in (b.text(before), place, b.text(after)) if one.get("text", "…")]


def _input(words: Words, name: str, element: Json, *, optional: bool = False, hint: bool = False) -> Json:
    block: Json = {
        "type": "input",
        "block_id": name,
        "label": b.plain_text(words.say(f"form.{name}"), 200),
        "element": {**element, "action_id": _FIELD},
        "optional": optional,
    }
    if hint:
        block["hint"] = b.plain_text(words.say(f"form.{name}.hint"), 200)
    return block


def _select(options: Iterable[tuple[str, str]], chosen: str) -> Json:
    choices = [b.option(label, value) for label, value in options][: b.OPTIONS]
    initial = next((one for one in choices if one["value"] == chosen), None)
    return {"type": "static_select", "options": choices, **({"initial_option": initial} if initial else {})}


def _several(options: Sequence[str], chosen: Sequence[str]) -> Json:
    choices = [b.option(one, one) for one in options][: b.OPTIONS]
    initial = [one for one in choices if one["value"] in chosen]
    return {"type": "multi_static_select", "options": choices, **({"initial_options": initial} if initial else {})}


def _checkboxes(options: list[Json], chosen: Sequence[str]) -> Json:
    initial = [one for one in options if one["value"] in chosen]
    return {"type": "checkboxes", "options": options, **({"initial_options": initial} if initial else {})}


def _typed(settings: ChannelSettings) -> Json:
    text = ", ".join([*settings.keywords, *(f"-{word}" for word in settings.muted_keywords)])
    initial = {"initial_value": text} if text and len(text) <= _KEYWORDS else {}
    return {"type": "plain_text_input", "max_length": _KEYWORDS, **initial}


def _offered(usual: Sequence[str], *own: str) -> list[str]:
    """Return the usual values, preceded by the channel's own where they are unusual."""
    return list(dict.fromkeys([*(one for one in own if one not in usual), *usual]))


def _named(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


def _languages(settings: ChannelSettings, words: Words) -> list[tuple[str, str]]:
    return [(words.language_name(tag), tag) for tag in _offered(LANGUAGES, settings.language)]


def read(view: Mapping[str, Any]) -> tuple[Configure, dict[str, InputError]]:
    """Read a submitted form: the command it asks for, and an error for each invalid field, by the field's name.

    Missing fields and values that were never offered change nothing.
    """
    values = {name: fields.get(_FIELD) or {} for name, fields in (view.get("state") or {}).get("values", {}).items()}
    changes: list[RequestedChange] = []
    wrong: dict[str, InputError] = {}
    if language := _chosen(values, "language"):
        changes.append(SetLanguage(language))
    if at := re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", values.get("time", {}).get("selected_time") or ""):
        changes.append(SetTime(dt.time(int(at[1]), int(at[2])), _chosen(values, "timezone") or None))
    if days := [day for day in Weekday if day.value in _all_chosen(values, "days")]:
        changes.append(SetDays(tuple(days)))
    if size := whole(_chosen(values, "size"), most=MAX_SIZE):
        changes.append(SetSize(size))
    if (layout := _chosen(values, "layout")) in {one.value for one in Layout}:
        changes.append(SetLayout(Layout(layout)))
    for name, reader in (("topics", _topics), ("likes", _likes), ("keywords", _keywords)):
        try:
            changes += reader(values)
        except InputError as error:
            wrong[name] = error
    if "quiet" in values:
        changes.append(SetQuiet(bool(_all_chosen(values, "quiet"))))
    return Configure(tuple(changes), subscribe=True), wrong


def _topics(values: Mapping[str, Any]) -> list[RequestedChange]:
    chosen = _all_chosen(values, "topics")
    return [SetTopics(checked(chosen))] if chosen else []


def _likes(values: Mapping[str, Any]) -> list[RequestedChange]:
    liked = str((values.get("likes") or {}).get("value") or "")
    named = [line for line in liked.splitlines() if line.strip()][:_MOST_LIKES]
    return [ChangeLikes(added=tuple(map(parse_ref, named)))] if liked else []


def _keywords(values: Mapping[str, Any]) -> list[RequestedChange]:
    return [ChangeKeywords(_steps(values["keywords"].get("value") or ""))] if "keywords" in values else []


def _steps(typed: str) -> Steps:
    """Return the steps that replace the whole list. Raises InputError."""
    names = [name for piece in re.split(r"[,、，;\n]", typed) if (name := piece.strip())]
    if not names:
        return Steps(clear=True)
    # In a command, a sign applies to all names up to the next sign; in a list, each name has its own.
    line = arguments.plain(" ".join(name if name[0] in "+-−" else f"+{name}" for name in names))
    return replace(lists.steps(line), clear=True) if line else Steps(clear=True)


def _chosen(values: Mapping[str, Any], name: str) -> str:
    return str((values.get(name, {}).get("selected_option") or {}).get("value") or "")


def _all_chosen(values: Mapping[str, Any], name: str) -> list[str]:
    return [str(one.get("value")) for one in values.get(name, {}).get("selected_options") or ()]
