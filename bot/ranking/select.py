"""Which papers a channel may get, and which few of the ranked ones it gets.

Everything here is a function of its arguments: no clock, no chance beyond what is drawn from `seed`, and the order of
the papers makes no difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from bot.models import Choice, Paper, PaperId, Reason, ReasonKind, Window
from bot.ranking.diversity import NEIGHBOURS, alike, pick_diverse, word_vectors
from bot.ranking.rank import Ranking, draw
from bot.ranking.score import REASONS_SHOWN

EXPLORES_FROM_SIZE = 4  # with fewer papers a day, each has to be a safe choice
EXPLORE_AMONG = 12  # the number of best-fitting unpopular papers to draw from
SHORTLIST = 60  # how many papers beyond `size` are compared with each other, whatever the number of candidates


def candidates(papers: Iterable[Paper], window: Window, shown: Collection[PaperId]) -> tuple[Paper, ...]:
    """Return the distinct papers that a source listed in the window and that are neither shown nor withdrawn."""
    shown = frozenset(shown)
    distinct = {
        paper.id: paper
        for paper in papers
        if paper.id not in shown and not paper.withdrawn and any(s.seen_at in window for s in paper.listings)
    }
    return tuple(distinct.values())


def select(ranked: Ranking, size: int, seed: str) -> tuple[Choice, ...]:
    """Return up to `size` of the ranked papers, good and different from each other, in display order.

    From `EXPLORES_FROM_SIZE` papers on, the last one explores: `seed` draws it from the papers that fit the channel and
    that no voting source has listed, and its first reason is `ReasonKind.EXPLORE`. If no such paper is left, or no
    popular one to contrast with it, that place is filled like the others.
    """
    shortlist = ranked[: size + SHORTLIST] if size > 0 else ()
    scores = np.array([choice.score for choice in shortlist])
    free = NEIGHBOURS if ranked.has_taste else 0.0
    picks = pick_diverse(scores, word_vectors([choice.paper for choice in shortlist]), size, free)
    chosen = [shortlist[pick] for pick in picks]
    if size < EXPLORES_FROM_SIZE:
        return tuple(chosen)
    safe = chosen[: size - 1]
    explored = _explore(ranked, safe, seed)
    return (*safe, explored) if explored else tuple(chosen)


def _explore(ranked: Ranking, chosen: Sequence[Choice], seed: str) -> Choice | None:
    if not ranked.has_popular:
        return None
    unpopular = ranked.outside({choice.paper.id for choice in chosen}, SHORTLIST)
    if not unpopular:
        return None
    shortlist = [choice for _, choice in unpopular]
    vectors = word_vectors([choice.paper for choice in (*chosen, *shortlist)])
    worth = np.array([fit for fit, _ in unpopular]) - alike(vectors[len(chosen) :], vectors[: len(chosen)])
    best = [shortlist[row] for row in np.argsort(-np.round(worth, 9), kind="stable")[:EXPLORE_AMONG]]
    drawn: Choice = min(best, key=lambda choice: draw(seed, choice.paper.id))
    return replace(drawn, reasons=(Reason(ReasonKind.EXPLORE), *drawn.reasons)[:REASONS_SHOWN])
