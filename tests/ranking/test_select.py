"""Who is a candidate, in which order, with which reasons, and which few are chosen."""

from __future__ import annotations

import math
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.models import ChannelSettings, Choice, Paper, PaperId, Reason, ReasonKind, Signal, SignalKind, Window
from bot.ranking.rank import TASTE_LIMIT, rank
from bot.ranking.score import ScorePart
from bot.ranking.select import EXPLORES_FROM_SIZE, candidates, select
from bot.ranking.taste import Liking
from tests.support.needs import ROOT
from tests.support.ranking_papers import ARXIV, DUE, HF, S2, ago, citations, listed, paper, upvotes, voted
from tests.support.steps import steps

ANY = ChannelSettings()
WEEK = Window(DUE - timedelta(days=7), DUE)


def order(choices: Sequence[Choice]) -> list[str]:
    return [choice.paper.id.value for choice in choices]


def by_name(choices: Sequence[Choice]) -> dict[str, Choice]:
    return {choice.paper.id.value: choice for choice in choices}


def kinds(choice: Choice) -> list[ReasonKind]:
    return [reason.kind for reason in choice.reasons]


# --- candidates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signals", "is_one"),
    [
        ((listed(ARXIV, 0),), True),
        ((listed(ARXIV, 7 * 24 - 0.001),), True),
        ((listed(ARXIV, 7 * 24),), False),
        ((listed(ARXIV, -0.001),), False),
        ((listed(ARXIV, 400), listed(HF, 3)), True),
        ((upvotes(400), citations(3)), False),
    ],
)
def test_candidates_were_listed_in_the_window(signals: tuple[Signal, ...], is_one: bool) -> None:
    one = paper("a", *signals)
    assert candidates([one], WEEK, ()) == ((one,) if is_one else ())


def test_shown_and_withdrawn_papers_are_no_candidates_and_each_comes_once() -> None:
    a, b, c = paper("a"), paper("b", withdrawn=True), paper("c")
    assert candidates([a, b, c, a], WEEK, {c.id}) == (a,)


# --- the order --------------------------------------------------------------------------------


def test_nothing_to_rank() -> None:
    assert rank((), ANY, DUE, "s") == ()
    assert select(rank((), ANY, DUE, "s"), 5, "s") == ()


def test_more_upvotes_on_the_same_day_rank_higher() -> None:
    assert order(rank([voted("b", 5), voted("c", 1), voted("a", 90)], ANY, DUE, "s")) == ["a", "b", "c"]


def test_the_score_is_the_sum_of_its_named_parts() -> None:
    wishes = ChannelSettings(topics=("cs.CL",), keywords=("study",), authors=("Ada Example",))
    signals = listed(ARXIV), listed(HF), upvotes(2, 30), upvotes(9), citations(3)
    (choice,) = rank([paper("a", *signals, categories=("cs.CL",))], wishes, DUE, "s", taste=Told({"a": 0.25}))
    assert choice.score == pytest.approx(sum(choice.parts.values()))
    assert list(choice.parts) == list(ScorePart)
    assert choice.parts["taste"] == 0.25


def test_withdrawn_muted_and_not_yet_listed_papers_are_left_out() -> None:
    muting = ChannelSettings(muted_keywords=("diffusion",), muted_authors=("Bo Example",), keywords=("diffusion",))
    papers = [
        paper("a"),
        paper("b", withdrawn=True),
        paper("c", title="Diffusion for all"),
        paper("d", authors=("Bo Example",)),
        paper("e", listed(ARXIV, -1), upvotes(5)),
    ]
    assert order(rank(papers, muting, DUE, "s")) == ["a"]


def test_newer_papers_rank_higher_where_nothing_else_differs() -> None:
    papers = [paper(f"{hours}", listed(ARXIV, hours)) for hours in (90, 3, 160, 30)]
    assert order(rank(papers, ANY, DUE, "s")) == ["3", "30", "90", "160"]


def test_explicit_wishes_beat_votes() -> None:
    wishes = ChannelSettings(keywords=("tokenizer",), authors=("Cy Example",))
    papers = [voted(f"v{n}", n) for n in range(1, 10)]
    papers += [paper("word", title="A tokenizer"), paper("person", authors=("Cy Example",))]
    top = rank(papers, wishes, DUE, "s")[:2]
    assert order(top) == ["person", "word"]
    assert [choice.reasons[0] for choice in top] == [
        Reason(ReasonKind.AUTHOR, subject="Cy Example"),
        Reason(ReasonKind.KEYWORD, subject="tokenizer"),
    ]


def test_fault_2_a_paper_of_two_sources_gains_from_both() -> None:
    both = paper("both", listed(ARXIV), listed(HF), upvotes(9), categories=("cs.CL",))
    hf_only = paper("hf", listed(HF), upvotes(9))
    arxiv_only = paper("arxiv", listed(ARXIV), categories=("cs.CL",))
    ranked = rank([arxiv_only, hf_only, both, voted("less", 1)], ANY, DUE, "s")
    assert ranked[0].paper.sources == (ARXIV, HF)
    assert set(ranked[0].parts) == {"upvotes", "sources", "freshness", "topic"}
    assert Reason(ReasonKind.SEVERAL_SOURCES, value=2) in ranked[0].reasons


def test_fault_3_a_citation_is_not_an_upvote() -> None:
    """On one scale the 60 upvotes would count for nothing beside the 500 citations of another day's paper."""
    popular = paper("popular", listed(HF, 3), upvotes(60), citations(0))
    cited = paper("cited", listed(HF, 3), upvotes(1), citations(500))
    old = paper("old", listed(HF, 130), upvotes(2), citations(5000))
    assert order(rank([old, cited, popular], ANY, DUE, "s")) == ["popular", "cited", "old"]


def test_fault_4_upvotes_that_grow_lift_a_paper_on_the_next_day() -> None:
    monday = DUE - timedelta(days=1)
    growing = paper("growing", listed(HF, 40), upvotes(2, 25), upvotes(80, 1))
    others = [paper(f"o{n}", listed(HF, 40), upvotes(n, 25), upvotes(n + 1, 1)) for n in range(3, 12)]
    papers = [growing, *others]
    assert order(rank(papers, ANY, monday, "s"))[-1] == "growing"
    first = rank(papers, ANY, DUE, "s")[0]
    assert first.paper == growing
    assert Reason(ReasonKind.UPVOTES, value=80, share=0.9) in first.reasons
    assert Reason(ReasonKind.VELOCITY, value=78, share=0.9) in first.reasons


def test_what_happens_after_the_due_instant_changes_nothing() -> None:
    papers = [voted("a", 5), voted("b", 9), paper("c", categories=("cs.AI",))]
    later = Signal(HF, SignalKind.UPVOTES, 900, ago(-1)), listed(S2, -1), citations(40, -1)
    known = rank(papers, ANY, DUE, "s")
    then = rank([replace(p, signals=p.signals + later) for p in papers], ANY, DUE, "s")
    assert [(c.paper.id, c.score, c.reasons, c.parts) for c in known] == [
        (c.paper.id, c.score, c.reasons, c.parts) for c in then
    ]


def test_a_paper_does_not_become_its_days_best_by_the_better_ones_being_gone() -> None:
    shown = [voted(f"s{n}", 50 + n) for n in range(9)]
    (alone,) = rank([voted("left", 2)], ANY, DUE, "s")
    (beside,) = rank([voted("left", 2)], ANY, DUE, "s", peers=shown)
    assert alone.parts["upvotes"] == 0.5
    assert beside.parts["upvotes"] == 0.05


def test_a_candidate_among_the_peers_counts_once() -> None:
    papers = [voted("a", 5), voted("b", 9)]
    assert rank(papers, ANY, DUE, "s", peers=papers) == rank(papers, ANY, DUE, "s")


def test_equals_come_in_an_order_that_the_seed_draws() -> None:
    papers = [paper(f"p{n}") for n in range(20)]
    assert {c.score for c in rank(papers, ANY, DUE, "s")} == {rank(papers, ANY, DUE, "t")[0].score}
    assert order(rank(papers, ANY, DUE, "s")) == order(rank(papers[::-1], ANY, DUE, "s"))
    assert order(rank(papers, ANY, DUE, "s")) != order(rank(papers, ANY, DUE, "t"))


# --- taste's seat -----------------------------------------------------------------------------


class Told:
    """A taste that was told what to say."""

    def __init__(self, likings: dict[str, float]) -> None:
        self.likings = likings

    def judge(self, papers: Sequence[Paper]) -> Sequence[Liking]:
        return [Liking(self.likings.get(p.id.value, 0.0)) for p in papers]


def test_a_taste_moves_papers_up_and_down() -> None:
    papers = [voted("a", 3), voted("b", 2), voted("c", 1)]
    ranked = rank(papers, ANY, DUE, "s", taste=Told({"a": -1, "c": 1}))
    assert order(ranked) == ["c", "b", "a"]
    assert ScorePart.TASTE.value not in by_name(ranked)["b"].parts


@pytest.mark.parametrize(
    ("said", "heard"), [(math.nan, None), (math.inf, TASTE_LIMIT), (-math.inf, -TASTE_LIMIT), (50.0, TASTE_LIMIT)]
)
def test_a_taste_gone_wild_is_bounded(said: float, heard: float | None) -> None:
    (choice,) = rank([paper("a")], ANY, DUE, "s", taste=Told({"a": said}))
    assert choice.parts.get("taste") == heard


# --- reasons ----------------------------------------------------------------------------------


def test_what_every_paper_has_decides_nothing() -> None:
    papers = [paper(f"p{n}", listed(ARXIV), categories=("cs.CL",)) for n in range(9)]
    papers.append(paper("top", listed(ARXIV), listed(HF), upvotes(9), categories=("cs.CL",)))
    papers.append(voted("few", 1))
    assert kinds(rank(papers, ANY, DUE, "s")[0])[0] is ReasonKind.UPVOTES


def test_a_poor_standing_is_no_reason() -> None:
    papers = [voted(f"p{n}", n, hours=40) for n in range(10)]
    said = {name: kinds(choice) for name, choice in by_name(rank(papers, ANY, DUE, "s")).items()}
    assert said["p9"] == [ReasonKind.UPVOTES]
    assert said["p4"] == [ReasonKind.RECENT]


def test_there_is_always_a_true_reason() -> None:
    (choice,) = rank([paper("a", listed(S2, 48))], ANY, DUE, "s")
    assert choice.reasons == (Reason(ReasonKind.RECENT, value=2.0),)


def test_a_paper_of_the_last_day_is_fresh() -> None:
    ranked = by_name(rank([paper("new", listed(ARXIV, 24)), paper("old", listed(ARXIV, 24.01))], ANY, DUE, "s"))
    assert kinds(ranked["new"]) == [ReasonKind.FRESH]
    assert kinds(ranked["old"]) == [ReasonKind.RECENT]


# --- selection --------------------------------------------------------------------------------


def arxiv_papers(count: int) -> list[Paper]:
    return [paper(f"x{n}", categories=("cs.CL",)) for n in range(count)]


def test_the_best_are_chosen_and_the_last_one_explores() -> None:
    papers = [*arxiv_papers(30), *(voted(f"v{n}", n) for n in range(1, 20))]
    chosen = select(rank(papers, ANY, DUE, "s"), 5, "s")
    assert order(chosen[:4]) == ["v19", "v18", "v17", "v16"]
    assert kinds(chosen[4])[0] is ReasonKind.EXPLORE
    assert chosen[4].paper.sources == (ARXIV,)
    assert [kinds(c).count(ReasonKind.EXPLORE) for c in chosen] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("size", range(1, EXPLORES_FROM_SIZE))
def test_a_small_digest_takes_no_risk(size: int) -> None:
    papers = [*arxiv_papers(9), *(voted(f"v{n}", n) for n in range(1, 20))]
    chosen = select(rank(papers, ANY, DUE, "s"), size, "s")
    assert len(chosen) == size
    assert all(ReasonKind.EXPLORE not in kinds(c) for c in chosen)


def test_a_day_on_which_all_are_popular_is_filled_with_them() -> None:
    chosen = select(rank([voted(f"v{n}", n) for n in range(9)], ANY, DUE, "s"), 5, "s")
    assert len(chosen) == 5
    assert all(ReasonKind.EXPLORE not in kinds(c) for c in chosen)


def test_a_paper_listed_by_a_voting_source_is_not_explored_for_having_no_votes() -> None:
    papers = [*(voted(f"v{n}", n) for n in range(1, 9)), voted("none", 0), paper("bare", listed(HF), listed(ARXIV))]
    assert all(ReasonKind.EXPLORE not in kinds(c) for c in select(rank(papers, ANY, DUE, "s"), 5, "s"))


def test_exploring_stays_within_what_the_channel_is_about() -> None:
    fitting = {p.id for p in arxiv_papers(12)}
    others = [paper(f"o{n}", categories=("math.AG",)) for n in range(200)]
    papers = [*others, *arxiv_papers(12), *(voted(f"v{n}", n) for n in range(1, 9))]
    for seed in "abcdef":
        assert select(rank(papers, ANY, DUE, seed), 5, seed)[4].paper.id in fitting


def test_different_days_explore_different_papers() -> None:
    papers = [*arxiv_papers(40), *(voted(f"v{n}", n) for n in range(1, 9))]
    explored = {order(select(rank(papers, ANY, DUE, s), 5, s))[4] for s in map(str, range(12))}
    assert len(explored) > 6


@pytest.mark.parametrize(("pool", "size", "count"), [(0, 5, 0), (1, 5, 1), (3, 5, 3), (5, 5, 5), (9, 0, 0), (9, -1, 0)])
def test_fewer_papers_than_asked_for_are_all_chosen(pool: int, size: int, count: int) -> None:
    chosen = select(rank(arxiv_papers(pool), ANY, DUE, "s"), size, "s")
    assert len({c.paper.id for c in chosen}) == len(chosen) == count


ABSTRACT = "We train sparse mixture models on crawled text and report a loss that falls by a third at equal cost."


def test_near_doubles_are_pushed_apart() -> None:
    double = [
        paper("one", listed(HF), upvotes(30), title="Sparse mixtures at scale", abstract=ABSTRACT),
        paper("two", listed(HF), upvotes(29), title="Sparse mixtures at scale, II", abstract=f"{ABSTRACT} More."),
    ]
    subjects = ("protein folding", "speech synthesis", "graph search", "robot grasping")
    others = [
        paper(f"o{n}", listed(HF), upvotes(20 + n), title=f"On {s}", abstract=f"A method for {s} without labels.")
        for n, s in enumerate(subjects)
    ]
    chosen = order(select(rank([*double, *others], ANY, DUE, "s"), 3, "s"))
    assert chosen[0] == "one"
    assert "two" not in chosen
    assert "two" in order(select(rank(double, ANY, DUE, "s"), 3, "s"))


def test_exploring_avoids_a_double_of_a_chosen_paper() -> None:
    top = paper("top", listed(HF), upvotes(99), title="Sparse mixtures at scale", abstract=ABSTRACT)
    double = paper("double", title="Sparse mixtures at scale", abstract=ABSTRACT, categories=("cs.CL",))
    others = [
        paper(f"o{n}", title=f"Unrelated {n}", abstract=f"Word{n} thing{n}.", categories=("cs.CL",)) for n in range(14)
    ]
    papers = [top, double, *others, *(voted(f"v{n}", n) for n in range(9))]
    for seed in "abcdefgh":
        assert "double" not in order(select(rank(papers, ANY, DUE, seed), 5, seed))


def test_papers_without_any_words_can_be_chosen() -> None:
    empty = [replace(paper(f"p{n}"), title="", abstract="") for n in range(6)]
    assert len(select(rank(empty, ANY, DUE, "s"), 5, "s")) == 5


# --- whatever comes ---------------------------------------------------------------------------

odd_values = st.one_of(st.floats(), st.integers(-3, 400).map(float), st.sampled_from([0.0, 1e300, math.inf, math.nan]))
signals = st.builds(
    Signal,
    st.sampled_from([ARXIV, HF, S2]),
    st.sampled_from(list(SignalKind)),
    odd_values,
    st.floats(-30, 200).map(ago),
)
words = st.sampled_from(["agent", "agents", "RAG", "評価", "\ud800", "of", "world model", "", "<b>", "\x00"])
texts = st.one_of(st.text(max_size=30), st.lists(words, max_size=6).map(" ".join))
odd_papers = st.builds(
    Paper,
    id=st.integers(0, 40).map(lambda n: PaperId("sample", str(n))),
    title=texts,
    abstract=texts,
    authors=st.lists(st.sampled_from(["Ada Example", "ADA EXAMPLE", "Bo", ""]), max_size=2).map(tuple),
    published=st.just(DUE),
    url=st.just("https://example.org"),
    categories=st.lists(st.sampled_from(["cs.CL", "cs.AI", "cs.CV", "x"]), max_size=3).map(tuple),
    withdrawn=st.booleans(),
    keywords=st.lists(words, max_size=2).map(tuple),
    signals=st.lists(signals, max_size=6).map(tuple),
)
# Plain papers that are listed, so that there is something to choose from, each with at most one odd signal.
listed_papers = st.builds(
    lambda n, source, hours, more: paper(str(n), listed(source, hours), *more),
    st.integers(0, 40),
    st.sampled_from([ARXIV, HF]),
    st.integers(0, 60),
    st.lists(signals, max_size=1),
)
papers_of_any_kind = st.lists(st.one_of(odd_papers, listed_papers), max_size=25, unique_by=lambda p: p.id)
wishes_of_any_kind = st.builds(
    ChannelSettings,
    keywords=st.lists(words, max_size=3).map(tuple),
    muted_keywords=st.lists(st.sampled_from(["評価", "<b>"]), max_size=1).map(tuple),
    authors=st.sampled_from([(), ("ada example",)]),
)


@given(papers_of_any_kind, wishes_of_any_kind, st.integers(0, 9), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_papers_are_ranked_and_chosen_alike_in_any_order(
    papers: list[Paper], wishes: ChannelSettings, size: int, chance: Random
) -> None:
    ranked = rank(papers, wishes, DUE, "s")
    mixed = chance.sample(papers, len(papers))
    assert rank(mixed, wishes, DUE, "s") == ranked
    assert all(math.isfinite(c.score) and math.isclose(c.score, sum(c.parts.values())) for c in ranked)
    assert sorted((c.score for c in ranked), reverse=True) == [c.score for c in ranked]
    chosen = select(ranked, size, "s")
    assert chosen == select(rank(mixed, wishes, DUE, "s"), size, "s")
    assert len(chosen) == min(size, len(ranked))
    assert len({c.paper.id for c in chosen}) == len(chosen)
    assert sum(c.reasons[0].kind is ReasonKind.EXPLORE for c in chosen) <= (size >= EXPLORES_FROM_SIZE)


def is_true(reason: Reason, choice: Choice, pool: Sequence[Paper], wishes: ChannelSettings) -> bool:  # noqa: PLR0911 - one return a kind
    """Reads the claim off the paper itself, knowing nothing of how the ranking came to it."""
    p = choice.paper
    known = [s for s in p.signals if s.seen_at <= DUE]
    listings = [s for s in known if s.kind is SignalKind.LISTED]
    age = (DUE - max(s.seen_at for s in listings)) / timedelta(days=1)
    text = unicodedata.normalize("NFKC", " ".join((p.title, p.abstract, *p.keywords))).casefold()
    match reason.kind:
        case ReasonKind.UPVOTES | ReasonKind.CITATIONS:
            wanted = SignalKind(reason.kind.value)
            counts = [s for s in known if s.kind is wanted and math.isfinite(s.value)]
            newest = {
                source: max((s.seen_at, s.value) for s in counts if s.source is source)[1]
                for source in {s.source for s in counts}
            }
            return reason.value in {min(value, 1e7) for value in newest.values()} and 0.5 <= reason.share < 1
        case ReasonKind.VELOCITY:
            return reason.value >= 1 and sum(s.kind is SignalKind.UPVOTES for s in known) >= 2
        case ReasonKind.TOPIC:
            return reason.subject in p.categories and reason.subject in wishes.topics
        case ReasonKind.KEYWORD:
            return reason.subject in wishes.keywords and reason.subject.strip("\0").casefold() in text
        case ReasonKind.AUTHOR:
            return reason.subject in p.authors and reason.subject.casefold() in wishes.authors
        case ReasonKind.SEVERAL_SOURCES:
            return reason.value == len({s.source for s in listings}) >= 2
        case ReasonKind.FRESH:
            return reason.value == age <= 1
        case ReasonKind.SIMILAR | ReasonKind.SEED | ReasonKind.DESCRIPTION:
            return False  # nobody here has a taste; tests/taste/test_taste.py looks at these
        case ReasonKind.RECENT:
            others = {r.kind for r in choice.reasons} - {ReasonKind.RECENT}
            return reason.value == age > 1 and others <= {ReasonKind.EXPLORE}
        case ReasonKind.EXPLORE:
            votes = [s for q in pool for s in q.signals if s.kind is SignalKind.UPVOTES and s.seen_at <= DUE]
            voting = {s.source for s in votes if math.isfinite(s.value)}
            return not voting & {s.source for s in listings} and "upvotes" not in choice.parts


def alike_but_for(*signals: Signal) -> list[Paper]:
    """Five papers of arXiv between which nothing decides; the first has further signals."""
    return [paper("0", listed(ARXIV), *signals), *(paper(str(n), listed(ARXIV)) for n in range(1, 5))]


# A vote that is no number or comes too late makes arXiv no voting source: its papers are there to be explored.
@example(alike_but_for(Signal(ARXIV, SignalKind.UPVOTES, math.inf, DUE)), ANY)
@example(alike_but_for(Signal(ARXIV, SignalKind.UPVOTES, math.nan, DUE)), ANY)
@example(alike_but_for(Signal(ARXIV, SignalKind.UPVOTES, 9, ago(-1))), ANY)
@given(papers_of_any_kind, wishes_of_any_kind)
@settings(max_examples=60)
def test_every_reason_is_true(papers: list[Paper], wishes: ChannelSettings) -> None:
    ranked = rank(papers, wishes, DUE, "s")
    for choice in (*ranked, *select(ranked, 5, "s")):
        assert 1 <= len(choice.reasons) <= 3
        assert len(set(kinds(choice))) == len(choice.reasons)
        for reason in choice.reasons:
            assert is_true(reason, choice, papers, wishes), (reason, choice)


def test_another_process_decides_alike() -> None:
    """Python's own hashes, and with them the order of sets, differ from process to process."""
    program = (
        "from tests.ranking.test_select import *\n"
        "papers = [*arxiv_papers(30), *(voted(f'v{n}', n % 7) for n in range(40))]\n"
        "print(order(rank(papers, ANY, DUE, 's')), order(select(rank(papers, ANY, DUE, 's'), 9, 's')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_ranking_stays_close_to_linear() -> None:
    def steps_for(count: int) -> int:
        papers = [
            paper(f"p{n}", listed(ARXIV, n % 160), listed(HF, n % 160), upvotes(n % 97, 30), upvotes(n % 89))
            for n in range(count)
        ]
        return steps(lambda: rank(candidates(papers, WEEK, ()), ANY, DUE, "s"))

    assert steps_for(2000) < 11 * steps_for(200)
