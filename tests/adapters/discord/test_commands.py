"""Discord's commands: taken as Discord demands, read back, completed; and the form of a channel's settings."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import suggestions
from adapters.discord.commands import (
    MENU,
    TRANSLATED,
    Asked,
    Json,
    asked,
    digest_command,
    named_paper,
    paper_command,
    registered,
)
from adapters.discord.sync import same
from adapters.discord.views import filled_in, form
from bot.chat.arguments import days
from bot.chat.commands import (
    ChangeKeywords,
    ChangeManagers,
    Configure,
    Export,
    ExportForm,
    LookUp,
    Period,
    Search,
    SetDays,
    SetLanguage,
    SetLayout,
    SetQuiet,
    SetSize,
    SetTime,
    SetTopics,
    Show,
    Steps,
    Subscribe,
    Top,
    Why,
)
from bot.chat.offers import Offer
from bot.chat.registry import CHANNEL, COMMANDS, TASTE
from bot.chat.specs import CommandSpec, Group
from bot.errors import InputError
from bot.models import ChannelSettings, Layout, PaperId, PaperRef, RefKind, Style, Weekday
from bot.words import Words, words_for
from tests.conformance.parts import paper
from tests.fakes.discord_commands import Commands
from tests.fakes.discord_state import DiscordState
from tests.support.digests import hostile
from tests.support.specs import MUTE, extra, with_more, words_with

JA, EN = words_for("ja"), words_for("en")


def test_discord_takes_the_commands() -> None:
    stored = Commands(DiscordState()).overwrite(None, registered())
    assert [one["name"] for one in stored] == ["paper", "digest", "Summarise this link"]


def subcommands(digest_there: Json) -> dict[str, Json]:
    """Every sub-command by the path under which a client has it."""
    there: dict[str, Json] = {}
    for one in digest_there["options"]:
        inner = one["options"] if one["type"] == 2 else [one]
        there |= {f"{one['name']} {sub['name']}" if one["type"] == 2 else sub["name"]: sub for sub in inner}
    return there


def test_every_command_is_there_once_in_its_group() -> None:
    _, digest_there, _ = registered()
    paths = [f"{spec.group.name} {spec.name}" if spec.group else spec.name for spec in COMMANDS.specs]
    assert {*subcommands(digest_there)} == {*paths}
    assert {one["name"] for one in digest_there["options"] if one["type"] == 2} == {"channel", "taste"}


def test_the_usual_commands_need_no_group() -> None:
    usual = {"subscribe", "unsubscribe", "status", "help", "now", "preview", "top", "search", "why"}
    assert usual <= {spec.name for spec in COMMANDS.members(None)}


@pytest.mark.parametrize("groups", [(None,), (None, CHANNEL, TASTE), (CHANNEL, TASTE)])
def test_there_is_room_for_twenty_more(groups: tuple[Group | None, ...]) -> None:
    """12 of them in no group, where that is the question."""
    number = 12 if groups == (None,) else 20
    more = [extra(n, groups[n % len(groups)]) for n in range(number)]
    bodies = registered(with_more(more), words_with(more))
    Commands(DiscordState()).overwrite(None, bodies)
    assert len(subcommands(bodies[1])) == len(COMMANDS.specs) + number


def test_one_more_command_is_registered_from_its_description() -> None:
    _, digest_there, _ = registered(with_more([MUTE]), words_with([MUTE]))
    mute = subcommands(digest_there)["taste mute"]
    assert (mute["name_localizations"], len(mute["options"])) == ({"ja": "ミュート"}, 1)


def test_names_and_descriptions_are_translated() -> None:
    paper_there, digest_there, menu = registered()
    there = subcommands(digest_there).values()
    groups = [one for one in digest_there["options"] if one["type"] == 2]
    options = [option for one in (paper_there, *there) for option in one["options"]]
    for one in (paper_there, digest_there, *groups, *there, *options):
        assert one["name_localizations"].keys() == one["description_localizations"].keys() == {*TRANSLATED.values()}
        assert one["description_localizations"]["ja"] != one["description"]
    assert menu["name_localizations"] == {"ja": "リンクの論文を要約"}


def test_every_command_is_offered_in_servers_and_direct_messages_of_any_kind() -> None:
    for one in registered():
        assert (one["integration_types"], one["contexts"]) == ([0, 1], [0, 1, 2])


def test_what_discord_made_of_the_commands_is_the_same() -> None:
    stored = Commands(DiscordState()).overwrite(None, registered())
    assert same(registered(), stored)
    assert same(registered(), [*reversed(stored)])
    assert not same(registered(), stored[:2])
    assert not same(registered(), [*stored, {**stored[0], "name": "old"}])
    changes: list[Json] = [
        {"description": "x"},
        {"name_localizations": {"ja": "紙"}},
        {"options": []},
        {"contexts": [0]},
    ]
    for change in changes:
        assert not same(registered(), [{**stored[0], **change}, *stored[1:]])


def used(name: str, **values: object) -> Json:
    """As a client sends it that has the command in its group; `flat` as one that has it in none."""
    spec = COMMANDS.named(name)
    given = flat(name, **values)
    if isinstance(spec, CommandSpec) and spec.group:
        given["options"] = [{"type": 2, "name": spec.group.name, "options": given["options"]}]
    return given


def flat(name: str, **values: object) -> Json:
    options = [{"name": option, "type": 3, "value": value} for option, value in values.items()]
    return {"type": 1, "name": "digest", "options": [{"type": 1, "name": name, "options": options}]}


@pytest.mark.parametrize(
    ("name", "values", "command"),
    [
        ("subscribe", {}, Subscribe()),
        ("subscribe", {"language": "en"}, Subscribe("en")),
        ("time", {"at": "7:30", "zone": "Asia/Tokyo"}, SetTime(dt.time(7, 30), "Asia/Tokyo")),
        ("time", {}, Show("time")),
        ("days", {"days": "平日"}, SetDays(tuple(Weekday)[:5])),
        ("language", {"language": "ja"}, SetLanguage("ja")),
        ("size", {"size": 7}, SetSize(7)),
        ("size", {}, Show("size")),
        ("layout", {"layout": "compact"}, SetLayout(Layout.COMPACT)),
        ("topics", {"topics": "cs.cl stat.ml"}, SetTopics(("cs.CL", "stat.ML"))),
        ("keywords", {"change": "+a -b"}, ChangeKeywords(Steps(("a",), ("b",)))),
        ("quiet", {"quiet": False}, SetQuiet(quiet=False)),
        ("managers", {"add": "12", "remove": "34"}, ChangeManagers(("12",), ("34",))),
        ("managers", {}, Show("managers")),
        ("why", {"query": "2602.21548"}, Why(PaperRef(RefKind.ARXIV, "2602.21548"))),
        ("top", {}, Top()),
        ("top", {"period": "month"}, Top(Period.MONTH)),
        ("search", {"words": "KV cache"}, Search("KV cache")),
        ("export", {}, Export()),
        ("export", {"form": "csv"}, Export(ExportForm.CSV)),
        ("status", {}, Show()),
    ],
)
def test_a_sub_command_is_a_command_of_the_core(name: str, values: dict[str, object], command: object) -> None:
    assert digest_command(asked(used(name, **values))) == command
    assert digest_command(asked(flat(name, **values))) == command


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("time", {"at": "noon"}, "input.time"),
        ("topics", {"topics": "???"}, "input.topics"),
        ("dance", {}, "input.command"),
        ("taste", {}, "input.command"),
        ("", {}, "input.command"),
        ("keywords", {"change": "x" * 1001}, "input.long"),
    ],
)
def test_what_cannot_be_used_says_so(name: str, values: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as raised:
        digest_command(asked(used(name, **values)))
    assert raised.value.code == code


def test_a_paper_is_asked_for() -> None:
    given: Json = {"type": 1, "name": "paper", "options": [{"name": "query", "type": 3, "value": "2602.00001"}]}
    assert paper_command(asked(given)) == LookUp("2602.00001")
    given["options"].append({"name": "style", "type": 3, "value": "detailed"})
    assert paper_command(asked(given)) == LookUp("2602.00001", Style.DETAILED)


@pytest.mark.parametrize("grouped", [True, False])
def test_what_is_being_typed_is_known(grouped: bool) -> None:
    given = used("time", at="7:00") if grouped else flat("time", at="7:00")
    options = given["options"][0]["options"]
    (options[0]["options"] if grouped else options).append(
        {"name": "zone", "type": 3, "value": "Asia", "focused": True}
    )
    what = asked(given)
    assert what == Asked("digest", "time", {"at": "7:00", "zone": "Asia"}, "zone")
    assert what.option
    assert what.option.offer is Offer.ZONES


@pytest.mark.parametrize(
    "what",
    [
        Asked("digest", "time", {}, "query"),
        Asked("digest", "dance", {}, "zone"),
        Asked("digest", "taste", {}, "change"),
        Asked("paper", "", {}, "zone"),
        Asked("paper", "", {}),
    ],
)
def test_what_nobody_is_asked_for_is_no_option(what: Asked) -> None:
    assert what.option is None


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ({"content": "see <https://arxiv.org/abs/2602.00001v2>."}, "see <https://arxiv.org/abs/2602.00001v2>."),
        ({"content": "[x](https://doi.org/10.1234/abc), y"}, "[x](https://doi.org/10.1234/abc), y"),
        ({"content": "論文は2602.00001です"}, "論文は2602.00001です"),
        ({"content": "https://example.org/2602 and words"}, ""),
        ({"content": "", "embeds": [{"url": "https://arxiv.org/pdf/2602.00002"}]}, "https://arxiv.org/pdf/2602.00002"),
        ({"content": "x", "embeds": [{"title": "y"}, {"description": "arXiv:2602.00002"}]}, "arXiv:2602.00002"),
        ({}, ""),
    ],
)
def test_the_paper_of_a_message_is_found(message: Json, found: str) -> None:
    assert named_paper(message) == found
    given = {"type": 3, "name": "x", "target_id": "5", "resolved": {"messages": {"5": message}}}
    what = asked(given)
    assert what.command == MENU
    assert paper_command(what) == (LookUp(found) if found else None)


@given(hostile)
def test_any_message_can_be_looked_through(text: str) -> None:
    assert isinstance(named_paper({"content": text, "embeds": [{"title": text}]}), str)


# --- what is offered --------------------------------------------------------------------------


@given(st.text(max_size=120) | hostile)
def test_what_is_offered_discord_takes(typed: str) -> None:
    papers = [replace(paper(number), title=typed, id=PaperId("title", "x" * 20)) for number in range(30)]
    for offered in (
        suggestions.zones(typed),
        suggestions.languages(typed, JA),
        suggestions.topics(typed),
        suggestions.days(typed, EN),
        suggestions.papers(papers, JA),
    ):
        assert len(offered) <= 25
        assert all(1 <= len(one["name"]) <= 100 and 1 <= len(one["value"]) <= 100 for one in offered)


def test_a_paper_without_a_title_is_offered_as_such() -> None:
    offered = suggestions.papers([replace(paper(1), title="\u200b")], EN)
    assert offered == [{"name": "(untitled) · Ada Inkwell et al.", "value": "arxiv:2602.00001"}]


def test_topics_are_completed_one_after_the_other() -> None:
    assert suggestions.topics("")[0]["value"] == "cs.CL"
    assert suggestions.topics("cs.CL ")[0]["value"] == "cs.CL cs.AI"
    assert suggestions.topics("cs.CL stat.m")[0] == {
        "name": "cs.CL stat.ML (Machine Learning)",
        "value": "cs.CL stat.ML",
    }


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("math.AG", "math.AG"),
        ("robot", "cs.RO"),
        ("Statistics", "stat"),
        ("csAI", "cs.AI"),
        ("cs.sy cs.I", "eess.SY cs.IR"),
    ],
)
def test_topics_are_found_in_the_whole_list_by_id_and_name(typed: str, offered: str) -> None:
    assert offered in [one["value"] for one in suggestions.topics(typed)]


@pytest.mark.parametrize("typed", ["日", "\u2f47", "日本", "日本語", "ｊａ", "JAPAN", " ja"])
@pytest.mark.parametrize("spoken", [(EN,), (JA,), (EN, JA), (words_for("fr"), JA)])
def test_a_language_is_found_in_any_client_and_any_form(typed: str, spoken: tuple[Words, ...]) -> None:
    assert suggestions.languages(typed, *spoken)[0]["value"] == "ja"


@pytest.mark.parametrize("typed", ["日", "\u2f47", "sun", "ＳＵＮ"])
@pytest.mark.parametrize("spoken", [(EN,), (JA,), (EN, JA)])
def test_a_day_is_found_in_any_client_and_any_form(typed: str, spoken: tuple[Words, ...]) -> None:
    first = suggestions.days(typed, *spoken)[0]["value"]
    assert days(first) == SetDays((Weekday.SUN,))


@pytest.mark.parametrize("typed", ["東京", "Tokyo", "ｔｏｋｙｏ", "日本", "asia/tok"])
def test_a_zone_is_found_by_what_the_channel_or_the_client_calls_it(typed: str) -> None:
    assert suggestions.zones(typed, EN, JA)[0] == {"name": "Asia/Tokyo (Japan Time)", "value": "Asia/Tokyo"}


def test_days_are_offered_in_the_languages_of_the_client_and_the_channel() -> None:
    assert [one["value"] for one in suggestions.days("", EN)][:2] == ["weekdays", "everyday"]
    offered = [one["value"] for one in suggestions.days("", EN, JA)]
    assert {"weekdays", "平日"} <= {*offered}


def test_zones_and_languages_are_found_by_any_part() -> None:
    assert suggestions.zones("")[0]["value"] == "Asia/Tokyo"
    assert {"name": "Europe/Berlin (Germany (Berlin) Time)", "value": "Europe/Berlin"} in suggestions.zones("berl", EN)
    assert [one["value"] for one in suggestions.languages("klingon", EN, JA)] == []
    assert [one["value"] for one in suggestions.languages("ドイツ", JA)] == ["de"]


# --- the form ---------------------------------------------------------------------------------


def submitted(shown: Json, **values: str) -> Json:
    """The form as a client sends it back."""
    sent = []
    for row in shown["components"]:
        field = row["component"]
        name = field["custom_id"]
        default = [one["value"] for one in field.get("options", ()) if one["default"]]
        told: Json = {"values": [values.get(name, *default)]} if "options" in field else {}
        told = told or {"value": values.get(name, field.get("value", ""))}
        sent.append({"type": 18, "component": {"custom_id": name, **told}})
    return {"components": sent}


def test_a_form_that_is_sent_as_it_is_changes_nothing() -> None:
    settings = ChannelSettings(language="fr", keywords=("agents",), muted_keywords=("survey",), time=dt.time(6, 5))
    command = filled_in(submitted(form(settings, EN)))
    assert command == Configure(
        (
            SetLanguage("fr"),
            SetTime(dt.time(6, 5), "Asia/Tokyo"),
            SetTopics(settings.topics),
            ChangeKeywords(Steps(("agents",), ("survey",), clear=True)),
        ),
        subscribe=True,
    )


def test_keywords_that_do_not_fit_into_a_field_are_kept() -> None:
    settings = ChannelSettings(keywords=tuple(f"{number:080}" for number in range(50)))
    command = filled_in(submitted(form(settings, EN)))
    assert not any(isinstance(one, ChangeKeywords) for one in command.changes)


def test_a_form_without_keywords_clears_them() -> None:
    command = filled_in(submitted(form(ChannelSettings(), JA), keywords=" "))
    assert ChangeKeywords(Steps(clear=True)) in command.changes


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [("time", "soon", "input.time"), ("topics", "!", "input.topics"), ("topics", "cs.CL AI", "input.topics_meant")],
)
def test_a_field_that_cannot_be_used_says_which(field: str, typed: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        filled_in(submitted(form(ChannelSettings(), JA), **{field: typed}))
    assert raised.value.code == code


def test_what_is_no_form_asks_for_nothing() -> None:
    for nothing in ({}, {"components": None}, {"components": [None, {"type": 18}]}):
        assert filled_in(nothing) == Configure((), subscribe=True)
