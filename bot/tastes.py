"""A channel's taste, from what is stored: its people's votes, the papers it named, and what it wants in its own words.

All of it becomes examples of one kind (`bot.ranking.taste`). What is stored is read as it stands when the taste is
asked for; a digest that was made before is not touched by later votes.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.models import Channel, Paper, PaperId, Reason, ReasonKind, Vectors
from bot.ranking.catalogue import Catalogue, Traits, points_of, text_of, traits
from bot.ranking.opinions import Opinion
from bot.ranking.taste import NO_TASTE, Example, Taste, learn
from bot.store.store import Store
from bot.vectors import Placement
from bot.votes import KEPT, opinions_of

# What a named paper and a description say, beside one person's thumb: they speak for the channel.
SEED_VALUE = 2.0
DESCRIPTION_VALUE = 3.0
_CATALOGUES = 4  # of different windows or models, kept for the next channel
_TRAITS = 20_000  # papers


class Tastes:
    """The use case that learns a channel's taste."""

    def __init__(self, store: Store, placement: Placement) -> None:
        self._store = store
        self._placement = placement
        self._catalogues: OrderedDict[tuple[str, frozenset[PaperId]], Catalogue] = OrderedDict()
        self._traits: OrderedDict[tuple[str, PaperId], tuple[str, Traits]] = OrderedDict()

    async def of(self, channel: Channel, listed: Sequence[Paper], at: datetime, asked: Sequence[Paper] = ()) -> Taste:
        """What the channel's people have said up to now, ready to judge papers of `listed` and `asked`.

        `listed` are the stored papers of the time, whatever their topics: they are what is common now. Where nobody
        has said anything, that is `NO_TASTE`, and no point is computed or read. Raises StoreError.
        """
        opinions = await opinions_of(self._store, channel.key, at - KEPT)
        settings = channel.settings
        description = settings.description.strip()
        if not (opinions or settings.likes or description):
            return NO_TASTE
        named = [*(one.paper for one in opinions), *settings.likes]
        told = await self._store.papers.get_many(named)
        everyone = {paper.id: paper for paper in (*listed, *told.values(), *asked)}
        await self._placement.complete(list(everyone.values()))
        model = await self._model(everyone)
        known = await self._known(list(everyone.values()), model)
        examples = _examples(opinions, settings.likes, told, known)
        if description:
            examples.append(await self._described(description, model))
        catalogue = await self._catalogue(model, {paper.id: known[paper.id] for paper in listed})
        return await asyncio.to_thread(learn, catalogue, examples, known)

    async def _model(self, papers: Iterable[PaperId]) -> str:
        """The model that has placed most of the papers; of equals not the local one, which knows only words."""
        placed = await self._store.papers.placed(papers)
        local = self._placement.model
        return max(sorted(placed), key=lambda model: (placed[model], model != local), default=local)

    async def _known(self, papers: Sequence[Paper], model: str) -> dict[PaperId, Traits]:
        """What the papers are compared by; computed once for each text."""
        kept = {p.id: one for p in papers if (one := self._remembered(model, p))}
        unknown = [paper for paper in papers if paper.id not in kept]
        if unknown:
            points = await self._store.papers.points((paper.id for paper in unknown), model)
            kept |= await asyncio.to_thread(_traits, unknown, model, points)
            for paper in unknown:
                if kept[paper.id].point is not None:
                    self._traits[model, paper.id] = text_of(paper), kept[paper.id]
        while len(self._traits) > _TRAITS:
            self._traits.popitem(last=False)
        return kept

    def _remembered(self, model: str, paper: Paper) -> Traits | None:
        found = self._traits.get((model, paper.id))
        if found is None or found[0] != text_of(paper):
            return None
        self._traits.move_to_end((model, paper.id))
        return found[1]

    async def _described(self, description: str, model: str) -> Example:
        point = points_of(await self._placement.of_text(description))[0] if model == self._placement.model else None
        (found,) = traits([description], [point])
        return Example(found, DESCRIPTION_VALUE, Reason(ReasonKind.DESCRIPTION, subject=description))

    async def _catalogue(self, model: str, listed: dict[PaperId, Traits]) -> Catalogue:
        key = model, frozenset(listed)
        if key not in self._catalogues:
            self._catalogues[key] = await asyncio.to_thread(Catalogue, listed)
            while len(self._catalogues) > _CATALOGUES:
                self._catalogues.popitem(last=False)
        self._catalogues.move_to_end(key)
        return self._catalogues[key]


def _traits(papers: Sequence[Paper], model: str, points: dict[PaperId, bytes]) -> dict[PaperId, Traits]:
    rows = [
        points_of(Vectors(model, len(points[paper.id]) // 4, points[paper.id]))[0] if points.get(paper.id) else None
        for paper in papers
    ]
    found = traits([text_of(paper) for paper in papers], rows)
    return {paper.id: one for paper, one in zip(papers, found, strict=True)}


def _examples(
    opinions: Sequence[Opinion], likes: Sequence[PaperId], papers: dict[PaperId, Paper], known: dict[PaperId, Traits]
) -> list[Example]:
    """Of every paper one: what people voted and that the channel named it add up."""
    found: dict[PaperId, Example] = {}
    for asked in dict.fromkeys(likes):
        if paper := papers.get(asked):
            reason = Reason(ReasonKind.SEED, subject=paper.title)
            found[paper.id] = Example(known[paper.id], SEED_VALUE, reason, paper.id)
    for opinion in opinions:
        if paper := papers.get(opinion.paper):
            reason = Reason(ReasonKind.SIMILAR, subject=paper.title)
            own = Example(known[paper.id], opinion.value, reason, paper.id)
            seed = found.get(paper.id)
            found[paper.id] = replace(seed, value=seed.value + own.value) if seed else own
    return list(found.values())
