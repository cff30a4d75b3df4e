"""Nothing that we post becomes a link by looking like one: Slack makes links of domains in mrkdwn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from adapters.slack import blocks as b
from adapters.slack.cards import Message, paper_view
from adapters.slack.render import render
from adapters.slack.replies import messages
from bot.models import (
    Card,
    ChannelKey,
    Document,
    Greeting,
    Headline,
    Layout,
    NextStep,
    Notice,
    PaperView,
    Part,
    Reply,
    Sentence,
    Style,
)
from bot.words import words_for
from tests.fakes.slack_mrkdwn import autolinks, mrkdwn
from tests.fakes.slack_rules import problems
from tests.support.digests import UNVERIFIED, brief, detailed, make_paper, two_entries
from tests.support.linklike import LINKLIKE, sentences

DAY = date(2026, 2, 27)


def is_plain(message: Message) -> None:
    found = list(problems("chat.postMessage", {"channel": "C1", "text": message.text, "blocks": message.blocks}))
    assert found == []


def parts(text: str) -> Iterator[Part]:
    paper = replace(make_paper(text, text), authors=(text, text))
    digest = two_entries(paper, brief(text, text))
    first, second = digest.entries
    for layout in (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT):
        yield Headline(digest, layout)
    yield Card(first, DAY, "ja", 2)
    yield Card(second, DAY, "en", 2)
    yield PaperView(paper, "ja", Style.DETAILED, summary=detailed(text, text))
    yield PaperView(paper, "en", Style.BRIEF, failure=UNVERIFIED, excerpt=second.excerpt)
    yield Notice("digest.empty.holiday", "en", (("holiday", text),), ChannelKey("slack", "T1/C1"))
    yield Greeting("ja")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("text", LINKLIKE)
def test_no_layout_makes_a_link_of_a_paper_that_looks_like_one(text: str, language: str) -> None:
    words = words_for(language)
    for part in parts(text):
        is_plain(render(part, words))
        if isinstance(part, PaperView):
            is_plain(paper_view(part, words, share=True))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_sentence_makes_a_link(language: str) -> None:
    for sentence in sentences(language):
        for message in messages(Reply(language, "UTC", (sentence,))):
            is_plain(message)


@pytest.mark.parametrize("text", LINKLIKE)
def test_no_reply_makes_a_link_of_what_it_lists(text: str) -> None:
    paper = make_paper(text, text)
    reply = Reply(
        "en",
        "UTC",
        (Sentence("paper.choose"),),
        choices=(paper, replace(paper, id=replace(paper.id, value="2602.00002"))),
        documents=(Document("kawaraban.csv", "text/csv", text),),
        steps=tuple(NextStep),
    )
    for message in messages(reply):
        is_plain(message)


@pytest.mark.parametrize("text", LINKLIKE)
def test_what_people_read_stays_the_same(text: str) -> None:
    assert autolinks(text)
    assert 'class="auto"' in mrkdwn(text)
    assert 'class="auto"' not in mrkdwn(b.escaped(text))
    assert b.unescaped(b.escaped(text)).replace("\u2060", "") == text


@pytest.mark.parametrize("text", ["2602.21548", "82.5 %", "e.g. this", "etc. and", "Dr. Who", "v1.2.3", "…", "a.b"])
def test_other_dots_are_left_alone(text: str) -> None:
    assert b.escaped(text) == text
