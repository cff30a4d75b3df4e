"""Points of papers: the local models, what is stored of them, and a taste learned from the store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pytest

from bot.models import Channel, ChannelKey, ChannelSettings, MessageRef, Paper, PaperId, ReasonKind, Vector, Vectors
from bot.ranking.catalogue import points_of, text_of
from bot.ranking.rank import rank
from bot.ranking.taste import NO_TASTE
from bot.store.store import Store
from bot.store.votes import StoredVote
from bot.taste.embedding.minilm import MiniLM
from bot.taste.embedding.word_vectors import WIDTH, WordVectors
from bot.taste.placement import Placement
from bot.taste.tastes import Tastes
from tests.support.ranking_papers import DUE
from tests.taste.test_taste import PAPERS, placed
from tests.taste.test_taste import WIDTH as INVENTED_WIDTH

HERE = ChannelKey("fake", "C1")
ALL = list(PAPERS.values())


@dataclass
class InventedModel:
    """Places texts as the tests of tastes do, and remembers which."""

    model: str = "invented-1"
    asked: list[str] = field(default_factory=list)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        floats = b"".join(placed(text).astype(np.float32).tobytes() for text in texts)
        return Vectors(self.model, INVENTED_WIDTH, floats)


def vote(paper: Paper, emoji: str = "👍", voter: str = "ada") -> StoredVote:
    message = MessageRef("fake", f"C1/{paper.id.value}")
    return StoredVote(message, voter, emoji, HERE, paper.id, present=True, at=DUE - timedelta(days=1))


def likeness(vectors: Vectors, a: int, b: int) -> float:
    points = points_of(vectors)
    return float(points[a] @ points[b] / np.linalg.norm(points[a]) / np.linalg.norm(points[b]))


async def test_word_vectors_need_no_network_and_place_like_by_like() -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    texts = ["attention with a paged cache of keys and values", "a key-value cache for attention", "protein folding"]
    found = await WordVectors().embed([*texts, "", "\ud800 日本語の題", "x" * 100_000])
    assert (logging.getLogger().handlers[:], logging.getLogger().level) == before
    assert (len(found), found.width) == (6, WIDTH)
    assert likeness(found, 0, 1) > likeness(found, 0, 2) + 0.2
    assert not points_of(found)[3].any()
    again = await WordVectors().embed(texts[:1])
    assert again.floats == found.floats[: 4 * WIDTH]
    assert len(await WordVectors().embed([])) == 0


@pytest.mark.needs("minilm")
async def test_minilm_places_like_by_like() -> None:
    found = await MiniLM().embed(["a key-value cache for attention", "protein folding", "paged attention memory", ""])
    assert likeness(found, 0, 2) > likeness(found, 0, 1) + 0.2


async def test_papers_are_placed_once_and_anew_by_another_model(sqlite_store: Store) -> None:
    await sqlite_store.papers.save(ALL)
    first = InventedModel()
    assert await Placement(sqlite_store, first).run() == len(ALL)
    assert await Placement(sqlite_store, first).run() == 0
    await Placement(sqlite_store, first).complete(ALL)
    assert sorted(first.asked) == sorted(map(text_of, ALL))
    second = InventedModel("invented-2")
    assert await Placement(sqlite_store, second).run() == len(ALL)
    ids = [paper.id for paper in ALL]
    assert await sqlite_store.papers.placed(ids) == {"invented-1": len(ALL), "invented-2": len(ALL)}
    stored = await sqlite_store.papers.points(ids, "invented-1")
    assert stored[ids[7]] == placed(text_of(ALL[7])).astype(np.float32).tobytes()


async def test_a_text_is_placed_once(sqlite_store: Store) -> None:
    model = InventedModel()
    placement = Placement(sqlite_store, model)
    assert await placement.of_text("agents") == await placement.of_text("agents")
    assert model.asked == ["agents"]


async def test_who_said_nothing_has_no_taste_and_costs_nothing(sqlite_store: Store) -> None:
    model = InventedModel()
    tastes = Tastes(sqlite_store, Placement(sqlite_store, model))
    assert await tastes.of(Channel(HERE), ALL, DUE) is NO_TASTE
    assert model.asked == []


async def test_votes_named_papers_and_a_description_make_a_taste(sqlite_store: Store) -> None:
    await sqlite_store.papers.save(ALL)
    await sqlite_store.votes.put([vote(PAPERS["kv0"]), vote(PAPERS["speech0"], "👎")])
    tastes = Tastes(sqlite_store, Placement(sqlite_store, InventedModel()))
    gone = PaperId("sample", "gone")
    settings = ChannelSettings(likes=(PAPERS["robot0"].id, gone), description=" cache serving latency decoding ")
    taste = await tastes.of(Channel(HERE, settings), ALL, DUE)
    judged = dict(zip(PAPERS, taste.judge(ALL), strict=True))
    mean = {s: sum(one.value for name, one in judged.items() if name.startswith(s)) for s in ("kv", "robot", "speech")}
    assert mean["kv"] > 0 < mean["robot"]
    assert mean["speech"] < 0
    kinds = {one.reason.kind for one in judged.values() if one.reason}
    assert {ReasonKind.SIMILAR, ReasonKind.SEED} <= kinds
    for one in judged.values():
        if one.reason and one.reason.kind is ReasonKind.SIMILAR:
            assert one.reason.subject == PAPERS["kv0"].title
        if one.reason and one.reason.kind is ReasonKind.SEED:
            assert one.reason.subject == PAPERS["robot0"].title


async def test_taking_votes_back_restores_the_first_ranking(sqlite_store: Store) -> None:
    await sqlite_store.papers.save(ALL)
    tastes = Tastes(sqlite_store, Placement(sqlite_store, InventedModel()))

    async def ranking() -> object:
        return rank(ALL, ChannelSettings(), DUE, "s", await tastes.of(Channel(HERE), ALL, DUE))

    first = await ranking()
    given = [vote(PAPERS[name]) for name in ("kv0", "kv1")]
    await sqlite_store.votes.put(given)
    assert await ranking() != first
    taken = [StoredVote(v.message, v.voter, v.emoji, v.channel, v.paper, present=False, at=DUE) for v in given]
    await sqlite_store.votes.put(taken)
    assert await ranking() == first


async def test_models_never_mix_and_the_wider_cover_counts(sqlite_store: Store) -> None:
    """Semantic Scholar's points serve once they cover as many papers as the local model's."""
    rng = np.random.default_rng(3)
    theirs = {p.id: Vector("specter_v2", tuple(rng.standard_normal(8).tolist())) for p in ALL[:-1]}
    await sqlite_store.papers.save(ALL, theirs)
    await sqlite_store.votes.put([vote(PAPERS["kv0"])])

    async def width() -> int:
        tastes = Tastes(sqlite_store, Placement(sqlite_store, InventedModel()))
        taste = await tastes.of(Channel(HERE), ALL, DUE)
        return int(taste._catalogue.width)  # type: ignore[attr-defined]  # a Taste tells nobody else

    assert await width() == INVENTED_WIDTH
    await sqlite_store.papers.save([ALL[-1]], {ALL[-1].id: Vector("specter_v2", (1.0,) * 8)})
    assert await width() == 8
