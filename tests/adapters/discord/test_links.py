"""Nothing that we post becomes a link by looking like one: Discord makes links of whole addresses in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord import render
from adapters.discord.replies import answers
from bot.models import Card, Greeting, Headline, Layout, Notice, PaperView, Part, Reply, Style
from bot.words import words_for
from tests.fakes.discord_markdown import drawn
from tests.support.digests import brief, detailed, make_paper, two_entries
from tests.support.linklike import LINKLIKE, sentences

PAGE = "https://arxiv.org/abs/2602.00001"


def linked(body: dict[str, Any]) -> set[str]:
    """Return the addresses that a click in the message's texts would open."""
    texts = [str(body.get("content") or "")]
    texts += [str(embed.get("description") or "") for embed in body.get("embeds", ())]
    return {address for text in texts for address in re.findall(r'<a href="([^"]*)"', drawn(text))}


def parts(text: str) -> Iterator[Part]:
    paper = replace(make_paper(text, text), authors=(text, text), url=PAGE)
    digest = two_entries(paper, brief(text, text))
    for layout in (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT):
        yield Headline(digest, layout)
    for entry in digest.entries:
        yield Card(entry, digest.date, "ja", 2)
    yield PaperView(paper, "en", Style.DETAILED, summary=detailed(text, text))
    yield Notice("digest.empty.holiday", "en", (("holiday", text),))
    yield Greeting("ja")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("text", LINKLIKE)
def test_no_layout_makes_a_link_of_a_paper_that_looks_like_one(text: str, language: str) -> None:
    for part in parts(text):
        assert linked(render.body(part, words_for(language))) <= {PAGE, "https://arxiv.org/abs/2602.00002"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_sentence_makes_a_link(language: str) -> None:
    for sentence in sentences(language):
        for answer in answers(Reply(language, "UTC", (sentence,))):
            assert linked(answer.body) == set(), sentence.key


def test_an_address_alone_would_become_one() -> None:
    assert linked({"content": PAGE}) == {PAGE}
