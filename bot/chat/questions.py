"""Questions about papers in a chat: what a question is about, its answer, and the conversation that it belongs to.

`bot.questions.asking` answers. Here a question finds its papers: those that it names, those of the thread that it is
asked in, or those that its asker asked about last.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.chat import commands
from bot.chat.answering import ALIVE, Answering, Desk, without_abstracts
from bot.chat.language import settings_for
from bot.chat.papers import Papers
from bot.chat.permissions import cannot_post
from bot.chat.threads import SHARED, Talked, Threads
from bot.chat.wording import parse_paper
from bot.delivery.outbox import Outbox
from bot.errors import BotError, StoreError
from bot.models import (
    Answer,
    AnswerView,
    AskedState,
    Asker,
    ChannelSettings,
    MessageRef,
    NewDelivery,
    Paper,
    PaperId,
    PaperRef,
    Reply,
    Where,
    fault,
    normalised_title,
    say,
)
from bot.papers.lookup import Lookup, is_meant
from bot.questions.asking import Asking
from bot.store.store import Store
from bot.store.tables import TurnState
from bot.store.turns import StoredTurn

_LOOKS = 4  # for what a process that died just now has left
_RESUMED = timedelta(minutes=10)  # older questions that a restart cut off are not taken up again
_UNKNOWN = "error.input.unknown_paper"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A question that a restart cut off: the message to show the replies in, each in place of the one before."""

    message: MessageRef
    replies: AsyncGenerator[Reply, None]


class Questions:
    """The use case of questions in a chat.

    `voter` returns the pseudonym of a person on a platform; `defaults` are the settings outside subscribed channels.
    Replies replace each other, and all but the last are `working`. Errors are replies too, except for StoreError.
    """

    def __init__(  # noqa: PLR0913 (a use case or a port each)
        self,
        store: Store,
        asking: Asking,
        lookup: Lookup,
        papers: Papers,
        outbox: Outbox,
        *,
        voter: Callable[[str, str], str],
        defaults: ChannelSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._answering = Answering(store, asking)
        self._threads = Threads(store, clock)
        self._lookup = lookup
        self._papers = papers
        self._outbox = outbox
        self._voter = voter
        self._defaults = defaults
        self._clock = clock

    # --- what adapters call -------------------------------------------------------------------

    async def written(self, asker: Asker, where: Where, text: str) -> AsyncGenerator[Reply, None]:
        """Answer what somebody wrote: with help, with a paper, or from papers' texts, as the words ask."""
        inside = where.thread is not None and await self._threads.is_about_papers(where.thread)
        async with aclosing(self.handle(asker, where, parse_paper(text, inside=inside))) as replies:
            async for reply in replies:
                yield reply

    async def handle(
        self, asker: Asker, where: Where, command: commands.PaperCommand | commands.QuestionCommand
    ) -> AsyncGenerator[Reply, None]:
        """Carry out a command. Closing the replies ends the question, and settles what it has cost."""
        desk = await self._desk(asker, where)
        async with aclosing(self._carried_out(desk, command)) as replies:
            try:
                async for reply in replies:
                    yield reply
            except StoreError:
                raise
            except BotError as error:
                yield desk.reply(fault(error))

    async def cancel(self, asker: Asker, where: Where, turn: str) -> Reply | None:
        """Cancel a question of this person, in whatever process it is being answered.

        Returns None where its last reply now says so, otherwise the reply that says why not. Raises StoreError.
        """
        desk = await self._desk(asker, where)
        asked = await self._store.turns.get(turn)
        if asked and asked.asker != desk.voter:
            return desk.reply(say("ask.cancel.other"))
        if asked is None or not await self._answering.cancel(turn):
            return desk.reply(say("ask.cancel.over"))
        return None

    async def posted(self, turn: str, message: MessageRef) -> None:
        """Note the message that shows an answer to everybody: what replies to it goes on with the conversation."""
        await self._store.turns.shown(turn, message)

    async def interrupted(self, platform: str) -> AsyncGenerator[Interrupted, None]:
        """Yield the questions that a process left unanswered when it died, to be answered in their messages.

        Looks at once, and again for a while, because a process that died just now is not known to be dead at once. Each
        question is given to one caller only. Raises StoreError.
        """
        for seconds in (0.0, *_LOOKS * (ALIVE.total_seconds() + 1.0,)):
            await asyncio.sleep(seconds)
            for turn in await self._store.turns.abandoned(platform, self._clock() - _RESUMED):
                if turn.message:
                    yield Interrupted(turn.message, self._again(turn, turn.message))

    # --- commands -----------------------------------------------------------------------------

    async def _desk(self, asker: Asker, where: Where, voter: str = "") -> Desk:
        channel = await self._store.channels.get(where.channel) if where.channel else None
        settings = settings_for(channel, asker, self._defaults)
        return Desk(asker, voter or self._voter(where.platform, asker.user), where, settings, self._clock())

    def _carried_out(
        self, desk: Desk, command: commands.PaperCommand | commands.QuestionCommand
    ) -> AsyncGenerator[Reply, None]:
        match command:
            case commands.Ask():
                return self._ask(desk, command)
            case commands.AskNext():
                return self._ask_next(desk, command)
            case commands.AskOf():
                return self._ask_of(desk, command)
            case commands.ShareAnswer():
                return self._share(desk, command)
            case commands.ShowAnswer():
                return self._show(desk, command)
            case _:
                return self._look_up(desk, command)

    async def _look_up(self, desk: Desk, command: commands.PaperCommand) -> AsyncGenerator[Reply, None]:
        async for reply in self._papers.handle(desk.asker, desk.where.channel, command):
            yield reply

    async def _ask(self, desk: Desk, command: commands.Ask) -> AsyncGenerator[Reply, None]:
        talked = await self._threads.talked(desk.where, desk.voter)
        view = _view(desk, command.question)
        if any(isinstance(ref, PaperRef) for ref in command.papers):
            yield replace(desk.reply(), answer=view, working=True)
        elif await self._is_a_title(command):
            talked = replace(talked, papers=(), choices=())
        named = [await self._found(ref) for ref in command.papers]
        unclear = [one for ref, one in zip(command.papers, named, strict=True) if not _is_certain(ref, one)]
        certain = [one[0] for one in named if one not in unclear]
        if unclear:
            yield await self._to_pick(desk, talked, view, unclear[0], certain)
            return
        if command.beside or not named:
            certain = [*await self._papers_of(talked.papers), *certain]
        if not certain and talked.choices:
            yield await self._to_pick(desk, talked, view, await self._papers_of(talked.choices))
            return
        pasted = command.text and len(named) == 1 and _is_title(command.question, certain[0])
        if not certain or pasted:
            replies = self._as_title(desk, command)
        else:
            replies = self._answering.answer(desk, talked, view, _each_once(certain))
        async with aclosing(replies):
            async for reply in replies:
                yield reply

    async def _as_title(self, desk: Desk, command: commands.Ask) -> AsyncGenerator[Reply, None]:
        """Look up what was typed, which names no paper to ask about: a title may be a question."""
        if not command.text:
            yield desk.reply(say("ask.which"))
            return
        async for reply in self._look_up(desk, commands.LookUp(command.text)):
            unknown = any(sentence.key == _UNKNOWN for sentence in reply.sentences)
            yield desk.reply(say("ask.which")) if unknown and not command.papers else reply

    async def _ask_next(self, desk: Desk, command: commands.AskNext) -> AsyncGenerator[Reply, None]:
        earlier = await self._store.turns.get(command.turn)
        offered = earlier.answer.next_questions if earlier and earlier.answer else ()
        if earlier is None or not 0 <= command.number < len(offered):
            yield desk.reply(say("ask.gone"))
            return
        async with aclosing(self._go_on(desk, earlier, offered[command.number], earlier.papers)) as replies:
            async for reply in replies:
                yield reply

    async def _ask_of(self, desk: Desk, command: commands.AskOf) -> AsyncGenerator[Reply, None]:
        earlier = await self._store.turns.get(command.turn)
        if earlier is None:
            yield desk.reply(say("ask.gone"))
            return
        papers = (*earlier.papers, command.paper)
        async with aclosing(self._go_on(desk, earlier, earlier.question, papers)) as replies:
            async for reply in replies:
                yield reply

    async def _go_on(
        self, desk: Desk, earlier: StoredTurn, question: str, papers: Sequence[PaperId]
    ) -> AsyncGenerator[Reply, None]:
        """Answer a question in the conversation of an earlier one."""
        talked = await self._threads.continued(earlier, desk.where, desk.voter)
        about = _each_once(await self._papers_of(papers))
        async with aclosing(self._answering.answer(desk, talked, _view(desk, question), about)) as replies:
            async for reply in replies:
                yield reply

    async def _again(self, turn: StoredTurn, message: MessageRef) -> AsyncGenerator[Reply, None]:
        """Answer a question that was cut off, for whoever asked it."""
        where = Where(turn.platform, turn.channel)
        desk = await self._desk(Asker("", language=turn.language), where, turn.asker)
        try:
            async with aclosing(self._go_on(desk, turn, turn.question, turn.papers)) as replies:
                async for reply in replies:
                    if reply.answer and reply.answer.state is AskedState.READING:
                        await self.posted(reply.answer.turn, message)
                    yield reply
        except StoreError:
            raise
        except BotError as error:
            yield desk.reply(fault(error))

    async def _share(self, desk: Desk, command: commands.ShareAnswer) -> AsyncGenerator[Reply, None]:
        shared = await self._store.turns.get(command.turn)
        if desk.where.channel is None:
            yield desk.reply(say("ask.share.nowhere"))
        elif obstacle := cannot_post(desk.asker.lacking):
            yield desk.reply(*obstacle)
        elif shared is None or shared.answer is None:
            yield desk.reply(say("ask.gone"))
        else:
            view = await self._given(shared, shared.answer)
            # The ledger's row names no paper, so that votes on an answer are none on its paper.
            sent = await self._outbox.send_first(desk.where.channel, NewDelivery(f"{SHARED}{shared.id}", view))
            yield desk.reply(say("ask.shared" if sent else "ask.shared.already"))

    async def _show(self, desk: Desk, command: commands.ShowAnswer) -> AsyncGenerator[Reply, None]:
        turn = await self._store.turns.get(command.turn)
        if turn is None or turn.answer is None:
            yield desk.reply(say("ask.gone"))
        else:
            yield replace(desk.reply(), answer=await self._given(turn, turn.answer))

    async def _given(self, turn: StoredTurn, answer: Answer) -> AnswerView:
        """Return a question with the answer that was given to it."""
        papers = without_abstracts(await self._papers_of(turn.papers))
        return AnswerView(turn.id, turn.question, papers, turn.language, answer, AskedState.DONE)

    # --- the papers ---------------------------------------------------------------------------

    async def _found(self, ref: PaperRef | PaperId) -> tuple[Paper, ...]:
        return (await self._lookup.get(ref),) if isinstance(ref, PaperId) else await self._lookup.find(ref)

    async def _papers_of(self, ids: Iterable[PaperId]) -> list[Paper]:
        return [await self._lookup.get(paper) for paper in ids]

    async def _is_a_title(self, command: commands.Ask) -> bool:
        """Return whether what looks like a question is the title of a paper that is known here."""
        if command.papers or not command.text:
            return False
        wanted = normalised_title(command.text)
        return any(normalised_title(one.title) == wanted for one in await self._store.papers.search(command.text, 3))

    async def _to_pick(
        self, desk: Desk, talked: Talked, view: AnswerView, among: Sequence[Paper], certain: Sequence[Paper] = ()
    ) -> Reply:
        """Return the reply that lets one of several papers be picked for the question, which is kept until then."""
        await self._store.turns.add(desk.turn(talked, view, certain, TurnState.OPEN), ALIVE)
        return replace(desk.reply(say("ask.choose")), choices=tuple(among), asked=view.turn)


def _view(desk: Desk, question: str) -> AnswerView:
    return AnswerView(secrets.token_hex(8), question, (), desk.settings.language, asker=desk.asker.user)


def _each_once(papers: Iterable[Paper]) -> list[Paper]:
    return list({paper.id: paper for paper in papers}.values())


def _is_certain(ref: PaperRef | PaperId, papers: Sequence[Paper]) -> bool:
    return len(papers) == 1 and (isinstance(ref, PaperId) or is_meant(ref, papers[0]))


def _is_title(question: str, paper: Paper) -> bool:
    """Return whether the words beside a paper's id are its title, as where somebody pastes both."""
    return normalised_title(question) == normalised_title(paper.title)
