"""Similar papers from both sides: each once, never the paper itself, and asked for no more often than needed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.errors import SourceError
from bot.models import Paper, PaperId, SourceName
from bot.papers.details import MOST, Details, joined
from bot.store.store import Store
from tests.support.shelf import ListedNeighbours, ListedRecommender
from tests.support.stores import NOW, graph_paper, paper

S2 = SourceName.SEMANTIC_SCHOLAR
DOWN = SourceError("source.down", source="semantic_scholar")


def recommended(number: int) -> Paper:
    """A paper as Semantic Scholar has it: with arXiv's id and its own, and its own spelling of the title."""
    return replace(paper(number), s2_id=f"{number:040x}", title=f"Paper Lanterns Volume {number}", signals=())


def test_both_lists_take_turns_and_what_is_on_both_comes_once() -> None:
    own = [paper(2), paper(3), paper(4), paper(5)]
    similar = joined(paper(1), own, [recommended(3), recommended(6), recommended(2)], own)

    assert [one.arxiv_id for one in similar] == ["3105.00002", "3105.00003", "3105.00006", "3105.00004", "3105.00005"]


def test_the_paper_itself_is_not_similar_under_whatever_id() -> None:
    elsewhere = graph_paper("a" * 40, title=paper(1).title)
    assert joined(paper(1), [paper(1)], [recommended(1), elsewhere, recommended(2)])[0].arxiv_id == "3105.00002"
    assert len(joined(paper(1), [paper(1)], [recommended(1), elsewhere, recommended(2)])) == 1


def test_there_are_at_most_five() -> None:
    assert len(joined(paper(1), [paper(n) for n in range(2, 12)], [recommended(n) for n in range(12, 22)])) == MOST


def details(store: Store, own: Sequence[int], recommender: ListedRecommender | None) -> Details:
    neighbours = ListedNeighbours(tuple(paper(number).id for number in own))
    return Details(store, neighbours, recommender, lambda: NOW)


async def test_similar_papers_can_be_asked_for_and_are_no_candidates(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    nobody = graph_paper("b" * 40, title="Lanterns that nobody has seen so far")
    elsewhere = replace(nobody, abstract="We hide lanterns.")
    service = details(store, [2, 9], ListedRecommender((elsewhere, recommended(2))))

    similar = (await service.of(paper(1))).similar
    assert [one.title for one in similar] == [paper(2).title, elsewhere.title]
    for one in similar:
        stored = await store.papers.get(one.id)
        assert stored
    assert (await store.papers.get(similar[1].id)).listings == ()  # type: ignore[union-attr]  # it is there


async def test_what_has_no_abstract_is_left_out(store: Store) -> None:
    await store.papers.save([paper(1)])
    service = details(store, [], ListedRecommender((replace(recommended(2), abstract=""), recommended(3))))
    assert [one.arxiv_id for one in (await service.of(paper(1))).similar] == ["3105.00003"]


async def test_a_source_that_fails_is_named_and_asked_again(store: Store) -> None:
    await store.papers.save([paper(1), paper(2)])
    recommender = ListedRecommender((recommended(3),), DOWN)
    service = details(store, [2], recommender)

    partly = await service.of(paper(1))
    assert ([one.id for one in partly.similar], partly.failed) == ([paper(2).id], (S2,))
    recommender.error = None
    assert len((await service.of(paper(1))).similar) == 2
    again = await service.of(paper(1))
    assert (len(again.similar), again.failed, recommender.asked) == (2, (), 2)


class Silent(ListedRecommender):
    """A recommender that never answers."""

    async def recommend(self, paper: Paper, limit: int) -> Sequence[Paper]:
        await asyncio.Event().wait()
        raise AssertionError


async def test_nobody_waits_for_a_silent_source(sqlite_store: Store) -> None:
    await sqlite_store.papers.save([paper(1), paper(2)])
    service = Details(sqlite_store, ListedNeighbours((paper(2).id,)), Silent(), lambda: NOW, patience=0.01)
    found = await service.of(paper(1))
    assert ([one.id for one in found.similar], found.failed) == ([paper(2).id], (S2,))


@pytest.mark.parametrize("recommender", [None, ListedRecommender()])
async def test_there_may_be_none(sqlite_store: Store, recommender: ListedRecommender | None) -> None:
    await sqlite_store.papers.save([paper(1)])
    found = await details(sqlite_store, [], recommender).of(paper(1))
    assert (found.similar, found.failed) == ((), ())
    assert found.paper.id == PaperId.arxiv("3105.00001")
