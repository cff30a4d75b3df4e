"""The form and the home tab: what Slack takes, what a form that was sent asks for, and hostile ones."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.home import home
from adapters.slack.views import Origin, form, origin_of, read
from bot.chat.changes import all_changed
from bot.chat.commands import (
    ChangeKeywords,
    ChangeLikes,
    Configure,
    SetDays,
    SetLanguage,
    SetLayout,
    SetQuiet,
    SetSize,
    SetTime,
    SetTopics,
    Steps,
)
from bot.chat.offers import ZONES
from bot.models import Channel, ChannelKey, ChannelSettings, ChannelState, Layout, PaperRef, RefKind, Weekday
from bot.words import words_for
from tests.fakes.slack_blocks import view_problems
from tests.fakes.slack_contract import Contract
from tests.fakes.slack_interaction import filled_in
from tests.fakes.slack_methods_views import initial_values
from tests.support.digests import hostile

JA, EN = words_for("ja"), words_for("en")
ORIGIN = Origin("C012", "https://hooks.example/x", "ja")
ODD = ChannelSettings(
    language="pt-BR",
    size=20,
    topics=("math.CT", "cs.CL"),
    keywords=("KV cache", "エージェント"),
    muted_keywords=("survey",),
    time=dt.time(23, 59),
    timezone="Antarctica/Troll",
    days=(Weekday.SUN,),
    layout=Layout.COMPACT,
    quiet=True,
)


def is_taken(view: dict[str, Any], kind: str) -> None:
    contract = Contract()
    method = "views.open" if kind == "modal" else "views.publish"
    contract.look_at(method, {"view": view, **({"trigger_id": "1"} if kind == "modal" else {"user_id": "U1"})})
    assert contract.findings == []
    assert view_problems(view, (kind,)) == []


def sent(view: dict[str, Any], values: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    """The view as Slack sends it when a person has put in the values."""
    held = {**view, "state": {"values": initial_values(view["blocks"])}}
    return {**held, "state": {"values": filled_in(held, values or {})}}


def after_all(settings: ChannelSettings, command: Configure) -> ChannelSettings:
    """The settings after a form that names no papers."""
    return all_changed(settings, [one for one in command.changes if not isinstance(one, ChangeLikes)])


@pytest.mark.parametrize("settings", [ChannelSettings(), ODD], ids=["usual", "odd"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_form_that_is_sent_as_it_was_opened_changes_nothing(settings: ChannelSettings, language: str) -> None:
    view = form(settings, words_for(language), ORIGIN, subscribed=True)
    is_taken(view, "modal")
    command, wrong = read(sent(view))
    assert wrong == {}
    assert command.subscribe
    after = after_all(settings, command)
    assert set(after.topics) == set(settings.topics)  # in the order in which they are offered
    assert replace(after, topics=()) == replace(settings, topics=())


def test_what_is_put_in_is_asked_for() -> None:
    view = form(ChannelSettings(), EN, ORIGIN, subscribed=False)
    values: dict[str, dict[str, Any]] = {
        "language": {"value": "en"},
        "time": {"value": "06:45"},
        "timezone": {"value": "Europe/Paris"},
        "days": {"value": ["mon", "wed"]},
        "size": {"value": "7"},
        "layout": {"value": "channel"},
        "topics": {"value": ["cs.RO", "cs.CV"]},
        "likes": {"value": "2602.21548\n\nhttps://arxiv.org/abs/cs/0112017"},
        "keywords": {"value": "agents\n-survey, KV cache"},
        "quiet": {"value": ["quiet"]},
    }
    command, wrong = read(sent(view, values))
    assert wrong == {}
    assert command.changes == (
        SetLanguage("en"),
        SetTime(dt.time(6, 45), "Europe/Paris"),
        SetDays((Weekday.MON, Weekday.WED)),
        SetSize(7),
        SetLayout(Layout.CHANNEL),
        SetTopics(("cs.RO", "cs.CV")),
        ChangeLikes((PaperRef(RefKind.ARXIV, "2602.21548"), PaperRef(RefKind.ARXIV, "cs/0112017"))),
        ChangeKeywords(Steps(("agents", "KV cache"), ("survey",), clear=True)),
        SetQuiet(quiet=True),
    )


def test_emptied_keywords_are_cleared() -> None:
    command, _ = read(sent(form(ODD, JA, ORIGIN, subscribed=True), {"keywords": {"value": ""}}))
    assert after_all(ODD, command).keywords == ()
    assert after_all(ODD, command).muted_keywords == ()


@pytest.mark.parametrize("typed", ["x" * 200, "---", "+,+"])
def test_keywords_that_cannot_be_are_said_at_their_field(typed: str) -> None:
    _, wrong = read(sent(form(ChannelSettings(), JA, ORIGIN, subscribed=False), {"keywords": {"value": typed}}))
    assert list(wrong) == ["keywords"]
    assert JA.error(wrong["keywords"])


def test_topics_that_are_no_categories_are_said_at_their_field() -> None:
    view = form(ChannelSettings(topics=("cs.XX", "cs.SY")), EN, ORIGIN, subscribed=True)
    _, wrong = read(sent(view, {"topics": {"value": ["cs.CL", "cs.XX"]}}))
    assert list(wrong) == ["topics"]
    assert "cs.XX" in EN.error(wrong["topics"])
    command, wrong = read(sent(view, {"topics": {"value": ["cs.SY", "cs.CL"]}}))
    assert wrong == {}
    assert SetTopics(("eess.SY", "cs.CL")) in command.changes


def test_a_paper_that_is_none_is_said_at_its_field() -> None:
    _, wrong = read(sent(form(ChannelSettings(), EN, ORIGIN, subscribed=False), {"likes": {"value": "2602.21548\n9"}}))
    assert list(wrong) == ["likes"]
    assert "9" in EN.error(wrong["likes"])


@given(st.recursive(st.none() | hostile | st.integers(), lambda inner: st.dictionaries(hostile, inner, max_size=3)))
def test_a_form_of_nobodys_changes_nothing(value: Any) -> None:
    command, _ = read({"state": {"values": {"size": {"value": {"selected_option": {"value": "many"}}}}}})
    assert command.changes == ()
    with pytest.raises(ValueError, match="not a modal"):
        origin_of({"private_metadata": json.dumps(value)})


def test_where_it_was_opened_travels_with_it() -> None:
    assert origin_of(form(ChannelSettings(), JA, ORIGIN, subscribed=False)) == ORIGIN


def test_every_offered_zone_is_one() -> None:
    from zoneinfo import ZoneInfo

    assert [ZoneInfo(name).key for name in ZONES] == list(ZONES)


@pytest.mark.parametrize("count", [0, 1, 200])
@pytest.mark.parametrize("words", [JA, EN], ids=["ja", "en"])
def test_the_home_tab_is_taken_however_many_channels_there_are(count: int, words: Any) -> None:
    state = [ChannelState.ACTIVE, ChannelState.STOPPED, ChannelState.OFF]
    channels = [
        Channel(
            ChannelKey("slack", f"T1/C{number}"),
            ODD,
            state[number % 3],
            dt.datetime(2026, 2, 27, 22, tzinfo=dt.UTC) if number % 3 == 0 else None,
            problem="platform.archived" if number % 3 == 1 else "",
        )
        for number in range(count)
    ]
    view = home(channels, words)
    is_taken(view, "home")
    assert len(view["blocks"]) <= 100
