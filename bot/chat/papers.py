"""`/paper`: look up one paper in a chat. Only the asker sees the answer until it is shared.

`bot.papers.lookup` finds and describes papers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.chat import commands
from bot.chat.language import settings_for
from bot.chat.permissions import cannot_post
from bot.chat.talk import Talk, talk_of
from bot.delivery.outbox import Outbox
from bot.errors import BotError, BudgetError, InputError, SourceError
from bot.models import (
    Asker,
    ChannelKey,
    ChannelSettings,
    Document,
    NewDelivery,
    Paper,
    PaperId,
    PaperRef,
    PaperView,
    Reply,
    Sentence,
    Style,
    fault,
    normalised_title,
    say,
)
from bot.papers import bibtex
from bot.papers.details import Details
from bot.papers.lookup import Lookup, is_meant
from bot.papers.refs import MAX_LENGTH, named_in, parse_ref
from bot.store.store import Store

HELP = ("lookup", "title", "ask", "details", "share", "cite")
_THUMBS = ("👍", "👎")
_LATELY = timedelta(days=7)
_MOST_NAMED = 5  # papers of one text among which there is a choice


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who asks, where, and the settings for the answer."""

    asker: Asker
    key: ChannelKey | None
    settings: ChannelSettings

    @property
    def language(self) -> str:
        return self.settings.language

    def reply(self, *sentences: Sentence) -> Reply:
        return Reply.in_channel(self.settings, *sentences)


class Papers:
    """The use case behind `/paper`.

    `explain` returns the error for a failure's code, with the arguments of its sentence; `voter` returns the pseudonym
    of a person on a platform; `defaults` are the settings outside subscribed channels.
    """

    def __init__(  # noqa: PLR0913 (a port each)
        self,
        store: Store,
        lookup: Lookup,
        outbox: Outbox,
        details: Details,
        *,
        explain: Callable[[str], BotError],
        voter: Callable[[str, str], str],
        defaults: ChannelSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._lookup = lookup
        self._outbox = outbox
        self._details = details
        self._explain = explain
        self._voter = voter
        self._defaults = defaults
        self._clock = clock

    async def handle(
        self, asker: Asker, key: ChannelKey | None, command: commands.PaperCommand
    ) -> AsyncIterator[Reply]:
        """Carry out the command, and yield replies for the asker alone, each of which replaces the one before.

        `key` is the channel, None in a direct message. An interim reply announces one that takes time. Errors are
        replies too, except for StoreError, which is raised.
        """
        desk = await self._desk(asker, key)
        try:
            match command:
                case commands.Help():
                    yield _help(desk)
                case commands.Cite(paper):
                    yield _cited(desk, await self._lookup.get(paper))
                case commands.More(paper):
                    yield replace(desk.reply(say("paper.working.looking")), working=True)
                    details = await self._details.of(await self._lookup.get(paper))
                    yield replace(desk.reply(), details=details)
                case commands.LookUp(text, style):
                    async for reply in self._written(desk, text, style):
                        yield reply
                case commands.ShowPaper(paper, style):
                    async for reply in self._look_up(desk, paper, style):
                        yield reply
                case commands.Share(paper, style):
                    async for reply in self._share(desk, paper, style):
                        yield reply
                case _:
                    assert_never(command)
        except (InputError, SourceError, BudgetError) as error:
            yield desk.reply(fault(error))

    async def suggest(self, key: ChannelKey | None, text: str, limit: int) -> tuple[Paper, ...]:
        """Return papers that match the text typed so far: the channel's latest, its archive, then any other by title.

        Asks no source. Raises StoreError.
        """
        recent: list[Paper] = []
        if key:
            sent = await self._store.deliveries.sent_messages(key, self._clock() - _LATELY)
            ids = dict.fromkeys(one.paper for one in reversed(sent) if one.paper)
            recent = [*(await self._store.papers.get_many(ids)).values()]
        wanted = normalised_title(text)
        fitting = [paper for paper in recent if wanted in normalised_title(f"{paper.arxiv_id or ''} {paper.title}")]
        if len(fitting) < limit and wanted:
            fitting += await self._store.archive.search(text[:MAX_LENGTH], key, limit)
        if len(fitting) < limit and wanted:
            fitting += await self._store.papers.search(text[:MAX_LENGTH], limit)
        return tuple({paper.id: paper for paper in fitting}.values())[:limit]

    async def _desk(self, asker: Asker, key: ChannelKey | None) -> _Desk:
        """Return the asker's desk, with the channel's settings, or the defaults in the asker's language."""
        channel = await self._store.channels.get(key) if key else None
        return _Desk(asker, key, settings_for(channel, asker, self._defaults))

    async def _written(self, desk: _Desk, text: str, style: Style) -> AsyncIterator[Reply]:
        """Answer what somebody wrote: the paper that it names, a choice of several, or help for small talk."""
        named = named_in(text)
        talk = None if named else talk_of(text)
        if talk is Talk.HELP:
            yield _help(desk)
        elif talk is Talk.SMALL:
            yield desk.reply(say("paper.help.brief"))
        elif len(named) > 1:
            yield replace(desk.reply(say("paper.working.looking")), working=True)
            papers = await self._each(named[:_MOST_NAMED])
            if len(papers) > 1:
                yield replace(desk.reply(say("paper.choose.named")), choices=papers)
                return
            async for reply in self._look_up(desk, papers[0].id, style):
                yield reply
        else:
            async for reply in self._look_up(desk, parse_ref(text), style):
                yield reply

    async def _each(self, refs: Sequence[PaperRef]) -> tuple[Paper, ...]:
        """Return the papers of several references, each once: an arXiv id and a DOI may name the same one.

        What is not found is left out. Raises InputError or SourceError if that is all of them.
        """
        answers = await asyncio.gather(*map(self._found, refs))
        papers = {paper.id: paper for answer in answers if not isinstance(answer, BotError) for paper in answer}
        if not papers:
            raise next(answer for answer in answers if isinstance(answer, BotError))
        return tuple(papers.values())

    async def _found(self, ref: PaperRef) -> tuple[Paper, ...] | InputError | SourceError:
        try:
            return await self._lookup.find(ref)
        except (InputError, SourceError) as error:
            return error

    async def _look_up(self, desk: _Desk, ref: PaperRef | PaperId, style: Style) -> AsyncIterator[Reply]:
        stored = await self._lookup.described(ref, desk.language, style)
        if stored:
            yield self._answer(desk, stored)
            return
        yield replace(desk.reply(say("paper.working.looking")), working=True)
        if isinstance(ref, PaperId):
            papers: tuple[Paper, ...] = (await self._lookup.get(ref),)
        else:
            papers = await self._lookup.find(ref)
        if len(papers) > 1:
            yield replace(desk.reply(say("paper.choose")), choices=papers)
            return
        if isinstance(ref, PaperRef) and not is_meant(ref, papers[0]):
            yield replace(desk.reply(say("paper.choose.one")), choices=papers)
            return
        yield replace(desk.reply(say("paper.working.summarising", title=papers[0].title)), working=True)
        view = await self._describe(desk, papers[0], style)
        yield self._answer(desk, view)

    async def _describe(self, desk: _Desk, paper: Paper, style: Style) -> PaperView:
        platform = desk.key.platform if desk.key else ""
        asker = self._voter(platform, desk.asker.user)
        return await self._lookup.describe(paper, desk.language, style, str(desk.key or ""), asker)

    def _answer(self, desk: _Desk, view: PaperView) -> Reply:
        """Return the reply with the view and, if the budget is spent, a sentence saying when it resets."""
        sentences: tuple[Sentence, ...] = ()
        if view.failure and view.failure.code.startswith("budget."):
            sentences = (fault(self._explain(view.failure.code)),)
        return replace(desk.reply(*sentences), parts=(view,))

    async def _share(self, desk: _Desk, paper: PaperId, style: Style) -> AsyncIterator[Reply]:
        if desk.key is None:
            yield desk.reply(say("paper.share.nowhere"))
            return
        if obstacle := cannot_post(desk.asker.lacking):
            yield desk.reply(*obstacle)
            return
        view = await self._lookup.described(paper, desk.language, style)
        if view is None:
            yield replace(desk.reply(say("paper.working.looking")), working=True)
            view = await self._describe(desk, await self._lookup.get(paper), style)
        now = self._clock()
        item = NewDelivery(
            part=f"share:{view.paper.id}:{style}",
            content=replace(view, paper=replace(view.paper, abstract="")),
            paper=view.paper.id,
            seeds=_THUMBS if desk.settings.seed_reactions else (),
        )
        day = now.astimezone(ZoneInfo(desk.settings.timezone)).date()
        # A shared paper is no longer news for the channel's digest.
        sent = await self._outbox.send(desk.key, item, day, showing=[view.paper.id])
        yield desk.reply(say("paper.shared" if sent else "paper.shared.already"))


def _help(desk: _Desk) -> Reply:
    return desk.reply(*(say(f"paper.help.{name}") for name in HELP))


def _cited(desk: _Desk, paper: Paper) -> Reply:
    document = Document(bibtex.file_name(paper), "application/x-bibtex", bibtex.entry(paper))
    return replace(desk.reply(say("paper.cited")), documents=(document,))
