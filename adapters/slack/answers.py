"""Ways to deliver an answer to the asker: a `response_url`, an ephemeral message, or direct messages.

An interim reply is shown only if the next one takes a while, and only where the next one can take its place. A
command's `response_url` replaces nothing (slackapi/bolt-python#1268), so `adapters.slack.window` has a modal for that.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.common.patience import patiently
from adapters.slack.cards import Message
from adapters.slack.workspaces import Workspaces
from bot.errors import PermanentError, PlatformError

logger = logging.getLogger(__name__)

_HOURGLASS = "hourglass_flowing_sand"


class Outlet(Protocol):
    """A way to reach the asker.

    What is not `final` is interim: it must not stay beside the answer, and is left out where it would.
    """

    async def show(self, shown: Message, *, final: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Where somebody asked. `thread` is the timestamp of the thread's parent message, empty outside a thread.

    `group` says that the place is a group direct message.
    """

    team: str
    channel: str
    user: str
    thread: str = ""
    group: bool = False

    @property
    def direct(self) -> bool:
        """Whether it was asked in direct messages, with the bot or between other people."""
        return self.channel.startswith("D")


class Ephemeral:
    """Ephemeral messages in a channel, ordinary messages in direct messages.

    While an answer takes its time, `question`, the timestamp of the message that asked, carries an hourglass.
    """

    def __init__(self, workspaces: Workspaces, asked: Asked, question: str = "") -> None:
        self._workspaces = workspaces
        self._asked = asked
        self._question = question
        self._waits = False

    async def show(self, shown: Message, *, final: bool) -> None:
        if not final:
            await self._wait(True)
            return
        await self._wait(False)
        await self._post(shown)

    async def _wait(self, waits: bool) -> None:
        """Put the hourglass on the question, or take it off. Without it, the answer is the same."""
        if not self._question or waits == self._waits:
            return
        method = "reactions.add" if waits else "reactions.remove"
        marked = {"channel": self._asked.channel, "timestamp": self._question, "name": _HOURGLASS}
        self._waits = waits
        try:
            await self._workspaces.ask(self._asked.team, lambda client: client.api_call(method, data=marked))
        except PlatformError as error:
            logger.info("the hourglass could not be changed: %s", error)

    async def _post(self, shown: Message) -> None:
        asked = self._asked
        body: dict[str, Any] = {"channel": asked.channel, "text": shown.text, "blocks": shown.blocks}
        if asked.thread:
            body["thread_ts"] = asked.thread
        try:
            if not asked.direct and asked.channel:
                await patiently(
                    lambda: self._workspaces.ask(
                        asked.team, lambda client: client.chat_postEphemeral(user=asked.user, **body)
                    )
                )
                return
        except PermanentError:
            # Not a member, or the channel is gone; direct messages still reach the person.
            logger.info("an answer goes to direct messages: %s is closed", asked.channel)
        body |= {"channel": asked.user, "unfurl_links": False, "unfurl_media": False}
        body.pop("thread_ts", None)
        await patiently(lambda: self._workspaces.ask(asked.team, lambda client: client.chat_postMessage(**body)))


class ByUrl:
    """A `response_url`, usable five times within half an hour.

    https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
    """

    def __init__(self, workspaces: Workspaces, url: str, asked: Asked) -> None:
        self._workspaces = workspaces
        self._url = url
        self._asked = asked

    async def show(self, shown: Message, *, final: bool) -> None:
        if not final:
            return
        thread = {"thread_ts": self._asked.thread} if self._asked.thread else {}
        try:
            await self._send(shown, response_type="ephemeral", **thread)
        except PlatformError as error:
            logger.info("a response_url no longer answers: %s", error)
            await Ephemeral(self._workspaces, self._asked).show(shown, final=final)

    async def publish(self, shown: Message) -> None:
        """Show it to everybody in the channel. Raises PlatformError."""
        await self._send(shown, response_type="in_channel")

    async def _send(self, shown: Message, **how: str) -> None:
        """Post the message, retrying short outages. Raises PlatformError."""
        body = {"replace_original": False, "text": shown.text, "blocks": shown.blocks, **how}
        await patiently(lambda: self._workspaces.http.send(self._url, body))


class Direct:
    """A conversation with the bot, where a message replaces the interim one before it."""

    def __init__(self, workspaces: Workspaces, asked: Asked) -> None:
        self._workspaces = workspaces
        self._asked = asked
        self._interim = ""  # the timestamp of its message

    async def show(self, shown: Message, *, final: bool) -> None:
        body: dict[str, Any] = {"channel": self._asked.channel, "text": shown.text, "blocks": shown.blocks}
        if self._interim:
            ts = self._interim
            await patiently(
                lambda: self._workspaces.ask(self._asked.team, lambda client: client.chat_update(ts=ts, **body)),
                repeatable=True,
            )
        else:
            body |= {"unfurl_links": False, "unfurl_media": False}
            if self._asked.thread:
                body["thread_ts"] = self._asked.thread
            answer = await patiently(
                lambda: self._workspaces.ask(self._asked.team, lambda client: client.chat_postMessage(**body))
            )
            self._interim = str(answer.get("ts") or "")
        if final:
            self._interim = ""


class HomeTab:
    """The person's home tab, in which an error takes the place of everything else."""

    def __init__(self, workspaces: Workspaces, asked: Asked) -> None:
        self._workspaces = workspaces
        self._asked = asked

    async def show(self, shown: Message, *, final: bool) -> None:  # noqa: ARG002 (only errors come here)
        view = {"type": "home", "blocks": shown.blocks}
        await patiently(
            lambda: self._workspaces.ask(
                self._asked.team, lambda client: client.views_publish(user_id=self._asked.user, view=view)
            ),
            repeatable=True,
        )
