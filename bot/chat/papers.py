"""`/paper`: one paper, asked for in a chat. The answer is the asker's alone until it is shared.

`bot.papers.lookup` finds papers and describes them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.chat import commands
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
from bot.papers.lookup import Lookup
from bot.papers.refs import MAX_LENGTH, parse_ref
from bot.store.store import Store
from bot.words.languages import language_tag

HELP = ("lookup", "title", "details", "share", "cite")
_THUMBS = ("👍", "👎")
_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where somebody asks, and how they are answered."""

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

    `explain` gives the error behind a failure's code, with what its sentence needs, `voter` the name under which a
    person of a platform is known here; `defaults` are the settings where no channel has any.
    """

    def __init__(
        self,
        store: Store,
        lookup: Lookup,
        outbox: Outbox,
        *,
        explain: Callable[[str], BotError],
        voter: Callable[[str, str], str],
        defaults: ChannelSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._lookup = lookup
        self._outbox = outbox
        self._explain = explain
        self._voter = voter
        self._defaults = defaults
        self._clock = clock

    async def handle(
        self, asker: Asker, key: ChannelKey | None, command: commands.PaperCommand
    ) -> AsyncIterator[Reply]:
        """Do what was asked, and tell the asker alone; each reply takes the place of the one before.

        `key` is the channel, None in a direct message. A reply that takes time is announced by one that says so. What
        cannot be done is a reply too; raises StoreError alone.
        """
        desk = await self._desk(asker, key)
        try:
            match command:
                case commands.Help():
                    yield desk.reply(*(say(f"paper.help.{name}") for name in HELP))
                case commands.Cite(paper):
                    yield _cited(desk, await self._lookup.get(paper))
                case commands.LookUp(text, style):
                    async for reply in self._look_up(desk, parse_ref(text), style):
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
        """Papers that may be meant by what was typed so far: what the channel got lately, then others of the archive,
        then any whose title has these words.

        It asks no source and raises StoreError alone.
        """
        lately: list[Paper] = []
        if key:
            sent = await self._store.deliveries.sent_messages(key, self._clock() - _LATELY)
            ids = dict.fromkeys(one.paper for one in reversed(sent) if one.paper)
            lately = [*(await self._store.papers.get_many(ids)).values()]
        wanted = normalised_title(text)
        fitting = [paper for paper in lately if wanted in normalised_title(f"{paper.arxiv_id or ''} {paper.title}")]
        if len(fitting) < limit and wanted:
            fitting += await self._store.archive.search(text[:MAX_LENGTH], key, limit)
        if len(fitting) < limit and wanted:
            fitting += await self._store.papers.search(text[:MAX_LENGTH], limit)
        return tuple({paper.id: paper for paper in fitting}.values())[:limit]

    async def _desk(self, asker: Asker, key: ChannelKey | None) -> _Desk:
        """The channel's own settings where it has some, else the asker's language."""
        channel = await self._store.channels.get(key) if key else None
        if channel:
            return _Desk(asker, key, channel.settings)
        return _Desk(asker, key, replace(self._defaults, language=_own_language(asker) or self._defaults.language))

    async def _look_up(self, desk: _Desk, ref: PaperRef | PaperId, style: Style) -> AsyncIterator[Reply]:
        known = await self._lookup.described(ref, desk.language, style)
        if known:
            yield self._answer(desk, known)
            return
        yield replace(desk.reply(say("paper.working.looking")), working=True)
        if isinstance(ref, PaperId):
            found: tuple[Paper, ...] = (await self._lookup.get(ref),)
        else:
            found = await self._lookup.find(ref)
        if len(found) > 1:
            yield replace(desk.reply(say("paper.choose")), choices=found)
            return
        yield replace(desk.reply(say("paper.working.summarising", title=found[0].title)), working=True)
        sheet = await self._describe(desk, found[0], style)
        yield self._answer(desk, sheet)

    async def _describe(self, desk: _Desk, paper: Paper, style: Style) -> PaperView:
        platform = desk.key.platform if desk.key else ""
        asker = self._voter(platform, desk.asker.user)
        return await self._lookup.describe(paper, desk.language, style, str(desk.key or ""), asker)

    def _answer(self, desk: _Desk, sheet: PaperView) -> Reply:
        """The sheet; where the money is spent, with when there is some again."""
        said: tuple[Sentence, ...] = ()
        if sheet.failure and sheet.failure.code.startswith("budget."):
            said = (fault(self._explain(sheet.failure.code)),)
        return replace(desk.reply(*said), parts=(sheet,))

    async def _share(self, desk: _Desk, paper: PaperId, style: Style) -> AsyncIterator[Reply]:
        if desk.key is None:
            yield desk.reply(say("paper.share.nowhere"))
            return
        sheet = await self._lookup.described(paper, desk.language, style)
        if sheet is None:
            yield replace(desk.reply(say("paper.working.looking")), working=True)
            found = await self._lookup.get(paper)
            sheet = await self._describe(desk, found, style)
        now = self._clock()
        item = NewDelivery(
            part=f"share:{sheet.paper.id}:{style}",
            content=replace(sheet, paper=replace(sheet.paper, abstract="")),
            paper=sheet.paper.id,
            seeds=_THUMBS if desk.settings.seed_reactions else (),
        )
        day = now.astimezone(ZoneInfo(desk.settings.timezone)).date()
        # What was shared is no news for the channel's digest any more.
        sent = await self._outbox.send(desk.key, item, day, showing=[sheet.paper.id])
        yield desk.reply(say("paper.shared" if sent else "paper.shared.already"))


def _own_language(asker: Asker) -> str:
    """The asker's language without the country, so that `en-US` and `en-GB` share their summaries; "" if unknown."""
    try:
        tag = language_tag(asker.language)
    except ValueError:
        return ""
    return tag if tag.startswith("zh") else tag.partition("-")[0]


def _cited(desk: _Desk, paper: Paper) -> Reply:
    document = Document(bibtex.file_name(paper), "application/x-bibtex", bibtex.entry(paper))
    return replace(desk.reply(say("paper.cited")), documents=(document,))
