"""A channel's taste, from what is stored: its people's votes, the papers it named, and what it wants in its own words.

All of it becomes examples of one kind (`bot.ranking.taste`). What is stored is read as it stands when the taste is
asked for; a digest that was made before is not touched by later votes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.caches import Cache
from bot.models import Channel, Paper, PaperId, Reason, ReasonKind, Vectors
from bot.ranking.catalogue import Catalogue, Traits, points_of, text_of, traits
from bot.ranking.opinions import Opinion
from bot.ranking.taste import NO_TASTE, Example, Taste, learn
from bot.store.store import Store
from bot.taste.placement import Placement
from bot.taste.votes import KEPT, opinions_of

# What a named paper and a description say, beside one person's thumb: they speak for the channel.
SEED_VALUE = 2.0
DESCRIPTION_VALUE = 3.0
_TIMES = 4  # windows, kept for the next channel
_TOLD = 20_000  # papers that some channel said something of


@dataclass(frozen=True, slots=True)
class _Times:
    """What is common lately: the catalogue of some papers, and what each of them is compared by."""

    listed: Sequence[Paper]
    model: str
    catalogue: Catalogue
    traits: Mapping[PaperId, Traits]


class Tastes:
    """The use case that learns a channel's taste."""

    def __init__(self, store: Store, placement: Placement) -> None:
        self._store = store
        self._placement = placement
        self._times: deque[_Times] = deque(maxlen=_TIMES)
        self._told: Cache[tuple[str, PaperId], tuple[Paper, Traits]] = Cache(_TOLD)
        self._saves = store.papers.saves

    async def of(self, channel: Channel, listed: Sequence[Paper], at: datetime, asked: Sequence[Paper] = ()) -> Taste:
        """What the channel's people have said up to now, ready to judge papers of `listed` and `asked`.

        `listed` are the stored papers of the time, whatever their topics: they are what is common now. Whoever has the
        tastes of many channels learned gives the same sequence each time. Where nobody has said anything, that is
        `NO_TASTE`, and no point is computed or read. Raises StoreError.
        """
        opinions = await opinions_of(self._store, channel.key, at - KEPT)
        settings = channel.settings
        description = settings.description.strip()
        if not (opinions or settings.likes or description):
            return NO_TASTE
        times = await self._of_times(listed)
        told = await self._told_of([*(one.paper for one in opinions), *settings.likes], times)
        examples = _examples(opinions, settings.likes, told)
        if description:
            examples.append(await self._described(description, times.model))
        strangers = [paper for paper in asked if paper.id not in times.traits]
        others = await self._compared(strangers, times.model) if strangers else {}
        return learn(times.catalogue, examples, others)

    async def _of_times(self, listed: Sequence[Paper]) -> _Times:
        for times in self._times:
            if times.listed is listed:
                return times
        await self._placement.complete(listed)
        model = await self._model(listed)
        traits_of = await self._compared(listed, model)
        times = _Times(listed, model, await asyncio.to_thread(Catalogue, traits_of), traits_of)
        self._times.append(times)
        return times

    async def _model(self, papers: Sequence[Paper]) -> str:
        """The model that has placed most of the papers; of equals not the local one, which knows only words."""
        placed = await self._store.papers.placed(paper.id for paper in papers)
        local = self._placement.model
        return max(sorted(placed), key=lambda model: (placed[model], model != local), default=local)

    async def _compared(self, papers: Sequence[Paper], model: str) -> dict[PaperId, Traits]:
        points = await self._store.papers.points((paper.id for paper in papers), model)
        return await asyncio.to_thread(_traits, papers, model, points)

    async def _told_of(self, ids: Sequence[PaperId], times: _Times) -> dict[PaperId, tuple[Paper, Traits]]:
        """Those of the papers that are stored, under the ids that were asked for."""
        if self._saves != self._store.papers.saves:
            self._told.clear()
            self._saves = self._store.papers.saves
        found = {paper: told for paper in ids if (told := self._told.get((times.model, paper)))}
        wanted = [paper for paper in dict.fromkeys(ids) if paper not in found]
        if wanted:
            papers = await self._store.papers.get_many(wanted)
            strangers = [paper for paper in papers.values() if paper.id not in times.traits]
            if strangers:
                await self._placement.complete(strangers)
            known = {**times.traits, **(await self._compared(strangers, times.model) if strangers else {})}
            for asked, paper in papers.items():
                found[asked] = paper, known[paper.id]
                self._told.put((times.model, asked), found[asked])
        return {paper: found[paper] for paper in ids if paper in found}

    async def _described(self, description: str, model: str) -> Example:
        point = points_of(await self._placement.of_text(description))[0] if model == self._placement.model else None
        (found,) = traits([description], [point])
        return Example(found, DESCRIPTION_VALUE, Reason(ReasonKind.DESCRIPTION, subject=description))


def _traits(papers: Sequence[Paper], model: str, points: dict[PaperId, bytes]) -> dict[PaperId, Traits]:
    rows = [
        points_of(Vectors(model, len(points[paper.id]) // 4, points[paper.id]))[0] if points.get(paper.id) else None
        for paper in papers
    ]
    found = traits([text_of(paper) for paper in papers], rows)
    return {paper.id: one for paper, one in zip(papers, found, strict=True)}


def _examples(
    opinions: Sequence[Opinion], likes: Sequence[PaperId], told: Mapping[PaperId, tuple[Paper, Traits]]
) -> list[Example]:
    """Of every paper one: what people voted and that the channel named it add up."""
    found: dict[PaperId, Example] = {}
    for asked in dict.fromkeys(likes):
        if asked in told:
            paper, known = told[asked]
            found[paper.id] = Example(known, SEED_VALUE, Reason(ReasonKind.SEED, subject=paper.title), paper.id)
    for opinion in opinions:
        if opinion.paper in told:
            paper, known = told[opinion.paper]
            seed = found.get(paper.id)
            value = opinion.value + (seed.value if seed else 0.0)
            reason = seed.reason if seed else Reason(ReasonKind.SIMILAR, subject=paper.title)
            found[paper.id] = Example(known, value, reason, paper.id)
    return list(found.values())
