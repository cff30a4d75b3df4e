"""Answers of the core as messages of Discord."""

from __future__ import annotations

import pytest

from adapters.common.cutting import units
from adapters.discord import text
from adapters.discord.replies import answers
from bot.chat.registry import COMMANDS
from bot.models import Document, Reply, say
from bot.words import words_for
from tests.support.failures import FILLER, SIZES, document_of, parts, sentence_of, sentences_of

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
    assert text.pages(["aaaaaaaaa", "b"], 5) == ["aaaaa", "aaaa", "b"]
    assert text.pages(["aaa aa b", "c"], 5) == ["aaa", "aa b", "c"]
    assert text.pages(["🍣🍣", "🍣"], 6) == ["🍣🍣", "🍣"]
    assert text.pages(["# a", "- b"]) == ["\\# a\n\\- b"]


def _shown(reply: Reply) -> str:
    made = answers(reply)
    contents = [one.body.get("content", "") for one in made]
    files = [file for one in made for file in one.files]
    assert len(made) <= 6
    assert all(units(content) <= text.LONGEST_CONTENT for content in contents)
    assert all(one.body.get("content") or one.body.get("embeds") or one.files for one in made)
    named = [file["filename"] for one in made for file in one.body.get("attachments", ())]
    assert named == [file.name for file in files]
    return "".join([*(file.text for file in files if file.name == "answer.txt"), *contents])


@pytest.mark.parametrize("size", SIZES)
def test_a_text_of_any_size_is_shown_whole(size: int) -> None:
    for reply in (sentence_of(size), sentence_of(size, blanks=True), sentences_of(size)):
        assert _shown(reply).count(FILLER) >= size


@pytest.mark.parametrize("size", [0, 1, 1_700, 1_790, 1_800, 1_801, 2_800, 10_000])
def test_a_document_of_any_size_is_shown_or_attached(size: int) -> None:
    reply = document_of(size)
    attached = [file.text for one in answers(reply) for file in one.files]
    assert (attached == [FILLER * size]) == (not 0 < size <= 1_800)
    assert _shown(reply).count(FILLER) == 100 + (0 if attached else size)


def test_thirty_parts_are_shown_or_say_that_there_is_nothing() -> None:
    for several in parts():
        made = answers(Reply("ja", "UTC", parts=several))
        shown = sum(len(one.body.get("embeds", ())) for one in made) or sum(
            one.body["content"].count(words_for("ja").say("digest.empty.weekend")) for one in made
        )
        assert shown == 30
    assert answers(Reply("ja", "UTC"))[0].body["content"] == words_for("ja").say("chat.empty")


def test_many_documents_are_several_messages() -> None:
    documents = tuple(Document(f"{n}.txt", "text/plain", FILLER * 2_000) for n in range(23))
    assert [len(one.files) for one in answers(Reply("ja", "UTC", documents=documents))] == [10, 10, 3]
