"""A channel's taste, from what is stored: its people's votes, the papers it named, and its description.

All of them become examples of one kind (`bot.ranking.taste`). They are read when the taste is asked for; a digest that
was already made is not affected by later votes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.common.caches import Cache
from bot.models import Channel, Paper, PaperId, Reason, ReasonKind, Vectors
from bot.ranking.catalogue import Catalogue, Traits, points_of, text_of, traits
from bot.ranking.opinions import Opinion
from bot.ranking.taste import NO_TASTE, Example, Taste, learn
from bot.store.store import Store
from bot.taste.placement import Placement
from bot.taste.votes import KEPT, opinions_of

# The values of a named paper and of the description, against 1 for one thumb up: they speak for the channel.
SEED_VALUE = 2.0
DESCRIPTION_VALUE = 3.0
_TIMES = 4  # windows cached for the next channel
_RATED = 20_000  # cached papers that some channel has an opinion about


@dataclass(frozen=True, slots=True)
class _Times:
    """What has been common lately: the catalogue of some papers, and the traits each is compared by."""

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
        self._rated: Cache[tuple[str, PaperId], tuple[Paper, Traits]] = Cache(_RATED)
        self._saves = store.papers.saves

    async def of(self, channel: Channel, listed: Sequence[Paper], at: datetime, asked: Sequence[Paper] = ()) -> Taste:
        """Return the channel's taste as of `at`, ready to judge the papers in `listed` and `asked`.

        `listed` are the stored papers of the time, whatever their topics, which define what is common now. To learn the
        tastes of many channels, pass the same sequence each time. Returns `NO_TASTE` for a channel without votes, likes
        or description, without computing or reading any vector. Raises StoreError.
        """
        opinions = await opinions_of(self._store, channel.key, at - KEPT)
        settings = channel.settings
        description = settings.description.strip()
        if not (opinions or settings.likes or description):
            return NO_TASTE
        times = await self._of_times(listed)
        rated = await self._rated_papers([*(opinion.paper for opinion in opinions), *settings.likes], times)
        examples = _examples(opinions, settings.likes, rated)
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
        """Return the model that has embedded most of the papers; in a tie not the local one, which knows only words."""
        placed = await self._store.papers.placed(paper.id for paper in papers)
        local = self._placement.model
        return max(sorted(placed), key=lambda model: (placed[model], model != local), default=local)

    async def _compared(self, papers: Sequence[Paper], model: str) -> dict[PaperId, Traits]:
        points = await self._store.papers.points((paper.id for paper in papers), model)
        return await asyncio.to_thread(_traits, papers, model, points)

    async def _rated_papers(self, ids: Sequence[PaperId], times: _Times) -> dict[PaperId, tuple[Paper, Traits]]:
        """Return the stored papers among these, keyed by the ids asked for."""
        if self._saves != self._store.papers.saves:
            self._rated.clear()
            self._saves = self._store.papers.saves
        rated = {paper: cached for paper in ids if (cached := self._rated.get((times.model, paper)))}
        wanted = [paper for paper in dict.fromkeys(ids) if paper not in rated]
        if wanted:
            papers = await self._store.papers.get_many(wanted)
            strangers = [paper for paper in papers.values() if paper.id not in times.traits]
            if strangers:
                await self._placement.complete(strangers)
            traits_of = {**times.traits, **(await self._compared(strangers, times.model) if strangers else {})}
            for asked, paper in papers.items():
                rated[asked] = paper, traits_of[paper.id]
                self._rated.put((times.model, asked), rated[asked])
        return {paper: rated[paper] for paper in ids if paper in rated}

    async def _described(self, description: str, model: str) -> Example:
        point = points_of(await self._placement.of_text(description))[0] if model == self._placement.model else None
        (described,) = traits([description], [point])
        return Example(described, DESCRIPTION_VALUE, Reason(ReasonKind.DESCRIPTION, subject=description))


def _traits(papers: Sequence[Paper], model: str, points: dict[PaperId, bytes]) -> dict[PaperId, Traits]:
    rows = [
        points_of(Vectors(model, len(points[paper.id]) // 4, points[paper.id]))[0] if points.get(paper.id) else None
        for paper in papers
    ]
    of_papers = traits([text_of(paper) for paper in papers], rows)
    return {paper.id: own for paper, own in zip(papers, of_papers, strict=True)}


def _examples(
    opinions: Sequence[Opinion], likes: Sequence[PaperId], rated: Mapping[PaperId, tuple[Paper, Traits]]
) -> list[Example]:
    """Return one example for each paper, adding up the votes on it and the channel's own mention."""
    examples: dict[PaperId, Example] = {}
    for asked in dict.fromkeys(likes):
        if asked in rated:
            paper, own = rated[asked]
            examples[paper.id] = Example(own, SEED_VALUE, Reason(ReasonKind.SEED, subject=paper.title), paper.id)
    for opinion in opinions:
        if opinion.paper in rated:
            paper, own = rated[opinion.paper]
            seed = examples.get(paper.id)
            value = opinion.value + (seed.value if seed else 0.0)
            reason = seed.reason if seed else Reason(ReasonKind.SIMILAR, subject=paper.title)
            examples[paper.id] = Example(own, value, reason, paper.id)
    return list(examples.values())
