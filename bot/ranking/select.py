"""Which papers a channel may get, and which few of the ranked ones it gets.

Everything here is a function of its arguments: no clock, no chance but what is drawn from `seed`, and the order in
which papers come makes no difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from bot.models import Choice, Paper, PaperId, Reason, ReasonKind, Window
from bot.ranking.diversity import NEIGHBOURS, alike, pick_diverse, word_vectors
from bot.ranking.rank import Ranking, draw
from bot.ranking.score import REASONS_SHOWN

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


def select(ranked: Ranking, size: int, seed: str) -> tuple[Choice, ...]:
    """At most `size` of the ranked papers, good and unlike each other, in the order in which to show them.

    From `EXPLORES_FROM_SIZE` papers on, the last one explores: it is drawn by `seed` from the papers that fit the
    channel and that no voting source has listed, and `ReasonKind.EXPLORE` is its first reason. Where there is no
    such paper left, or no popular one that it would look beyond, that place is filled like the others.
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
    found = ranked.outside({choice.paper.id for choice in chosen}, SHORTLIST)
    if not found:
        return None
    shortlist = [choice for _, choice in found]
    vectors = word_vectors([choice.paper for choice in (*chosen, *shortlist)])
    worth = np.array([fit for fit, _ in found]) - alike(vectors[len(chosen) :], vectors[: len(chosen)])
    best = [shortlist[row] for row in np.argsort(-np.round(worth, 9), kind="stable")[:EXPLORE_AMONG]]
    drawn: Choice = min(best, key=lambda choice: draw(seed, choice.paper.id))
    return replace(drawn, reasons=(Reason(ReasonKind.EXPLORE), *drawn.reasons)[:REASONS_SHOWN])
