"""Show answers on Discord: through an interaction's token, or as messages in a channel."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.discord.buttons import Json
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
        """Show these messages in place of the previous ones. Raises PlatformError."""


@dataclass(slots=True)
class Interaction:
    """An interaction, answered to the asker alone: first within 3 s, and finally within 15 minutes."""

    rest: Rest
    application: str
    id: str
    token: str
    _more: int = 0

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
        first, *others = shown
        names = {"webhook_id": self.application, "webhook_token": self.token}
        path = "/webhooks/{webhook_id}/{webhook_token}"
        body = {name: value for name, value in first.body.items() if name != "flags"}
        await self.rest.ask(
            "PATCH", f"{path}/messages/@original", names, json=body, files=first.files, patience=_PATIENCE
        )
        for one in others:
            body = {**one.body, "flags": EPHEMERAL}
            await self.rest.ask("POST", path, names, json=body, files=one.files, patience=_PATIENCE)

    async def _respond(self, body: Json) -> None:
        names = {"interaction_id": self.id, "webhook_token": self.token}
        await self.rest.ask("POST", "/interactions/{interaction_id}/{webhook_token}/callback", names, json=body)


@dataclass(slots=True)
class Talk:
    """A message from somebody, answered in the channel for everybody to see."""

    rest: Rest
    channel: str
    message: str
    _first: str = ""

    async def show(self, shown: Sequence[Answer]) -> None:
        for number, one in enumerate(shown):
            if number == 0 and self._first:
                names = {"channel_id": self.channel, "message_id": self._first}
                path = "/channels/{channel_id}/messages/{message_id}"
                await self.rest.ask("PATCH", path, names, json=one.body, files=one.files, patience=_PATIENCE)
                continue
            body = {**one.body}
            if number == 0:
                body["message_reference"] = {"message_id": self.message, "fail_if_not_exists": False}
            names = {"channel_id": self.channel}
            path = "/channels/{channel_id}/messages"
            created = await self.rest.ask("POST", path, names, json=body, files=one.files, patience=_PATIENCE)
            if number == 0 and isinstance(created, dict):
                self._first = str(created.get("id", ""))


async def converse(talk: Conversation, replies: AsyncIterator[Reply], *, share: bool = False) -> None:
    """Show each reply in place of the one before. A reply that Discord refuses is logged and skipped.

    Raises whatever `replies` raises.
    """
    async for reply in replies:
        try:
            await talk.show(answers(reply, share=share))
        except PlatformError as error:
            logger.info("an answer could not be shown: %s", error)
