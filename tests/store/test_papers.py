"""Papers in the store: round trips, histories, windows, and two that turn out to be one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from sqlalchemy import select

from bot.models import Paper, PaperId, Vector, Window
from bot.store import tables
from bot.store.history import additions
from bot.store.store import Store
from tests.support.stores import (
    ARXIV,
    CHANNEL,
    HF,
    NOW,
    S2,
    digest,
    emptied,
    graph_paper,
    listed,
    paper,
    reusing_the_store,
    summary,
    upvotes,
)
from tests.support.strategies import papers, related_papers


async def rows(store: Store, table: str) -> int:
    async with store._database.reading() as connection:
        return len((await connection.execute(select(tables.metadata.tables[table]))).all())


async def test_a_paper_comes_back_under_every_key(store: Store) -> None:
    one = paper(1, listed(), upvotes(12), doi="10.1/Lantern")
    await store.papers.save([one, paper(2)])

    found = await store.papers.matching([*one.keys, "arxiv:0000.00000"])

    assert found == dict.fromkeys(one.keys, one)
    assert await store.papers.get(one.id) == one
    assert await store.papers.get(PaperId.arxiv("0000.00000")) is None
    assert await store.papers.get_many([one.id, paper(3).id]) == {one.id: one}


@reusing_the_store
@given(papers)
async def test_any_paper_comes_back_as_it_was(store: Store, one: Paper) -> None:
    await (await emptied(store)).papers.save([one])

    found = await store.papers.get(one.id)

    assert found is not None
    assert replace(found, signals=()) == replace(one, signals=())
    assert set(found.signals) == set(additions([], one.signals))
    assert sorted(found.signals, key=lambda s: s.seen_at) == list(found.signals)


@reusing_the_store
@given(related_papers(), related_papers())
async def test_however_papers_meet_nothing_is_lost(store: Store, first: list[Paper], second: list[Paper]) -> None:
    await emptied(store)

    await store.papers.save(first)
    kept = await store.papers.save(second)

    everything = [*first, *second]
    found = await store.papers.get_many(one.id for one in everything)
    assert found.keys() == {one.id for one in everything}
    listings = {signal for stored in found.values() for signal in stored.listings}
    assert listings == {signal for one in everything for signal in one.listings}
    for one in second:
        assert found[one.id].id == kept[one.id]
    async with store._database.reading() as connection:
        ids = set(await connection.scalars(select(tables.papers.c.id)))
    assert ids == {stored.id for stored in found.values()}


async def test_values_are_replaced_and_signals_added(store: Store) -> None:
    await store.papers.save([paper(1, listed(), upvotes(3))])
    later = replace(paper(1, upvotes(9, NOW + timedelta(hours=5))), title="Paper lanterns, revised")
    await store.papers.save([later])

    found = await store.papers.get(later.id)

    assert found is not None
    assert found.title == "Paper lanterns, revised"
    assert found.signals == (listed(), upvotes(3), upvotes(9, NOW + timedelta(hours=5)))


async def test_the_same_answers_again_change_nothing(store: Store) -> None:
    some = [paper(n, listed(), upvotes(n)) for n in range(5)]
    await store.papers.save(some)
    await store.papers.save(some)
    assert await rows(store, "papers") == 5
    assert await rows(store, "signals") == 10


async def test_thousands_of_keys_are_asked_in_pieces(store: Store) -> None:
    some = [paper(n) for n in range(1200)]
    await store.papers.save(some)
    found = await store.papers.matching(key for one in some for key in one.keys)
    assert set(found.values()) == set(some)


async def test_listed_is_exclusive_at_the_start_and_inclusive_at_the_end(store: Store) -> None:
    hour = timedelta(hours=1)
    await store.papers.save(
        [
            paper(1, listed(at=NOW)),
            paper(2, listed(at=NOW + hour)),
            paper(3, listed(at=NOW + 2 * hour)),
            paper(4, upvotes(5, NOW + hour)),
            paper(5, listed(at=NOW - hour), listed(HF, NOW + hour)),
        ]
    )
    window = Window(NOW, NOW + hour)

    found = await store.papers.listed(window)

    assert [one.id for one in found] == [paper(2).id, paper(5).id]
    assert all(any(s.seen_at in window for s in one.listings) for one in found)
    assert len(found[1].signals) == 2  # the whole history, not the window's


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lanterns", [3, 2, 1]),
        ("LANTERNS ﾗﾝﾀﾝ", [2]),
        ("lan", [3, 2, 1]),
        ("100%", [1]),
        ("%", []),
        ("_", []),
        ("lanterns umbrellas", []),
        ("  ", []),
        ("Ａｌｌ", [3]),
        ("A²FM", [4]),
        (r"A\textsuperscript{2}FM", [4]),
        (r"$\ell_1$ a2fm", [4]),
        ("textsuperscript", []),
    ],
)
async def test_search(store: Store, words: str, expected: list[int]) -> None:
    titles = {
        1: "Lanterns, 100% paper",
        2: "ランタン lanterns",
        3: "All about lanterns",
        4: r"A\textsuperscript{2}FM in $\ell_1$",
    }
    dated = [replace(paper(n, title=t), published=NOW + timedelta(days=n)) for n, t in titles.items()]
    await store.papers.save(dated)
    assert [one.id for one in await store.papers.search(words, 10)] == [paper(n).id for n in expected]


async def test_search_has_a_limit(store: Store) -> None:
    await store.papers.save([paper(n) for n in range(9)])
    assert len(await store.papers.search("lanterns", 4)) == 4


async def test_vectors(store: Store) -> None:
    one, other = paper(1), paper(2)
    await store.papers.save([one, other], {one.id: Vector("specter", (0.5, -2.0)), other.id: Vector("mini", (1.0,))})
    await store.papers.save([one], {one.id: Vector("specter", (0.25, 1e300))})

    found = await store.papers.vectors([one.id, other.id, paper(3).id], "specter")

    assert found == {one.id: Vector("specter", (0.25, float("inf")))}


async def test_text_that_no_database_can_hold(store: Store) -> None:
    hostile = replace(paper(1), id=PaperId("doi", "10.1/\ud800\x00"), title="Nul \x00 and half \udfff of a pair")
    await store.papers.save([hostile])
    await store.digests.mark_shown(CHANNEL, [hostile.id], NOW)

    found = await store.papers.get(hostile.id)

    assert found is not None
    assert found.title == hostile.title
    assert str(found.id) == "doi:10.1/\ufffd\ufffd"
    assert await store.papers.get(found.id) == found


async def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    naive = replace(paper(1), published=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="without a time zone"):
        await store.papers.save([naive])
    assert await rows(store, "papers") == 0


# --- folding ----------------------------------------------------------------------------------


async def test_a_paper_met_again_under_another_id_keeps_the_first(store: Store) -> None:
    graph = graph_paper("g1", doi="10.1/x")
    await store.papers.save([graph])
    arxiv = replace(paper(1, listed(), upvotes(7)), doi="10.1/x")

    kept = await store.papers.save([arxiv])

    assert kept == {arxiv.id: graph.id}
    found = await store.papers.matching([str(arxiv.id), "s2:g1"])
    assert {one.id for one in found.values()} == {graph.id}
    assert found["s2:g1"].arxiv_id == arxiv.arxiv_id
    assert set(found["s2:g1"].signals) == {listed(S2), listed(ARXIV), upvotes(7)}


async def test_two_stored_papers_turn_out_to_be_one(store: Store) -> None:
    older, younger = graph_paper("g1", title="Lanterns, weighed once"), paper(1, listed(), upvotes(7))
    await store.papers.save([older], {older.id: Vector("specter", (1.0,))})
    await store.papers.save([younger], {younger.id: Vector("specter", (2.0,))})
    await store.summaries.put(younger.id, summary())
    await store.digests.mark_shown(CHANNEL, [older.id, younger.id], NOW)
    stored = (await store.digests.save(digest(paper(1), channel=replace(CHANNEL, name="other")))).digest

    await store.papers.save([replace(younger, id=older.id, s2_id="g1")])

    assert await rows(store, "papers") == 1
    assert await store.papers.get(younger.id) == await store.papers.get(older.id)
    assert await store.papers.vectors([younger.id], "specter") == {younger.id: Vector("specter", (1.0,))}
    assert await store.summaries.get([younger.id], "ja", summary().style) == {younger.id: summary()}
    assert await store.digests.shown(CHANNEL) == {older.id}
    assert await store.digests.shown(stored.channel) == {older.id}
    assert (await store.digests.get(stored.channel, stored.date)) == stored


async def test_a_finished_summary_survives_a_claim_on_the_older_paper(store: Store) -> None:
    older, younger = graph_paper("g1", title="Lanterns, weighed once"), paper(1)
    await store.papers.save([older])
    await store.papers.save([younger])
    await store.summaries.claim(older.id, "ja", summary().style, "somebody", NOW, timedelta(minutes=5))
    await store.summaries.put(younger.id, summary())

    await store.papers.save([replace(younger, s2_id="g1")])

    assert await store.summaries.get([older.id], "ja", summary().style) == {older.id: summary()}
    assert not await store.summaries.finish(older.id, "somebody", summary("別の要約。"))


async def test_the_same_title_does_not_fold_two_arxiv_papers(store: Store) -> None:
    one, other = (paper(n, title="Paper lanterns: a survey") for n in (1, 2))
    await store.papers.save([one, other])
    await store.papers.save([other])
    assert await store.papers.get_many([one.id, other.id]) == {one.id: one, other.id: other}


async def test_one_batch_may_bring_a_paper_twice(store: Store) -> None:
    graph, arxiv = graph_paper("g1", doi="10.1/x"), paper(1, doi="10.1/x")

    kept = await store.papers.save([graph, arxiv])

    assert kept == {graph.id: graph.id, arxiv.id: graph.id}
    found = await store.papers.get(arxiv.id)
    assert found is not None
    assert found.title == arxiv.title
    assert set(found.signals) == {listed(S2), listed(ARXIV)}


async def test_one_batch_may_show_that_two_papers_before_it_are_one(store: Store) -> None:
    graph, arxiv = graph_paper("g1", title="Lanterns, weighed once"), paper(1)
    bridge = replace(graph, arxiv_id=arxiv.arxiv_id)

    kept = await store.papers.save([graph, arxiv, bridge], {arxiv.id: Vector("specter", (1.0,))})

    assert len(set(kept.values())) == 1
    assert await rows(store, "papers") == 1
    assert len(await store.papers.vectors([arxiv.id], "specter")) == 1


async def test_fold_of_many(store: Store) -> None:
    graph = [graph_paper(f"g{n}", title=f"Weighing lantern {n}", doi=f"10.1/{n}") for n in range(40)]
    arxiv = [paper(n) for n in range(40)]
    await store.papers.save(graph)
    await store.papers.save(arxiv)
    await store.papers.save([replace(one, doi=f"10.1/{n}") for n, one in enumerate(arxiv)])
    assert await rows(store, "papers") == 40
    assert {one.sources for one in (await store.papers.get_many(a.id for a in arxiv)).values()} == {(ARXIV, S2)}
