"""Summaries in the store: one claimer at a time, and a finished one is never lost."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given

from bot.models import Failure, Finding, FindingKind, Origin, PaperId, Section, SectionKind, Style, Summary
from bot.store.store import Store
from bot.store.summaries import Busy, Claim, Claimed, Done, Failed
from tests.support.stores import NOW, emptied, listed, paper, reusing_the_store, summary, upvotes
from tests.support.strategies import summaries

PAPER = paper(1).id
LEASE = timedelta(minutes=5)
FAILURE = Failure("summary.unverified", (Finding(FindingKind.NUMBER, "47.3%"),))


@pytest.fixture(autouse=True)
async def stored(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])


async def claim(store: Store, owner: str = "us", minutes: float = 0, language: str = "ja") -> Claim:
    now = NOW + timedelta(minutes=minutes)
    return await store.summaries.claim(PAPER, language, Style.BRIEF, owner, now, LEASE)


async def get(store: Store, style: Style = Style.BRIEF) -> Summary | None:
    return (await store.summaries.get([PAPER, paper(2).id], "ja", style)).get(PAPER)


async def test_claimed_then_finished(store: Store) -> None:
    assert await claim(store) == Claimed(NOW + LEASE)
    assert await get(store) is None
    assert await store.summaries.finish(PAPER, "us", summary())
    assert await get(store) == summary()
    assert await claim(store, "them") == Done(summary())


async def test_exactly_one_of_many_gets_the_claim(store: Store) -> None:
    answers = await asyncio.gather(*(claim(store, f"owner {n}") for n in range(8)))
    assert answers.count(Claimed(NOW + LEASE)) == 1
    assert answers.count(Busy(NOW + LEASE)) == 7


async def test_the_owner_asking_twice_is_busy(store: Store) -> None:
    await claim(store)
    assert await claim(store) == Busy(NOW + LEASE)


async def test_languages_and_styles_are_apart(store: Store) -> None:
    await claim(store)
    assert isinstance(await claim(store, "them", language="en"), Claimed)
    detailed = Summary("ja", Style.DETAILED, "提灯", "訳文。", (Section(SectionKind.METHOD, "量った。"),))
    assert await store.summaries.put(PAPER, detailed)
    assert await get(store, Style.DETAILED) == detailed
    assert await get(store) is None


async def test_an_expired_claim_is_for_the_taking(store: Store) -> None:
    await claim(store)
    assert await claim(store, "them", minutes=4.9) == Busy(NOW + LEASE)
    assert await claim(store, "them", minutes=5) == Claimed(NOW + 2 * LEASE)
    assert not await store.summaries.finish(PAPER, "us", summary("遅すぎた。"))
    assert not await store.summaries.fail(PAPER, "ja", Style.BRIEF, "us", FAILURE, None)
    assert not await store.summaries.release(PAPER, "ja", Style.BRIEF, "us")
    assert await store.summaries.finish(PAPER, "them", summary())
    assert await get(store) == summary()


async def test_a_renewed_claim_holds_longer(store: Store) -> None:
    await claim(store)
    later = NOW + timedelta(minutes=30)
    assert not await store.summaries.renew(PAPER, "ja", Style.BRIEF, "them", later)
    assert await store.summaries.renew(PAPER, "ja", Style.BRIEF, "us", later)
    assert await claim(store, "them", minutes=29) == Busy(later)


async def test_a_late_owner_whom_nobody_overtook_may_finish(store: Store) -> None:
    await claim(store)
    assert await store.summaries.finish(PAPER, "us", summary())


async def test_a_failure_waits_until_its_time(store: Store) -> None:
    await claim(store)
    retry_at = NOW + timedelta(hours=6)
    assert await store.summaries.fail(PAPER, "ja", Style.BRIEF, "us", FAILURE, retry_at)
    assert await get(store) is None
    assert await claim(store, "them", minutes=359) == Failed(FAILURE, retry_at)
    assert await claim(store, "them", minutes=360) == Claimed(retry_at + LEASE)
    assert await claim(store, "us", minutes=361) == Busy(retry_at + LEASE)


async def test_a_failure_for_good(store: Store) -> None:
    await claim(store)
    await store.summaries.fail(PAPER, "ja", Style.BRIEF, "us", FAILURE, None)
    assert await claim(store, minutes=10**6) == Failed(FAILURE, None)


async def test_a_released_claim_is_free_at_once(store: Store) -> None:
    await claim(store)
    assert not await store.summaries.release(PAPER, "ja", Style.BRIEF, "them")
    assert await store.summaries.release(PAPER, "ja", Style.BRIEF, "us")
    assert isinstance(await claim(store, "them"), Claimed)


async def test_a_finished_one_stays(store: Store) -> None:
    await claim(store)
    await store.summaries.finish(PAPER, "us", summary())
    assert not await store.summaries.finish(PAPER, "us", summary("別の要約。"))
    assert not await store.summaries.put(PAPER, summary("別の要約。"))
    assert not await store.summaries.release(PAPER, "ja", Style.BRIEF, "us")
    assert await get(store) == summary()


@pytest.mark.parametrize("failed", [False, True])
async def test_an_imported_one_ends_claims_and_failures(store: Store, failed: bool) -> None:
    imported = Summary("ja", Style.BRIEF, "", "紙は軽い。", origin=Origin.IMPORTED)
    await claim(store)
    if failed:
        await store.summaries.fail(PAPER, "ja", Style.BRIEF, "us", FAILURE, NOW)
    assert await store.summaries.put(PAPER, imported)
    assert await claim(store, minutes=99) == Done(imported)
    assert not await store.summaries.finish(PAPER, "us", summary())


async def test_counts(store: Store) -> None:
    await store.summaries.put(paper(2).id, summary())
    await claim(store)
    await store.summaries.fail(PAPER, "ja", Style.BRIEF, "us", FAILURE, NOW)
    counts = await store.counts()
    assert (counts.papers, counts.digests, counts.summaries, counts.failed_summaries) == (2, 0, 1, 1)


async def test_a_paper_that_was_never_saved_is_a_mistake_of_the_caller(store: Store) -> None:
    unknown = PaperId.arxiv("3105.99999")
    assert await store.summaries.get([unknown], "ja", Style.BRIEF) == {}
    with pytest.raises(LookupError, match="no such paper"):
        await store.summaries.claim(unknown, "ja", Style.BRIEF, "us", NOW, LEASE)


@reusing_the_store
@given(summaries)
async def test_any_summary_comes_back_as_it_was(store: Store, any_summary: Summary) -> None:
    await (await emptied(store)).papers.save([paper(1)])
    assert await store.summaries.put(PAPER, any_summary)
    assert await store.summaries.get([PAPER], any_summary.language, any_summary.style) == {PAPER: any_summary}


async def test_a_paper_comes_with_its_summary_by_any_of_its_keys(store: Store) -> None:
    known = paper(1, listed(), upvotes(3), doi="10.1/x")
    await store.papers.save([known])
    for key in known.keys:
        assert await store.summaries.with_paper(key, "ja", Style.BRIEF) == (known, None)
    await store.summaries.put(known.id, summary())

    assert await store.summaries.with_paper("doi:10.1/x", "ja", Style.BRIEF) == (known, summary())
    assert await store.summaries.with_paper(str(known.id), "en", Style.BRIEF) == (known, None)
    assert await store.summaries.with_paper(str(known.id), "ja", Style.DETAILED) == (known, None)
    for key in ("doi:10.1/y", "", "\ud800"):
        assert await store.summaries.with_paper(key, "ja", Style.BRIEF) is None


async def test_a_summary_that_is_being_written_is_none(store: Store) -> None:
    await store.papers.save([paper(1)])
    await store.summaries.claim(paper(1).id, "ja", Style.BRIEF, "one", NOW, timedelta(minutes=1))

    assert await store.summaries.with_paper(str(paper(1).id), "ja", Style.BRIEF) == (paper(1), None)
