"""What a taste makes of votes: invented papers on a few subjects, placed by their words."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import ChannelSettings, Paper, PaperId, Reason, ReasonKind
from bot.ranking.catalogue import SAMPLE, Catalogue, Traits, text_of, traits
from bot.ranking.rank import rank
from bot.ranking.select import select
from bot.ranking.taste import NEGLIGIBLE, NO_TASTE, SIMILAR_AT_LEAST, Example, Taste, learn
from tests.support.ranking_papers import DUE, paper

SUBJECTS = {
    "kv": "cache eviction attention memory serving latency batch decoding throughput scheduler",
    "protein": "folding residue sequence ligand binding structure enzyme docking backbone assay",
    "robot": "grasping arm torque gripper manipulation trajectory contact simulator locomotion joint",
    "speech": "phoneme acoustic speaker recognition waveform prosody vocoder transcript accent tone",
}
WIDTH = 24


def written(name: str, subject: str, chance: Random, length: int = 40) -> Paper:
    words = chance.choices(SUBJECTS[subject].split(), k=length)
    words += [f"filler{chance.randrange(60)}" for _ in range(20)]
    chance.shuffle(words)
    return paper(name, title=f"On {words[0]} {words[1]} {name}", abstract=" ".join(words), categories=("cs.CL",))


def library(size: int = 30, seed: int = 1) -> dict[str, Paper]:
    """So many papers of each subject: `kv0`, `kv1`, …"""
    chance = Random(seed)
    return {f"{s}{n}": written(f"{s}{n}", s, chance) for n in range(size) for s in SUBJECTS}


def placed(text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A point made of the words, so that texts that share words lie near each other."""
    point = np.full(WIDTH, 0.2, dtype=np.float32)
    for word in text.casefold().split():
        chance = np.random.default_rng(zlib.crc32(word.encode("utf-8", "surrogatepass")))
        point += 0.01 * chance.standard_normal(WIDTH).astype(np.float32)
    return point


def traits_of(papers: Sequence[Paper], *, points: bool = True) -> dict[PaperId, Traits]:
    texts = [text_of(p) for p in papers]
    found = traits(texts, [placed(text) if points else None for text in texts])
    return {p.id: one for p, one in zip(papers, found, strict=True)}


PAPERS = library()
TRAITS = traits_of(list(PAPERS.values()))
CATALOGUE = Catalogue(TRAITS)


def said(name: str, value: float = 1.0, kind: ReasonKind = ReasonKind.SIMILAR) -> Example:
    p = PAPERS[name]
    return Example(TRAITS[p.id], value, Reason(kind, subject=p.title), p.id)


def taste_of(votes: dict[str, float]) -> Taste:
    return learn(CATALOGUE, [said(name, value) for name, value in votes.items()], {})


def mean(taste: Taste, subject: str) -> float:
    judged = taste.judge([p for name, p in PAPERS.items() if name.startswith(subject)])
    return sum(one.value for one in judged) / len(judged)


def test_more_of_what_is_liked() -> None:
    taste = taste_of({"kv0": 1, "kv1": 1, "kv2": 1})
    judged = taste.judge(list(PAPERS.values()))
    best = sorted(zip(judged, PAPERS, strict=True), reverse=True, key=lambda pair: pair[0].value)[:15]
    assert all(name.startswith("kv") for _, name in best)
    assert mean(taste, "kv") > 0.5
    assert mean(taste, "protein") < 0


def test_more_votes_are_believed_more() -> None:
    few, many = taste_of({"kv0": 1}), taste_of({f"kv{n}": 1.0 for n in range(12)})
    assert 0 < mean(few, "kv") < mean(many, "kv")


def test_what_is_disliked_goes_down() -> None:
    liked = {f"{subject}{n}": 1.0 for subject in ("kv", "robot") for n in range(4)}
    both = taste_of(liked)
    one = taste_of({**liked, **{f"robot{n}": -1.0 for n in range(4, 12)}})
    assert mean(one, "robot") < mean(both, "robot")
    assert mean(one, "kv") > mean(one, "robot")


def test_only_dislikes_raise_nothing() -> None:
    taste = taste_of({f"robot{n}": -2.0 for n in range(12)})
    judged = taste.judge(list(PAPERS.values()))
    assert all(one.value <= 0 and one.reason is None for one in judged)
    assert mean(taste, "robot") < mean(taste, "speech") <= 0


def test_nothing_said_is_no_taste() -> None:
    assert learn(CATALOGUE, [], {}) is NO_TASTE
    assert learn(CATALOGUE, [said("kv0", 0.0)], {}) is NO_TASTE


def test_a_thousand_bots_that_like_everything_keep_every_number_sane() -> None:
    taste = taste_of(dict.fromkeys(PAPERS, 2000.0))
    judged = taste.judge(list(PAPERS.values()))
    assert all(math.isfinite(one.value) and abs(one.value) <= 3 for one in judged)
    assert len(select(rank(list(PAPERS.values()), ChannelSettings(), DUE, "s", taste), 5, "s")) == 5


def test_the_reason_names_a_liked_paper_on_the_same_subject() -> None:
    taste = taste_of({"kv0": 1, "robot0": 1, "speech0": -1})
    reasons = {name: one.reason for name, one in zip(PAPERS, taste.judge(list(PAPERS.values())), strict=True)}
    told = {name: reason for name, reason in reasons.items() if reason and name not in ("kv0", "robot0")}
    assert len(told) > 8
    for name, reason in told.items():
        liked = "kv0" if name.startswith("kv") else "robot0"
        assert reason == Reason(ReasonKind.SIMILAR, subject=PAPERS[liked].title)
        a, b = (CATALOGUE.rows([PAPERS[one].id], {}).points[0] for one in (name, liked))
        assert a @ b >= SIMILAR_AT_LEAST


def test_the_reason_reaches_the_digest() -> None:
    taste = taste_of({"kv0": 1, "kv1": 1, "kv2": 1})
    pool = [p for name, p in PAPERS.items() if name not in ("kv0", "kv1", "kv2")]
    titles = {PAPERS[name].title for name in ("kv0", "kv1", "kv2")}
    chosen = select(rank(pool, ChannelSettings(), DUE, "s", taste), 3, "s")
    assert all(choice.paper.id.value.startswith("kv") for choice in chosen)
    assert chosen[0].reasons[0].kind is ReasonKind.SIMILAR
    assert chosen[0].reasons[0].subject in titles


def test_a_description_finds_its_subject_and_says_so() -> None:
    text = "serving latency and cache eviction"
    (found,) = traits([text], [placed(text)])
    reason = Reason(ReasonKind.DESCRIPTION, subject=text)
    taste = learn(CATALOGUE, [Example(found, 2.0, reason)], {})
    judged = dict(zip(PAPERS, taste.judge(list(PAPERS.values())), strict=True))
    best = sorted(PAPERS, key=lambda name: -judged[name].value)[:5]
    assert all(name.startswith("kv") for name in best)
    assert judged[best[0]].reason == reason


def test_without_points_words_alone_decide() -> None:
    bare = traits_of(list(PAPERS.values()), points=False)
    catalogue = Catalogue(bare)
    example = Example(bare[PAPERS["kv0"].id], 1.0, Reason(ReasonKind.SIMILAR), PAPERS["kv0"].id)
    taste = learn(catalogue, [example], {})
    assert mean(taste, "kv") > 0 > mean(taste, "robot")


def test_a_paper_outside_the_catalogue_is_judged_as_if_it_were_inside() -> None:
    stranger = written("new", "kv", Random(99))
    taste = learn(CATALOGUE, [said("kv0"), said("kv1")], traits_of([stranger]))
    assert taste.judge([stranger])[0].value > 0.3
    unknown = written("nowhere", "kv", Random(98))
    assert taste.judge([unknown, stranger])[0].value == 0


def test_company_and_order_make_no_difference() -> None:
    taste = taste_of({"kv0": 1, "robot3": -1, "speech2": 2})
    everything = list(PAPERS.values())
    judged = dict(zip(PAPERS, taste.judge(everything), strict=True))
    assert list(taste.judge(everything[::-1])) == [judged[name] for name in PAPERS][::-1]
    for name in ("kv7", "robot7"):
        assert list(taste.judge([PAPERS[name]])) == [judged[name]]


def test_the_order_of_papers_makes_no_difference_to_a_catalogue() -> None:
    shuffled = Random(5).sample(list(TRAITS.items()), len(TRAITS))
    again = learn(Catalogue(dict(shuffled)), [said("kv0"), said("robot1", -1)], {})
    assert again.judge(list(PAPERS.values())) == taste_of({"kv0": 1, "robot1": -1}).judge(list(PAPERS.values()))


def test_a_large_catalogue_is_compared_by_a_sample() -> None:
    large = Catalogue(traits_of(list(library(size=150).values())))
    assert len(large.sample([]).points) == SAMPLE


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_catalogue_of_next_to_nothing_serves(size: int) -> None:
    few = {p.id: TRAITS[p.id] for p in list(PAPERS.values())[:size]}
    taste = learn(Catalogue(few), [said("kv9")], TRAITS)
    assert all(math.isfinite(one.value) for one in taste.judge(list(PAPERS.values())))


odd = st.one_of(st.floats(width=32), st.sampled_from([0.0, 1e30, math.inf, math.nan]))


@given(
    st.dictionaries(
        st.sampled_from(sorted(PAPERS)),
        st.floats(-1e9, 1e9) | st.sampled_from([1.0, -1.0, 0.0, 1e-9]),
        max_size=40,
    ),
    st.integers(0, 5),
)
@settings(max_examples=40)
def test_whatever_the_votes_digests_are_full_and_finite(votes: dict[str, float], size: int) -> None:
    taste = taste_of(votes)
    ranked = rank(list(PAPERS.values()), ChannelSettings(), DUE, "s", taste)
    assert all(math.isfinite(choice.score) for choice in ranked)
    assert len(select(ranked, size, "s")) == size
    if not any(abs(value) >= NEGLIGIBLE for value in votes.values()):
        assert ranked == rank(list(PAPERS.values()), ChannelSettings(), DUE, "s")
    titles = {PAPERS[name].title for name, value in votes.items() if value > 0}
    for choice in ranked:
        assert all(r.subject in titles for r in choice.reasons if r.kind is ReasonKind.SIMILAR)


@given(st.lists(st.tuples(st.text(max_size=30), st.lists(odd, min_size=3, max_size=3)), min_size=1, max_size=12))
@settings(max_examples=40)
def test_wild_texts_and_points_are_judged_finitely(texts: list[tuple[str, list[float]]]) -> None:
    points = [np.nan_to_num(np.array(p, dtype=np.float32), posinf=0, neginf=0) for _, p in texts]
    found = traits([text for text, _ in texts], points)
    papers = [paper(str(n), title=text or "x") for n, (text, _) in enumerate(texts)]
    known = {p.id: one for p, one in zip(papers, found, strict=True)}
    taste = learn(Catalogue(known), [Example(found[0], 1.0, Reason(ReasonKind.SIMILAR), papers[0].id)], {})
    assert all(math.isfinite(one.value) for one in taste.judge(papers))
