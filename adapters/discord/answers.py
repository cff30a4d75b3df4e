"""Show answers on Discord: through an interaction's token, or as messages in a channel."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.common.patience import patiently
from adapters.discord.buttons import Json
from adapters.discord.errors import ANSWERED, DiscordRefusal
from adapters.discord.mentions import NO_IDS, Ids
from adapters.discord.replies import Answer, answers
from adapters.discord.rest import Rest
from bot.errors import PlatformError
from bot.models import Reply

logger = logging.getLogger(__name__)

EPHEMERAL = 1 << 6
_DEFERRED, _CHOICES, _FORM = 5, 8, 9
_PATIENCE = 3.0


class Conversation(Protocol):
    """One question and the answer to it."""

    async def show(self, shown: Sequence[Answer]) -> None:
        """Show these messages in place of the previous ones. Raises PlatformError if nothing can be shown."""


@dataclass(slots=True)
class Interaction:
    """An interaction, answered to the asker alone: first within 3 s, and finally within 15 minutes."""

    rest: Rest
    application: str
    id: str
    token: str
    _responded: bool = False

    async def defer(self) -> None:
        """Announce that an answer follows. Raises PlatformError."""
        await self._respond({"type": _DEFERRED, "data": {"flags": EPHEMERAL}})

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
        body = {name: value for name, value in first.body.items() if name != "flags"}
        await self._ask("PATCH", f"{path}/messages/@original", body, first)
        await _follow_up(others, lambda one: self._ask("POST", path, {**one.body, "flags": EPHEMERAL}, one))

    async def _ask(self, method: str, path: str, body: Json, one: Answer) -> None:
        names = {"webhook_id": self.application, "webhook_token": self.token}
        await patiently(
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
    _first: str = ""

    async def show(self, shown: Sequence[Answer]) -> None:
        first, *others = shown
        if self._first:
            # A flag stays unless it is taken back, and one of an interim answer hides the embeds of the next.
            body = {"flags": 0, "content": "", "embeds": [], "components": [], **first.body}
            await self._ask("PATCH", "/channels/{channel_id}/messages/{message_id}", body, first)
        else:
            reference = {"message_id": self.message, "fail_if_not_exists": False}
            created = await self._send({**first.body, "message_reference": reference}, first)
            self._first = str(created.get("id", "")) if isinstance(created, dict) else ""
        await _follow_up(others, lambda one: self._send(one.body, one))

    async def _send(self, body: Json, one: Answer) -> object:
        return await self._ask("POST", "/channels/{channel_id}/messages", body, one)

    async def _ask(self, method: str, path: str, body: Json, one: Answer) -> object:
        names = {"channel_id": self.channel, **({"message_id": self._first} if method == "PATCH" else {})}
        return await patiently(
            lambda: self.rest.ask(method, path, names, json=body, files=one.files, patience=_PATIENCE),
            repeatable=method == "PATCH",
        )


async def _follow_up(others: Sequence[Answer], send: Callable[[Answer], Awaitable[object]]) -> None:
    """Send the messages after the first. One that Discord refuses is logged, as an answer is there already."""
    for one in others:
        try:
            await send(one)
        except PlatformError as error:
            logger.warning("a part of an answer could not be shown: %s", error)


async def converse(
    talk: Conversation, replies: AsyncIterator[Reply], *, share: bool = False, ids: Ids = NO_IDS
) -> bool:
    """Show each reply in place of the one before. Return whether there was any.

    An interim reply that Discord refuses is logged and skipped. Raises whatever `replies` raises, and PlatformError if
    the last reply could not be shown.
    """
    refused: PlatformError | None = None
    nothing = True
    async for reply in replies:
        nothing, refused = False, None
        try:
            await talk.show(answers(reply, share=share, ids=ids))
        except PlatformError as error:
            logger.info("an answer could not be shown: %s", error)
            refused = error
    if refused:
        raise refused
    return not nothing
