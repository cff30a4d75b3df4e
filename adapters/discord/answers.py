"""Show answers on Discord: through an interaction's token, or as messages in a channel."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from adapters.common.pacing import paced
from adapters.common.patience import patiently
from adapters.discord.buttons import Json
from adapters.discord.errors import ANSWERED, NAME, DiscordRefusal
from adapters.discord.replies import Answer
from adapters.discord.rest import Rest
from bot.errors import AmbiguousError, BotError, PlatformError
from bot.models import MessageRef, Reply

logger = logging.getLogger(__name__)

EPHEMERAL = 1 << 6
_DEFERRED, _SEEN, _CHOICES, _FORM = 5, 6, 8, 9
_PATIENCE = 3.0
GROWS_EVERY = 1.5  # seconds between edits of an answer; Discord takes five in five seconds in a channel

Posted = Callable[[str, MessageRef], Awaitable[None]]  # is told of the message with the answer to a question
Rendering = Callable[[Reply], list[Answer]]


class Conversation(Protocol):
    """One question and the answer to it."""

    @property
    def place(self) -> MessageRef | None:
        """The message with the answer, None as long as there is none that everybody sees."""

    async def show(self, shown: Sequence[Answer]) -> None:
        """Show these messages in place of the previous ones. Raises PlatformError if nothing can be shown."""


@dataclass(slots=True)
class Interaction:
    """An interaction, answered first within 3 s, and finally within 15 minutes; to the asker alone unless deferred
    otherwise.
    """

    rest: Rest
    application: str
    id: str
    token: str
    place: MessageRef | None = None
    _responded: bool = False
    _public: bool = False
    _apart: bool = False  # the original response is the message with the button

    async def defer(self, *, public: bool = False) -> None:
        """Announce that an answer follows, which everybody sees if `public`. Raises PlatformError."""
        self._public = public
        await self._respond({"type": _DEFERRED, "data": {"flags": 0 if public else EPHEMERAL}})

    async def acknowledge(self) -> None:
        """Take a click on a button whose effect is seen elsewhere. What is shown after that is a message of its own, to
        the asker alone. Raises PlatformError.
        """
        self._apart = True
        await self._respond({"type": _SEEN})

    async def open(self, form: Json) -> None:
        """Open a form as the first response. Raises PlatformError."""
        await self._respond({"type": _FORM, "data": form})

    async def complete(self, choices: Sequence[Json]) -> None:
        """Suggest completions for the option being typed. Raises PlatformError."""
        await self._respond({"type": _CHOICES, "data": {"choices": list(choices)}})

    async def show(self, shown: Sequence[Answer]) -> None:
        if not self._responded:
            await self.defer()
        first, *others = shown
        path = "/webhooks/{webhook_id}/{webhook_token}"
        flags = 0 if self._public else EPHEMERAL
        if self._apart:
            await self._ask("POST", path, {**first.body, "flags": flags}, first)
        else:
            body = {name: value for name, value in first.body.items() if name != "flags"}
            original = await self._ask("PATCH", f"{path}/messages/@original", body, first)
            self.place = _place(original) if self._public else None
        await _follow_up(others, lambda one: self._ask("POST", path, {**one.body, "flags": flags}, one))

    async def _ask(self, method: str, path: str, body: Json, one: Answer) -> object:
        names = {"webhook_id": self.application, "webhook_token": self.token}
        return await patiently(
            lambda: self.rest.ask(method, path, names, json=body, files=one.files, patience=_PATIENCE),
            repeatable=method == "PATCH",
        )

    async def _respond(self, body: Json) -> None:
        names = {"interaction_id": self.id, "webhook_token": self.token}
        path = "/interactions/{interaction_id}/{webhook_token}/callback"
        try:
            await patiently(lambda: self.rest.ask("POST", path, names, json=body), repeatable=True)
        except DiscordRefusal as error:
            if error.number != ANSWERED:  # otherwise an earlier attempt has arrived
                raise
        self._responded = True


@dataclass(slots=True)
class Talk:
    """A message from somebody, answered in the channel for everybody to see."""

    rest: Rest
    channel: str
    message: str
    place: MessageRef | None = None
    _lost: bool = False  # an attempt to answer may or may not have arrived

    async def show(self, shown: Sequence[Answer]) -> None:
        first, *others = shown
        if self.place is None:
            await self._begin(first)
        else:
            await replace(self.rest, self.place, first)
        await _follow_up(others, lambda one: self._send(one.body, one))

    async def _begin(self, first: Answer) -> None:
        """Reply to the message. Discord gives the same reply back to a repeated attempt, whatever that one says."""
        reference = {"message_id": self.message, "fail_if_not_exists": False}
        body = {**first.body, "message_reference": reference, "nonce": self.message, "enforce_nonce": True}
        try:
            self.place = _place(await self._send(body, first, repeatable=True))
        except AmbiguousError:
            self._lost = True
            raise
        if self._lost and self.place:
            await replace(self.rest, self.place, first)

    async def _send(self, body: Json, one: Answer, *, repeatable: bool = False) -> object:
        path, names = "/channels/{channel_id}/messages", {"channel_id": self.channel}
        return await patiently(
            lambda: self.rest.ask("POST", path, names, json=body, files=one.files, patience=_PATIENCE),
            repeatable=repeatable,
        )


async def replace(rest: Rest, place: MessageRef, answer: Answer) -> None:
    """Show an answer in place of what a message of ours shows. Raises PlatformError."""
    channel, _, message = place.value.partition("/")
    # A flag stays unless it is taken back, and one of an interim answer hides the embeds of the next.
    body = {"flags": 0, "content": "", "embeds": [], "components": [], **answer.body}
    path, names = "/channels/{channel_id}/messages/{message_id}", {"channel_id": channel, "message_id": message}
    await patiently(
        lambda: rest.ask("PATCH", path, names, json=body, files=answer.files, patience=_PATIENCE), repeatable=True
    )


def _place(message: object) -> MessageRef | None:
    """Return the reference of a message that Discord tells of."""
    if not isinstance(message, Mapping) or not message.get("id") or not message.get("channel_id"):
        return None
    return MessageRef(NAME, f"{message['channel_id']}/{message['id']}")


async def _follow_up(others: Sequence[Answer], send: Callable[[Answer], Awaitable[object]]) -> None:
    """Send the messages after the first. One that Discord refuses is logged, as an answer is there already."""
    for one in others:
        try:
            await send(one)
        except PlatformError as error:
            logger.warning("a part of an answer could not be shown: %s", error)


async def converse(talk: Conversation, replies: AsyncIterator[Reply], rendered: Rendering, posted: Posted) -> bool:
    """Show each reply in place of the one before. Return whether there was any.

    `posted` is told once where everybody sees the answer to a question. An interim reply that Discord refuses is logged
    and skipped. Raises whatever `replies` raises, and PlatformError if the last reply could not be shown.
    """
    refused: PlatformError | None = None
    nothing, known = True, False

    async def report(reply: Reply) -> None:
        nonlocal known
        turn = _turn(reply)
        if turn and talk.place and not known:
            known = True
            await _report(posted, turn, talk.place)

    async with aclosing(paced(replies, GROWS_EVERY)) as shown:
        async for reply in shown:
            nothing, refused = False, None
            await report(reply)  # before people can reply to it
            try:
                await talk.show(rendered(reply))
            except PlatformError as error:
                logger.info("an answer could not be shown: %s", error)
                refused = error
            await report(reply)
    if refused:
        raise refused
    return not nothing


def _turn(reply: Reply) -> str:
    """Return the id of the question that a reply is about, "" as long as it is not kept: its papers are not known."""
    view = reply.answer
    if view is None:
        return reply.asked
    return view.turn if view.papers or not view.working else ""


async def _report(posted: Posted, turn: str, place: MessageRef) -> None:
    """Tell where an answer is. If that fails, only a reply to it goes unrecognised."""
    try:
        await posted(turn, place)
    except BotError as error:
        logger.warning("where an answer stands was not noted: %s", error)
