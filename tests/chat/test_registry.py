"""The registry of commands: each is described once, and everything that lists commands follows from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import pytest

from bot.chat import commands
from bot.chat.commands import Change, ChangeAuthors, Command, Reading, RequestedChange, Show, Steps
from bot.chat.parser import parse_digest, parse_filled_in
from bot.chat.registry import CHANNEL, COMMANDS, PAPER_OPTIONS, TASTE
from bot.chat.specs import CommandSpec, Group, names
from bot.words import words_for
from tests.support.needs import ROOT
from tests.support.specs import MUTE, with_more

NAMES = names(COMMANDS.specs)
# What no one types: a form has several changes, and papers are looked up by the use case.
UNTYPED = {commands.Configure, commands.SetLikes, commands.Begin}


def test_every_command_is_described() -> None:
    assert {spec.makes for spec in COMMANDS.specs} == {*get_args(Command)} - UNTYPED


@pytest.mark.parametrize("specs", [COMMANDS.specs, (*COMMANDS.specs, MUTE)], ids=["today", "one said in two ways"])
def test_commands_that_make_the_same_change_the_same_setting(specs: Sequence[CommandSpec]) -> None:
    settings = {(spec.makes, spec.setting.name if spec.setting else "") for spec in specs}
    assert len(settings) == len({spec.makes for spec in specs})


def test_every_change_has_its_setting() -> None:
    changing = {spec.makes for spec in COMMANDS.specs if spec.setting}
    assert changing == {*get_args(RequestedChange)}
    assert {*get_args(Change)} ^ changing == {commands.SetLikes, commands.ChangeLikes}
    for kind in changing:
        assert COMMANDS.setting(kind) in COMMANDS.settings


def test_reading_is_what_changes_no_setting() -> None:
    assert {spec.makes for spec in COMMANDS.specs if spec.only_reads} == {*get_args(Reading)} - UNTYPED
    assert [spec.name for spec in COMMANDS.specs if spec.only_reads and spec.setting] == []


def test_every_setting_is_listed_once_by_its_name() -> None:
    listed = [setting.name for setting in COMMANDS.settings]
    assert len(listed) == len(set(listed)) == len(get_args(RequestedChange)) - 1  # time and days are one
    # Two settings that are told by one function stay two.
    schedule = COMMANDS.settings[0]
    twin = CommandSpec(
        "twin",
        japanese="双子",
        makes=Show,
        read=lambda _: Show(),
        setting=type(schedule)("twin", schedule.tell),
    )
    assert [one.name for one in with_more([twin]).settings] == [*listed, "twin"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_everything_described_has_its_words(language: str) -> None:
    words = words_for(language)
    spoken: tuple[CommandSpec | Group, ...] = (*COMMANDS.specs, *COMMANDS.groups)
    options = {option for spec in COMMANDS.specs for option in spec.options} | {*PAPER_OPTIONS}
    wanted = [
        *(key for one in spoken for key in (one.help, one.about)),
        *(f"option.{option.name}{end}" for option in options for end in ("", ".name")),
        *(f"{option.label}.{value}" for option in options for value in option.choices),
    ]

    assert [key for key in wanted if key not in words] == []
    assert [one.about for one in spoken if not 0 < len(words.say(one.about)) <= 100] == []


def test_the_names_that_are_shown_can_be_typed() -> None:
    spoken: tuple[CommandSpec | Group, ...] = (*COMMANDS.specs, *COMMANDS.groups)
    for one in spoken:
        for language in ("ja", "en"):
            assert COMMANDS.named(one.name_in(language)) is one
        assert one.name_in("ja") != one.name_in("en")


def test_a_word_stands_for_one_thing() -> None:
    for word, clash in (("keywords", "taste"), ("taste", "keyword"), ("like", "好み")):
        twice = CommandSpec(word + "-2", japanese=clash, makes=Show, read=lambda _: Show())
        with pytest.raises(ValueError, match=clash):
            with_more([twice])


# --- one more command -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["mute Ada Example", "taste hush Ada Example", "選び方 ミュート　Ada Example", "消音 Ada Example"]
)
def test_a_description_is_all_that_the_parser_needs(text: str) -> None:
    assert parse_digest(text, with_more([MUTE])) == ChangeAuthors(Steps(down=("Ada Example",)))
    assert parse_digest(text.split("Ada", maxsplit=1)[0], with_more([MUTE])) == Show("mute")
    assert parse_filled_in(MUTE, {"query": "Ada Example"}) == ChangeAuthors(Steps(down=("Ada Example",)))


# --- every match has every case ---------------------------------------------------------------


COMMAND_NAMES = {kind.__name__ for kind in (*get_args(Command), *get_args(commands.PaperCommand), commands.SetLikes)}


def matches_over_commands() -> Iterator[tuple[str, ast.Match]]:
    for folder in ("bot", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Match) and classes_of(node) & COMMAND_NAMES:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def classes_of(match: ast.Match) -> set[str]:
    patterns = [node.cls for case in match.cases for node in ast.walk(case.pattern) if isinstance(node, ast.MatchClass)]
    return {cls.attr if isinstance(cls, ast.Attribute) else getattr(cls, "id", "") for cls in patterns}


MATCHES = dict(matches_over_commands())


def test_the_places_where_commands_are_told_apart_are_found() -> None:
    places = {Path(place.partition(":")[0]).stem for place in MATCHES}
    assert places >= {"answers", "archive", "changes", "papers", "subscriptions"}


@pytest.mark.parametrize("place", MATCHES)
def test_a_type_checker_finds_a_command_without_a_case(place: str) -> None:
    last = MATCHES[place].cases[-1]
    assert isinstance(last.pattern, ast.MatchAs)
    assert last.pattern.pattern is None
    assert last.guard is None
    assert re.fullmatch(r"assert_never\(\w+\)", ast.unparse(last.body[0]))


# --- the documentation ------------------------------------------------------------------------

DOCUMENTATION = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8").partition("## `/digest`")[2]


def rows() -> Iterator[tuple[bool, Group | None, str, str]]:
    """Of each row: whether it is for everyone, the group that it stands under, what is typed in either language."""
    everyone, group = True, None
    for line in DOCUMENTATION.splitlines():
        if line.startswith("## "):
            everyone, group = False, None
        elif line.startswith("### "):
            (group,) = [one for one in COMMANDS.groups if f"`/digest {one.name}" in line]
            assert f"`/digest {group.name_in('ja')}" in line
        elif line.startswith("| `"):
            _, english, japanese, *_ = line.split("|")
            yield everyone, group, english, japanese


ROWS = [*rows()]


def meant(cell: str) -> list[Command]:
    return [
        parse_digest(text.replace("@name", "<@U1>").replace("@名前", "<@U1>")) for text in re.findall("`([^`]+)`", cell)
    ]


def of(command: Command, typed: str) -> CommandSpec:
    found = COMMANDS.named(typed.strip(" `,").split()[0].strip("`,"))
    assert isinstance(found, CommandSpec)
    assert isinstance(command, found.makes)
    return found


def test_the_documentation_has_a_row_for_every_command() -> None:
    documented = [of(command, english) for _, _, english, _ in ROWS for command in meant(english)[:1]]
    assert {spec.name for spec in documented} == {*NAMES}


@pytest.mark.parametrize(("everyone", "group", "english", "japanese"), ROWS, ids=[row[2].strip() for row in ROWS])
def test_the_documentation_agrees_with_the_registry(
    everyone: bool, group: Group | None, english: str, japanese: str
) -> None:
    typed = meant(english) + meant(japanese)
    (spec,) = {of(command, english).name: of(command, english) for command in typed}.values()
    assert (spec.only_reads, spec.group) == (everyone, group)
    for example in re.findall("`([^`]+)`", japanese):
        assert example.split()[0] in spec.japanese.split()


def test_the_groups_of_the_documentation_are_those_that_there_are() -> None:
    assert {row[1] for row in ROWS} == {None, CHANNEL, TASTE}
