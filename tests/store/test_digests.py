"""Digests in the store: the first one stays, and no paper is shown twice in a channel."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from bot.models import ChannelKey, Digest, EmptyReason, Excerpt, Failure, Origin
from bot.store.digests import SavedDigest
from bot.store.store import Store
from tests.support.stores import CHANNEL, NOW, digest, emptied, paper, reusing_the_store, summary
from tests.support.strategies import digests

OTHER = ChannelKey("hugo", "/srv/blog/content/post")


def bare(given_digest: Digest) -> Digest:
    return replace(
        given_digest,
        entries=tuple(replace(e, summary=None, excerpt=None, failure=None) for e in given_digest.entries),
    )


async def test_the_first_digest_of_a_day_stays(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    first = digest(paper(1))

    assert await store.digests.save(first) == SavedDigest(first)
    assert await store.digests.save(digest(paper(2))) == SavedDigest(first)

    assert await store.digests.get(CHANNEL, first.date) == first
    assert await store.digests.shown(CHANNEL) == {paper(1).id}


async def test_no_paper_is_shown_twice_in_a_channel(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    await store.digests.save(digest(paper(1)))
    tomorrow = digest(paper(1), paper(2), days=1)

    assert await store.digests.save(tomorrow) == SavedDigest(tomorrow, frozenset({paper(1).id}))

    assert await store.digests.get(CHANNEL, tomorrow.date) is None
    assert await store.digests.shown(CHANNEL) == {paper(1).id}


async def test_channels_are_apart(store: Store) -> None:
    await store.papers.save([paper(1)])
    for channel in (CHANNEL, OTHER):
        assert not (await store.digests.save(digest(paper(1), channel=channel))).taken
    assert await store.digests.shown(OTHER) == {paper(1).id}


async def test_of_two_at_once_only_one_is_stored(store: Store) -> None:
    await store.papers.save([paper(n) for n in range(6)])
    rivals = [digest(paper(n)) for n in range(6)]

    saved = await asyncio.gather(*map(store.digests.save, rivals))

    assert len({one.digest for one in saved}) == 1
    assert await store.digests.shown(CHANNEL) == {saved[0].digest.entries[0].paper.id}


async def test_a_digest_is_stored_without_its_summaries(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    told = digest(paper(1), paper(2))
    entries = (
        replace(told.entries[0], summary=summary()),
        replace(told.entries[1], failure=Failure("model.no_key"), excerpt=Excerpt(Origin.TLDR, "Lanterns are light.")),
    )
    saved = await store.digests.save(replace(told, entries=entries))
    assert saved.digest == told
    assert await store.digests.get(CHANNEL, told.date) == told


async def test_a_day_without_papers_can_be_stored(store: Store) -> None:
    empty = replace(digest(), empty=EmptyReason.HOLIDAY, holiday="Lantern Day")
    await store.digests.save(empty)
    assert await store.digests.get(CHANNEL, empty.date) == empty


async def test_latest(store: Store) -> None:
    await store.papers.save([paper(n) for n in range(4)])
    stored = [digest(paper(n), days=n, channel=(CHANNEL, OTHER)[n % 2]) for n in (2, 0, 3, 1)]
    for one in stored:
        await store.digests.save(one)
    assert await store.digests.latest(3) == (stored[2], stored[0], stored[3])


async def test_marking_twice_keeps_the_first_instant_and_harms_nothing(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    await store.digests.mark_shown(CHANNEL, [paper(1).id, paper(1).id], NOW)
    await store.digests.mark_shown(CHANNEL, [paper(2).id, paper(1).id], NOW + timedelta(days=1))
    await store.digests.mark_shown(CHANNEL, [], NOW)
    assert await store.digests.shown(CHANNEL) == {paper(1).id, paper(2).id}
    assert await store.digests.shown(OTHER) == frozenset()


async def test_a_paper_that_was_never_saved_is_a_mistake_of_the_caller(store: Store) -> None:
    with pytest.raises(LookupError, match="no such paper"):
        await store.digests.mark_shown(CHANNEL, [paper(9).id], NOW)
    with pytest.raises(LookupError, match="no such paper"):
        await store.digests.save(digest(paper(9)))
    assert await store.digests.latest(9) == ()


@reusing_the_store
@given(digests)
async def test_any_digest_comes_back_as_it_was(store: Store, any_digest: Digest) -> None:
    await (await emptied(store)).papers.save(entry.paper for entry in any_digest.entries)

    assert await store.digests.save(any_digest) == SavedDigest(bare(any_digest))

    assert await store.digests.get(any_digest.channel, any_digest.date) == bare(any_digest)
    papers = await store.papers.get_many(entry.paper.id for entry in any_digest.entries)
    assert await store.digests.shown(any_digest.channel) == {one.id for one in papers.values()}
