"""Where a click or a command came from, and the way to answer it."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncBoltContext

from adapters.slack.answers import Asked, ByUrl, Ephemeral, Outlet
from adapters.slack.configuring import Configuring
from adapters.slack.people import is_group
from adapters.slack.views import Origin, origin_of
from adapters.slack.window import ANSWER, Trigger, Window
from adapters.slack.workspaces import Workspaces

# Seconds for the asker's language before a modal is opened; a trigger expires after three.
SOON = 0.7


class Clicks:
    """Makes the ways to answer: by the click's `response_url`, in a modal, or by an ephemeral message."""

    def __init__(self, workspaces: Workspaces, configuring: Configuring) -> None:
        self._workspaces = workspaces
        self._configuring = configuring

    def of(
        self, body: dict[str, Any], context: AsyncBoltContext, *, title: str = "chat.name", eager: bool = False
    ) -> tuple[Asked, Outlet]:
        """Return who clicked where, and the way to answer: inside the thread if the message is in one.

        What is clicked in a modal is answered in another on top of it.
        """
        origin = origin_of_click(body)
        asked = asked_by(body, context, origin)
        inside = in_modal(body)
        trigger = Trigger(str(body.get("trigger_id") or ""), eager=eager or inside, pushes=inside)
        return asked, self.window(asked, trigger, origin, title)

    def at_url(self, asked: Asked, body: dict[str, Any]) -> Outlet:
        """Return the way to answer a command: by its `response_url`, or in a modal if it takes a while."""
        origin = Origin(asked.channel, str(body.get("response_url") or ""), "", asked.thread)
        return self.window(asked, Trigger(str(body.get("trigger_id") or "")), origin)

    def window(self, asked: Asked, trigger: Trigger, origin: Origin, title: str = "chat.name") -> Window:
        async def language() -> str:
            return (await self._configuring.language(asked, SOON))[0]

        url = origin.url
        otherwise: Outlet = ByUrl(self._workspaces, url, asked) if url else Ephemeral(self._workspaces, asked)
        return Window(self._workspaces, asked.team, trigger, otherwise, origin, language, title)


def asked_by(body: dict[str, Any], context: AsyncBoltContext, origin: Origin) -> Asked:
    group = is_group(str((body.get("channel") or {}).get("name") or ""))
    return Asked(team_of(context), origin.channel, body["user"]["id"], origin.thread, group)


def origin_of_click(body: dict[str, Any]) -> Origin:
    """Return where a click was: in a message, or in a modal of ours, which says where it was opened."""
    if (body.get("view") or {}).get("callback_id") == ANSWER:
        try:
            return origin_of(body["view"])
        except ValueError:
            return Origin("")
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or ""
    return Origin(str(channel), str(body.get("response_url") or ""), "", str(thread))


def in_modal(body: dict[str, Any]) -> bool:
    return (body.get("view") or {}).get("type") == "modal"


def public_head(body: dict[str, Any]) -> str:
    """Return the timestamp at the head of the thread in which everybody reads the clicked message.

    Empty if only the person who clicked sees it. A message outside a thread is the head of its own.
    """
    container = body.get("container") or {}
    if in_modal(body) or container.get("is_ephemeral") is not False:
        return ""
    return origin_of_click(body).thread or str(container.get("message_ts") or "")


def value_of(body: dict[str, Any]) -> str:
    """Return the value of the button that was clicked, or of what was chosen in a menu."""
    action = body["actions"][0]
    return str((action.get("selected_option") or action).get("value") or "")


def team_of(context: AsyncBoltContext) -> str:
    return str(context.team_id or "")
