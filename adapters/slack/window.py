"""Answers in a modal, where what is shown first makes room for what comes later.

https://docs.slack.dev/surfaces/modals. A modal is opened by the `trigger_id` of what somebody just did, within three
seconds, and may be closed at any moment: whatever it cannot show goes the usual way.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.common.patience import patiently
from adapters.slack import blocks as b
from adapters.slack.answers import Outlet
from adapters.slack.blocks import Json
from adapters.slack.cards import Message
from adapters.slack.errors import NAME
from adapters.slack.views import TITLE, Origin
from adapters.slack.workspaces import Workspaces
from bot.errors import AmbiguousError, PlatformError
from bot.words import Words, words_for

logger = logging.getLogger(__name__)

ANSWER = "answer"  # the modal's callback id
_MOST_BLOCKS = 100  # of a view


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a modal is opened with: the `id` of what somebody did.

    An `eager` one opens the modal for whatever is shown first, and answers there. Any other opens it only for an
    interim reply, which the answer replaces; the answer also goes where it stays after the modal is closed. One that
    `pushes` opens the modal on top of the one in which somebody clicked. `view` is the id of one that is open already.
    """

    id: str
    eager: bool = False
    pushes: bool = False
    view: str = ""


class Window:
    """A modal, and the outlet for what it does not show. `language` is looked up for the words around the answer."""

    def __init__(
        self,
        workspaces: Workspaces,
        team: str,
        trigger: Trigger,
        otherwise: Outlet,
        origin: Origin,
        language: Callable[[], Awaitable[str]],
        title: str,
    ) -> None:
        self._workspaces = workspaces
        self._team = team
        self._trigger = trigger
        self._otherwise = otherwise
        self._origin = origin
        self._language = language
        self._title = title
        self._usable = bool(trigger.id or trigger.view)
        self._view = trigger.view  # its id, once it is open
        self._above: list[Json] = []  # blocks of the answer's messages before the one to show

    async def show(self, shown: Message, *, final: bool) -> None:
        if self._trigger.eager:
            if not await self._shows(shown, final=final):
                await self._otherwise.show(shown, final=final)
            return
        if final:
            await self._otherwise.show(shown, final=True)
        if self._view or not final:
            await self._shows(shown, final=final)

    async def _shows(self, shown: Message, *, final: bool) -> bool:
        """Return whether the modal shows it now."""
        blocks = [*self._above, *shown.blocks]
        if not self._usable or len(blocks) > _MOST_BLOCKS:
            return False
        try:
            await self._draw(blocks)
        except PlatformError as error:
            logger.info("a modal cannot show an answer: %s", error)
            self._usable = False
            return False
        self._above = blocks if final else []
        return True

    async def _draw(self, blocks: list[Json]) -> None:
        """Open the modal with the blocks, or change what it shows. Raises PlatformError."""
        if not self._origin.language:
            self._origin = replace(self._origin, language=await self._language())
        view = json.dumps(answer_view(words_for(self._origin.language), self._title, self._origin, blocks))
        if self._view:
            changed = {"view_id": self._view, "view": view}
            await patiently(lambda: self._ask("views.update", changed), repeatable=True)
            return
        method = "views.push" if self._trigger.pushes else "views.open"
        answer = await self._ask(method, {"trigger_id": self._trigger.id, "view": view})
        opened = answer.get("view")
        self._view = str(opened.get("id") or "") if isinstance(opened, dict) else ""
        if not self._view:
            raise AmbiguousError("platform.lost_answer", platform=NAME)

    async def _ask(self, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        return await self._workspaces.ask(self._team, lambda client: client.api_call(method, data=asked))


def answer_view(words: Words, title: str, origin: Origin, blocks: list[Json]) -> Json:
    """Build the modal with an answer's blocks; `title` is a key of the catalogue."""
    return {
        "type": "modal",
        "callback_id": ANSWER,
        "private_metadata": json.dumps(asdict(origin)),
        "title": b.plain_text(words.say(title), TITLE),
        "close": b.plain_text(words.say("window.close"), TITLE),
        "blocks": blocks,
    }
