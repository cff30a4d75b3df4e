"""Look-up of one paper, in the store or else in every source that may know it, and of its summary."""

from __future__ import annotations

import asyncio
import re
import time
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from difflib import SequenceMatcher

from bot.common.caches import Cache
from bot.errors import InputError, SourceError
from bot.models import Failure, Paper, PaperId, PaperRef, PaperView, RefKind, Style, Summary, normalised_title
from bot.papers.merge import merge
from bot.ports import PaperSource
from bot.store.store import Store
from bot.summaries.excerpt import excerpt
from bot.summaries.summaries import Summaries

CHOICES = 8
# Many people ask for the same few papers when a digest arrives. Views with a finished summary are cached, and may lag
# behind the store for this long.
REMEMBERED_SECONDS = 60.0
REMEMBERED_VIEWS = 200
# Look-ups that ask the sources at a time. Each takes a turn of three seconds with arXiv, where collecting queues too.
MOST_ASKING = 12
Question = Callable[[PaperSource], Awaitable[Sequence[Paper]]]


class Lookup:
    """The use case of finding a paper and describing it, behind `/paper` and `kawaraban paper`."""

    def __init__(
        self,
        store: Store,
        sources: Sequence[PaperSource],
        summaries: Summaries,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._views: Cache[tuple[str, str, Style], PaperView] = Cache(REMEMBERED_VIEWS, REMEMBERED_SECONDS, now=now)
        self._sources = sources
        self._asking = 0
        self._summaries = summaries

    async def find(self, ref: PaperRef) -> tuple[Paper, ...]:
        """Return the named paper alone, or several if title words match more than one, best first.

        Raises InputError: `input.unknown_paper` if every source answered and none knows it, `input.lookups_busy` while
        many others are being looked up. Otherwise SourceError.
        """
        if ref.kind is RefKind.TITLE:
            return await self._by_title(ref)
        key = _key(ref)
        stored = await self._store.papers.matching([key] if key else [])
        if stored:
            return tuple(stored.values())
        return await self._ask(ref, lambda source: _find_one(source, ref))

    async def named(self, ref: PaperRef) -> PaperId:
        """Return the id of the one paper with that name. Raises as `find`, and InputError (`input.several_papers`)."""
        papers = await self.find(ref)
        if len(papers) > 1:
            raise InputError("input.several_papers", text=ref.value)
        return papers[0].id

    async def described(self, ref: PaperRef | PaperId, language: str, style: Style) -> PaperView | None:
        """Return the view of a paper if the store alone can provide it, otherwise None."""
        key = str(ref) if isinstance(ref, PaperId) else _key(ref)
        if key is None:
            return None
        name = key, language, style
        cached = self._views.get(name)
        if cached:
            return cached
        stored = await self._summaries.known(key, language, style)
        if stored is None:
            return None
        view = _view(stored[0], language, style, stored[1])
        if view.summary:
            self._views.put(name, view)
        return view

    async def get(self, paper: PaperId) -> Paper:
        """Return a paper by its current or an earlier id. Raises InputError (`input.unknown_paper`)."""
        stored = await self._store.papers.get(paper)
        if stored is None:
            raise InputError("input.unknown_paper", text=str(paper))
        return stored

    async def describe(
        self, paper: Paper, language: str, style: Style, channel: str = "", asker: str = ""
    ) -> PaperView:
        """Return the paper with its summary, cached or written now. A failure to write one is a value, not an error."""
        outcomes = await self._summaries.write([paper], language, style, channel=channel, asker=asker)
        return _view(paper, language, style, outcomes[paper.id])

    async def _by_title(self, ref: PaperRef) -> tuple[Paper, ...]:
        wanted = normalised_title(ref.value)
        stored = await self._store.papers.search(ref.value, CHOICES)
        exact = [paper for paper in stored if normalised_title(paper.title) == wanted]
        if exact:
            return tuple(exact[:1])
        try:
            matches = await self._ask(ref, lambda source: source.search(ref.value, CHOICES))
        except (InputError, SourceError):
            if not stored:
                raise
            matches = ()
        best_first = sorted(merge(stored, matches), key=lambda paper: (-_likeness(paper.title, wanted), str(paper.id)))
        if best_first and normalised_title(best_first[0].title) == wanted:
            return (best_first[0],)
        return tuple(best_first[:CHOICES])

    async def _ask(self, ref: PaperRef, question: Question) -> tuple[Paper, ...]:
        """Merge and store every source's answer. One source's failure counts only if none knows the paper.

        Raises InputError (`input.lookups_busy`) where so many wait for the sources that the next digest would wait too.
        """
        if self._asking >= MOST_ASKING:
            raise InputError("input.lookups_busy")
        self._asking += 1
        try:
            answers = await asyncio.gather(*(_answer(question, source) for source in self._sources))
        finally:
            self._asking -= 1
        papers = [paper for answer in answers if not isinstance(answer, SourceError) for paper in answer]
        if not papers:
            for answer in answers:
                if isinstance(answer, SourceError):
                    raise answer
            raise InputError("input.unknown_paper", text=ref.value)
        stored = await self._store.papers.matching({key for paper in papers for key in paper.keys})
        merged = merge(dict.fromkeys(stored.values()), papers)
        await self._store.papers.save(merged)
        return merged


async def _answer(question: Question, source: PaperSource) -> Sequence[Paper] | SourceError:
    try:
        return await question(source)
    except SourceError as error:
        return error


async def _find_one(source: PaperSource, ref: PaperRef) -> Sequence[Paper]:
    paper = await source.find(ref)
    return (paper,) if paper else ()


def _view(paper: Paper, language: str, style: Style, outcome: Summary | Failure) -> PaperView:
    if isinstance(outcome, Summary):
        return PaperView(paper, language, style, summary=outcome)
    return PaperView(paper, language, style, failure=outcome, excerpt=excerpt(paper))


def is_meant(ref: PaperRef, paper: Paper) -> bool:
    """Return whether a reference surely means the paper: every one but words that the title does not have, or one word.

    A search engine answers "hello" with some paper. A summary costs money, so that such a paper is offered first.
    """
    if ref.kind is not RefKind.TITLE or normalised_title(ref.value) == normalised_title(paper.title):
        return True
    wanted, title = _words(ref.value), _words(paper.title)
    return len(wanted) > 1 and wanted <= title


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def _key(ref: PaperRef) -> str | None:
    """Return the key under which the store would know the paper (see `Paper.keys`); None for words of a title."""
    if ref.kind is RefKind.TITLE:
        return None
    if ref.kind is RefKind.ARXIV:
        return str(PaperId.arxiv(ref.value))
    if ref.kind is RefKind.DOI:
        return str(PaperId.doi(ref.value))
    return f"s2:{ref.value}"


def _likeness(title: str, wanted: str) -> float:
    """Rate 0-2 how well a title matches the normalised words; words that start the title count most."""
    have = normalised_title(title)
    return SequenceMatcher(None, wanted, have[: len(wanted)]).ratio() + SequenceMatcher(None, wanted, have).ratio()
