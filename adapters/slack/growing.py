"""Answers that grow in a thread, where everybody reads them: first what is being done, then one message.

In a channel the message is edited; in direct messages, where one person reads, it is streamed
(https://docs.slack.dev/reference/methods/chat.startStream; other members see only how a stream begins). What is no
answer goes to the asker alone, unless it takes the place of an answer that has begun.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

from adapters.common.allowance import Allowance
from adapters.slack.answers import Asked
from adapters.slack.blocks import Json
from adapters.slack.cards import Message
from adapters.slack.claims import Shown, answer
from adapters.slack.posts import OVER, STOPPED, Posts, refusal
from adapters.slack.replies import messages
from adapters.slack.telling import GAP, Growing
from bot.errors import AmbiguousError, PlatformError
from bot.models import AnswerView, AskedState, Reply

logger = logging.getLogger(__name__)

CANCELLABLE = 4.0  # seconds of reading before a message offers to cancel it
# Slack takes some 50 edits a minute of a workspace, and 20 streams; the rest is for last states, and for the ledger.
# https://docs.slack.dev/apis/web-api/rate-limits
_EDITS, _EDIT_SECONDS = 10, 2.0
_STREAMS, _STREAM_SECONDS = 5, 6.0
LONGEST_STREAM = 230.0  # seconds; Slack ends a stream after five minutes


class Paces:
    """How often the workspaces may be asked for what can also be left out."""

    def __init__(self) -> None:
        self._edits: dict[str, Allowance] = {}
        self._streams: dict[str, Allowance] = {}

    def edit(self, team: str) -> float:
        """Take one interim edit. Returns 0 if there was one, else the seconds until there is."""
        return self._edits.setdefault(team, Allowance(_EDITS, _EDIT_SECONDS)).take()

    def stream(self, team: str) -> bool:
        """Take one stream, and return whether there was one."""
        return not self._streams.setdefault(team, Allowance(_STREAMS, _STREAM_SECONDS)).take()


@dataclass(frozen=True, slots=True)
class Place:
    """A thread: its first message's timestamp, and who asked there."""

    asked: Asked
    head: str
    posted: Callable[[AnswerView, str], Awaitable[None]] = field(compare=False)  # told of an answer's message


class Edited:
    """An answer as one message in a thread, which is edited as it grows. `alone` shows what is no answer."""

    def __init__(self, posts: Posts, paces: Paces, place: Place, alone: Growing) -> None:
        self._posts = posts
        self._paces = paces
        self._place = place
        self._alone = alone
        self._began: float | None = None  # when the thread was told that the paper is being read
        self._doing = False  # whether the thread still says so
        self._ts = ""  # of the message
        self._lost = False  # whether the message may be there without its timestamp being known
        self._next = 0.0  # when the message may change again

    @classmethod
    def of_message(cls, posts: Posts, paces: Paces, place: Place, ts: str, alone: Growing) -> Self:
        """Return the way to answer in a message that is there."""
        edited = cls(posts, paces, place, alone)
        edited._ts, edited._began = ts, asyncio.get_running_loop().time()
        return edited

    def due(self, reply: Reply) -> float | None:
        if reply.answer is None:
            return self._alone.due(reply)
        if not reply.working or self._lost:
            return None
        if self._began is None:
            return 0.0
        now = asyncio.get_running_loop().time()
        if not self._ts and reply.answer.state is AskedState.READING and self._doing:
            return max(self._began + CANCELLABLE - now, 0.0)
        return max(self._next - now, 0.0)

    async def grow(self, reply: Reply) -> bool:
        if reply.answer is None:
            return await self._alone.grow(reply)
        if self._began is None:
            await self._begin(reply.answer)
            return False
        try:
            return await self._show(reply.answer)
        except PlatformError as error:
            self._lost |= isinstance(error, AmbiguousError) and not self._ts
            logger.info("an answer that grows could not be shown: %s", error)
            return True
        finally:
            self._next = max(self._next, asyncio.get_running_loop().time() + GAP)

    async def finish(self, reply: Reply) -> None:
        if reply.answer is None and not self._ts:
            await self._alone_instead(reply)
            return
        await asyncio.sleep(max(self._next - asyncio.get_running_loop().time(), 0.0))
        try:
            if self._lost:
                raise AmbiguousError("platform.lost_answer", platform="slack")
            if reply.answer:
                await self._complete(reply.answer)
            else:
                await self._rewrite(messages(reply, notify=False)[0])
        except PlatformError as error:
            logger.warning("an answer is shown to the asker alone: %s", error)
            await self._alone_instead(reply)

    async def _begin(self, view: AnswerView) -> None:
        self._began = asyncio.get_running_loop().time()
        self._doing = await self._say(answer(view).status)

    async def _say(self, status: str) -> bool:
        """Say what is being done, and return whether the thread says it."""
        place = self._place
        try:
            await self._posts.doing(place.asked.team, place.asked.channel, place.head, status)
        except PlatformError as error:
            logger.info("a thread is not told what is being done: %s", error)
            return False
        return bool(status)

    async def _alone_instead(self, reply: Reply) -> None:
        if self._doing and not self._ts:
            self._doing = await self._say("")
        await self._alone.finish(reply)

    async def _show(self, view: AnswerView) -> bool:
        """Show a state of the answer that is not the last; return whether that is done. Raises PlatformError."""
        place = self._place
        if not self._ts:
            await self._posted(view, await self._post(view))
            return True
        if wait := self._paces.edit(place.asked.team):
            self._next = asyncio.get_running_loop().time() + wait
            return False
        await self._posts.edit(place.asked.team, place.asked.channel, self._ts, answer(view).whole)
        return True

    async def _complete(self, view: AnswerView) -> None:
        """Show the last state of the answer. Raises PlatformError."""
        if self._ts:
            await self._rewrite(answer(view).whole)
        else:
            await self._posted(view, await self._post(view))

    async def _post(self, view: AnswerView) -> str:
        place = self._place
        return await self._posts.post(place.asked.team, place.asked.channel, place.head, answer(view).whole, view.turn)

    async def _rewrite(self, shown: Message) -> None:
        await self._posts.rewrite(self._place.asked.team, self._place.asked.channel, self._ts, shown)

    async def _posted(self, view: AnswerView, ts: str) -> None:
        self._ts = ts
        await self._place.posted(view, ts)


class Streamed(Edited):
    """An answer that is streamed to the one person who reads it. If Slack streams nothing, it is edited instead."""

    def __init__(
        self, posts: Posts, paces: Paces, place: Place, alone: Growing, cancel: Callable[[AnswerView], Awaitable[None]]
    ) -> None:
        """`cancel` is told when the reader has stopped the message."""
        super().__init__(posts, paces, place, alone)
        self._cancel = cancel
        self._streams: bool | None = None  # None: nothing is shown yet
        self._since = 0.0  # when the stream began
        self._written: list[Json] = []  # the blocks that the message certainly has

    async def _show(self, view: AnswerView) -> bool:
        if self._streams is None:
            await self._start(view)
            return True
        if not self._streams:
            return await super()._show(view)
        if asyncio.get_running_loop().time() - self._since > LONGEST_STREAM:
            self._streams = False
            await self._rewrite(answer(view).whole)
            return True
        rest = self._rest(answer(view))
        if rest is None:
            self._streams = False
            return True
        await self._append(view, rest)
        return True

    async def _start(self, view: AnswerView) -> None:
        """Begin the stream with what there is. Raises PlatformError."""
        self._streams = False
        shown, place = answer(view), self._place
        blocks = [*shown.head, *shown.claims]
        if not blocks or not self._paces.stream(place.asked.team):
            await super()._show(view)
            return
        try:
            ts = await self._posts.begin(
                place.asked.team, place.asked.channel, place.head, place.asked.user, blocks, view.turn
            )
        except AmbiguousError:
            raise
        except PlatformError as error:
            logger.info("an answer is not streamed: %s", error)
            await super()._show(view)
            return
        self._streams, self._written, self._since = True, blocks, asyncio.get_running_loop().time()
        await self._posted(view, ts)

    async def _append(self, view: AnswerView, rest: list[Json]) -> None:
        if not rest:
            return
        place = self._place
        try:
            await self._posts.append(place.asked.team, place.asked.channel, self._ts, rest)
        except PlatformError as error:
            # What the message has by now is not known, or it is over: its last state is an edit.
            self._streams = False
            logger.info("a stream has ended early: %s", error)
            if refusal(error) == STOPPED:
                await self._cancel(view)
            return
        self._written += rest

    async def _complete(self, view: AnswerView) -> None:
        shown, place = answer(view), self._place
        rest = self._rest(shown) if self._streams else None
        if rest is not None:
            try:
                await self._posts.end(place.asked.team, place.asked.channel, self._ts, rest, shown.tail)
            except PlatformError as error:
                log = logger.info if refusal(error) in OVER else logger.warning
                log("a stream is finished by an edit: %s", error)
            else:
                return
        await super()._complete(view)

    def _rest(self, shown: Shown) -> list[Json] | None:
        """Return the blocks that are to follow those written; None if these are no longer how the answer begins."""
        blocks = [*shown.head, *shown.claims]
        begins = blocks[: len(self._written)] == self._written
        return blocks[len(self._written) :] if begins else None


def resumed(posts: Posts, paces: Paces, asked: Asked, ts: str) -> Growing:
    """Return the way to answer in a message that a process left unfinished. Nobody is waiting to be told alone."""
    return Edited.of_message(posts, paces, Place(asked, "", _nothing), ts, _Silent())


class _Silent:
    """Shows nothing: what is no answer takes the place of the message."""

    def due(self, reply: Reply) -> float | None:  # noqa: ARG002 (as the protocol has it)
        return None

    async def grow(self, reply: Reply) -> bool:  # noqa: ARG002 (as the protocol has it)
        return True

    async def finish(self, reply: Reply) -> None:
        logger.warning("an answer that a restart cut off is not shown: %s", reply.answer and reply.answer.turn)


async def _nothing(view: AnswerView, ts: str) -> None:
    """The core knows the message."""
