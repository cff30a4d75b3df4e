"""Answers of the core as messages of Discord."""

from __future__ import annotations

import pytest

from adapters.common.cutting import units
from adapters.discord import text
from adapters.discord.replies import answers
from bot.chat.registry import COMMANDS
from bot.models import Reply, say
from bot.words import words_for

HELP = tuple(say(spec.help) for spec in COMMANDS.specs)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_long_answer_is_several_messages_and_nothing_is_lost(language: str) -> None:
    sentences = HELP * 3
    made = answers(Reply(language, "UTC", sentences))

    assert len(made) > 1
    contents = [one.body["content"] for one in made]
    assert all(0 < units(content) <= text.LONGEST_CONTENT for content in contents)
    lines = "\n".join(contents).split("\n")
    said = [text.lines([words_for(language).say(one.key)]) for one in sentences]
    assert lines == said
    assert all(one.body["allowed_mentions"] == {"parse": []} for one in made)


def test_pages_hold_what_fits() -> None:
    assert text.pages([]) == [""]
    assert text.pages(["aaa", "bbb"], 7) == ["aaa\nbbb"]
    assert text.pages(["aaa", "bbb"], 6) == ["aaa", "bbb"]
    assert text.pages(["aaaaaaaaa", "b"], 5) == ["aaaa…", "b"]
    assert text.pages(["🍣🍣", "🍣"], 6) == ["🍣🍣", "🍣"]
    assert text.pages(["# a", "- b"]) == ["\\# a\n\\- b"]
