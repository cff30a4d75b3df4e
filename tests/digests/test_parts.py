"""Which messages a digest is, in each layout."""

from dataclasses import replace

import pytest

from bot.digests.parts import digest_parts
from bot.models import Card, ChannelSettings, EmptyReason, Headline, Layout, Page
from tests.support.stores import digest, paper

DIGEST = digest(*(paper(n) for n in range(1, 4)))
EMPTY = replace(digest(), empty=EmptyReason.WEEKEND)


def test_a_thread_has_a_headline_and_a_card_for_each_paper() -> None:
    headline, *cards = digest_parts(DIGEST, ChannelSettings(), spacing_seconds=1.0)
    assert [headline.part, *(card.part for card in cards)] == ["headline", "card:1", "card:2", "card:3"]
    assert [card.in_thread for card in cards] == [True] * 3
    assert [card.spacing_seconds for card in cards] == [1.0] * 3
    assert (headline.in_thread, headline.spacing_seconds, headline.paper) == (False, 0.0, None)
    assert [card.paper for card in cards] == [entry.paper.id for entry in DIGEST.entries]
    assert isinstance(headline.content, Headline)
    assert headline.content.layout is Layout.THREAD
    first = cards[0].content
    assert isinstance(first, Card)
    assert (first.of, first.date, first.language, first.entry.rank) == (3, DIGEST.date, "ja", 1)


def test_abstracts_stay_behind() -> None:
    headline, card, *_ = digest_parts(DIGEST, ChannelSettings())
    assert isinstance(headline.content, Headline)
    assert isinstance(card.content, Card)
    assert [entry.paper.abstract for entry in headline.content.digest.entries] == ["", "", ""]
    assert card.content.entry.paper == replace(DIGEST.entries[0].paper, abstract="")


def test_cards_may_lie_beside_the_headline() -> None:
    _, *cards = digest_parts(DIGEST, ChannelSettings(layout=Layout.CHANNEL))
    assert [card.in_thread for card in cards] == [False] * 3


def test_compact_is_the_headline_alone() -> None:
    (headline,) = digest_parts(DIGEST, ChannelSettings(layout=Layout.COMPACT))
    assert isinstance(headline.content, Headline)
    assert headline.content.layout is Layout.COMPACT


def test_a_page_is_whole() -> None:
    (page,) = digest_parts(DIGEST, ChannelSettings(layout=Layout.PAGE))
    assert (page.part, page.content, page.seeds) == ("page", Page(DIGEST), ())


def test_emoji_are_seeded_where_the_channel_wants_them() -> None:
    headline, card, *_ = digest_parts(DIGEST, ChannelSettings())
    assert headline.seeds == ("1️⃣", "2️⃣", "3️⃣")
    assert card.seeds == ("👍", "👎")
    assert not any(part.seeds for part in digest_parts(DIGEST, ChannelSettings(seed_reactions=False)))
    many = digest_parts(digest(*(paper(n) for n in range(1, 15))), ChannelSettings())
    assert (len(many[0].seeds), many[0].seeds[-1]) == (10, "🔟")


@pytest.mark.parametrize("layout", [Layout.THREAD, Layout.CHANNEL, Layout.COMPACT])
def test_a_day_without_papers_says_why_once(layout: Layout) -> None:
    (notice,) = digest_parts(EMPTY, ChannelSettings(layout=layout))
    assert (notice.part, notice.content, notice.seeds) == ("notice", Headline(EMPTY, layout), ())


@pytest.mark.parametrize("settings", [ChannelSettings(quiet=True), ChannelSettings(layout=Layout.PAGE)])
def test_or_nothing_at_all(settings: ChannelSettings) -> None:
    assert digest_parts(EMPTY, settings) == ()
