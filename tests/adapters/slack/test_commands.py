"""What people type on Slack, as commands."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.commands import LONGEST, digest_command, mentioned, typed
from bot.chat.commands import (
    Begin,
    ChangeKeywords,
    ChangeManagers,
    SetEmoji,
    SetTime,
    Show,
    Steps,
    Subscribe,
)
from bot.errors import InputError


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2602.21548", "2602.21548"),
        (" arXiv:2602.21548v2 ", "arXiv:2602.21548v2"),
        ("<https://arxiv.org/abs/2602.21548> why?", "https://arxiv.org/abs/2602.21548 why?"),
        ("2602.21548 what of <http://cs.AI|cs.AI>?", "2602.21548 what of cs.AI?"),
        ("Attention &amp; memory &lt;3", "Attention & memory <3"),
        ("x" * 10_000, "x" * LONGEST),
    ],
)
def test_what_was_typed_is_read_without_what_slack_makes_of_it(text: str, named: str) -> None:
    assert typed(text) == named


def test_a_mention_is_taken_off_once() -> None:
    assert mentioned("<@U0BOT> 2602.21548") == "2602.21548"
    assert mentioned("look, <@U0BOT|kawaraban>, <@U0OTHER>") == "look,  , <@U0OTHER>"


def test_emoji_by_their_names_are_unicode() -> None:
    assert digest_command("emoji :sushi: 2 :-1: 0 :shipit: 1") == SetEmoji(
        (("🍣", 2.0), ("👎", 0.0), (":shipit:", 1.0))
    )
    assert digest_command("絵文字 :+1::skin-tone-3: 1") == SetEmoji((("👍", 1.0),))


@pytest.mark.parametrize("group", ["taste", "選び方", "TASTE", "channel", "ｔａｓｔｅ"])
def test_a_group_may_stand_before_the_command(group: str) -> None:
    assert digest_command(f"{group} emoji :sushi: 2") == SetEmoji((("🍣", 2.0),))
    assert digest_command(f"{group} 絵文字 :sushi: 2") == SetEmoji((("🍣", 2.0),))
    assert digest_command(f"{group} keywords +a") == digest_command("keywords +a") == ChangeKeywords(Steps(("a",)))


def test_only_emoji_commands_read_names() -> None:
    assert isinstance(digest_command("time 07:00"), SetTime)
    assert digest_command("keywords +:sushi:") == ChangeKeywords(Steps((":sushi:",)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("topics <http://cs.AI|cs.AI> <http://stat.ML|stat.ML> cs.CL", "topics cs.AI stat.ML cs.CL"),
        ("topics &lt;http://cs.AI|cs.AI&gt;", "topics cs.AI"),
        ("topics <https://cs.LG/|cs.LG>", "topics cs.LG"),
        ("keywords +<http://socket.io|socket.io> -<http://node.js|node.js>", "keywords +socket.io -node.js"),
        ("authors +<mailto:ada@example.org|ada@example.org>", "authors +ada@example.org"),
        ("search <#C012|general>", "search #general"),
        ("why <https://arxiv.org/abs/2602.21548|this paper>", "why https://arxiv.org/abs/2602.21548"),
        ("like <https://arxiv.org/abs/2602.21548>", "like https://arxiv.org/abs/2602.21548"),
    ],
)
def test_links_that_slack_makes_of_words_are_words(typed: str, meant: str) -> None:
    assert digest_command(typed) == digest_command(meant)


def test_people_are_named_as_slack_names_them() -> None:
    assert digest_command("managers +&lt;@U012|ada&gt; -<@U034>") == ChangeManagers(("U012",), ("U034",))


def test_the_rest_is_as_everywhere() -> None:
    assert digest_command("") == Begin()
    assert digest_command("status") == Show()
    assert digest_command("subscribe en") == Subscribe("en")


@given(st.text(max_size=400))
def test_whatever_is_typed_is_a_command_or_an_input_error(text: str) -> None:
    assert len(typed(text)) <= LONGEST
    with contextlib.suppress(InputError):
        digest_command(text)
