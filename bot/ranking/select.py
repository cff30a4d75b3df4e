"""Which papers a channel gets: who may, in which order, and which few of them.

Everything here is a function of its arguments: no clock, no chance but what is drawn from `seed`, and the order in
which papers come makes no difference.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from bot.models import ChannelSettings, Choice, Paper, PaperId, Reason, ReasonKind, Window
from bot.ranking.diversity import alike, pick_diverse, word_vectors
from bot.ranking.score import FIT, REASONS_SHOWN, Addend, Part, Standings, addends, reasons
from bot.ranking.signals import citations, observe, upvotes, velocity
from bot.ranking.taste import NO_LIKING, NO_TASTE, Liking, Taste
from bot.ranking.wishes import Wishes

TASTE_LIMIT = 3.0  # no taste, however sure, may push a score out of all proportion

EXPLORES_FROM_SIZE = 4  # with fewer papers a day each of them has to be a safe one
EXPLORE_AMONG = 12  # so many of the best-fitting papers outside the popular ones are drawn from
SHORTLIST = 60  # so many more than asked for are compared with each other, whatever the number of candidates


def candidates(papers: Iterable[Paper], window: Window, shown: Collection[PaperId]) -> tuple[Paper, ...]:
    """The papers, each once, that a source announced or listed in the window, never shown and not withdrawn."""
    shown = frozenset(shown)
    found = {
        paper.id: paper
        for paper in papers
        if paper.id not in shown and not paper.withdrawn and any(s.seen_at in window for s in paper.listings)
    }
    return tuple(found.values())


def rank(
    candidates: Sequence[Paper],
    settings: ChannelSettings,
    due_at: datetime,
    seed: str,
    taste: Taste = NO_TASTE,
    peers: Sequence[Paper] = (),
) -> tuple[Choice, ...]:
    """The candidates, the best first, equals in an order drawn from `seed`.

    Left out are those that are withdrawn, that the channel mutes, or that nobody had listed by `due_at` (an aware
    instant); signals seen after it count for nothing. `peers` are further papers to compare counts with, normally
    those of the window that the channel was shown already: nothing becomes its day's best by the better ones being
    gone.

    A part is in `Choice.parts`, be it 0.0, where its signal was known: without an `upvotes` part no voting source
    had listed the paper. There is always at least one reason and at most three, each of them true.
    """
    wishes = Wishes.of(settings)
    everyone = {paper.id: paper for paper in (*peers, *candidates)}
    observed = {paper.id: observe(paper, due_at) for paper in everyone.values()}
    known = list(observed.values())
    counts = map(Standings, upvotes(known), velocity(known), citations(known))
    standings = dict(zip(observed, counts, strict=True))
    papers = [
        paper
        for paper in {paper.id: paper for paper in candidates}.values()
        if observed[paper.id].listed and not paper.withdrawn and not wishes.mutes(paper)
    ]
    likings = [_bounded(liking) for liking in taste.judge(papers)]
    scored = [
        (paper, addends(paper, observed[paper.id], standings[paper.id], wishes, liking, due_at))
        for paper, liking in zip(papers, likings, strict=True)
    ]
    means = _means([parts for _, parts in scored])
    choices = [
        Choice(
            paper,
            math.fsum(part.value for part in parts),
            reasons(parts, means, observed[paper.id].age(due_at)),
            {part.part.value: part.value for part in parts},
        )
        for paper, parts in scored
    ]
    return tuple(sorted(choices, key=lambda choice: (-choice.score, _draw(seed, choice.paper.id))))


def select(ranked: Sequence[Choice], size: int, seed: str) -> tuple[Choice, ...]:
    """At most `size` of the ranked papers, good and unlike each other, in the order in which to show them.

    From `EXPLORES_FROM_SIZE` papers on, the last one explores: it is drawn by `seed` from the papers that fit the
    channel and that no voting source has listed, and `ReasonKind.EXPLORE` is its first reason. Where there is no
    such paper left, that place is filled like the others.
    """
    shortlist = ranked[: size + SHORTLIST] if size > 0 else ()
    scores = np.array([choice.score for choice in shortlist])
    picks = pick_diverse(scores, word_vectors([choice.paper for choice in shortlist]), size)
    chosen = [shortlist[pick] for pick in picks]
    if size < EXPLORES_FROM_SIZE:
        return tuple(chosen)
    safe = chosen[: size - 1]
    explored = _explore(ranked, safe, seed)
    return (*safe, explored) if explored else tuple(chosen)


def _explore(ranked: Sequence[Choice], chosen: Sequence[Choice], seed: str) -> Choice | None:
    taken = {choice.paper.id for choice in chosen}
    outside = [c for c in ranked if Part.UPVOTES.value not in c.parts and c.paper.id not in taken]
    if not outside:
        return None
    shortlist = sorted(outside, key=_fit, reverse=True)[:SHORTLIST]
    vectors = word_vectors([choice.paper for choice in (*chosen, *shortlist)])
    worth = np.array([_fit(choice) for choice in shortlist]) - alike(vectors[len(chosen) :], vectors[: len(chosen)])
    best = [shortlist[row] for row in np.argsort(-np.round(worth, 9), kind="stable")[:EXPLORE_AMONG]]
    drawn: Choice = min(best, key=lambda choice: _draw(seed, choice.paper.id))
    return replace(drawn, reasons=(Reason(ReasonKind.EXPLORE), *drawn.reasons)[:REASONS_SHOWN])


def _bounded(liking: Liking) -> Liking:
    if math.isnan(liking.value):
        return NO_LIKING
    return liking._replace(value=max(-TASTE_LIMIT, min(TASTE_LIMIT, liking.value)))


def _fit(choice: Choice) -> float:
    """How well a paper fits the channel, its popularity left aside."""
    return math.fsum(choice.parts.get(part.value, 0.0) for part in FIT)


def _means(scored: Sequence[Sequence[Addend]]) -> Mapping[Part, float]:
    """Each part's mean over all papers, absent ones counting 0; exact sums do not depend on the papers' order."""
    values: dict[Part, list[float]] = {part: [] for part in Part}
    for parts in scored:
        for part in parts:
            values[part.part].append(part.value)
    return {part: math.fsum(found) / max(len(scored), 1) for part, found in values.items()}


def _draw(seed: str, paper: PaperId) -> bytes:
    """The paper's lot: an order that nobody can predict without the seed and everybody can repeat with it."""
    return hashlib.blake2b(f"{seed}\n{paper}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
