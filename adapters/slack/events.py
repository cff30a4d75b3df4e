"""Events on Slack that nobody waits for: reactions, invitations, closed channels, uninstalled apps.

An event is acknowledged only after its work is done; if that fails, Slack sends the event again. Everything here must
therefore be safe to run twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from adapters.slack.errors import NAME
from adapters.slack.people import People
from adapters.slack.reactions import reaction_of
from adapters.slack.workspaces import Workspaces
from bot.chat.uses import UseCases
from bot.models import ChannelKey

logger = logging.getLogger(__name__)

# https://docs.slack.dev/reference/events: the same events are called `group_…` for a private channel.
_CLOSED: Mapping[str, str] = {
    "channel_archive": "platform.archived",
    "group_archive": "platform.archived",
    "channel_deleted": "platform.channel_gone",
    "group_deleted": "platform.channel_gone",
    "channel_left": "platform.not_member",
    "group_left": "platform.not_member",
}


# Slack's clock and this machine's may differ by seconds; an event is sent again after 1 and 5 minutes.
_CLOCKS_DIFFER = timedelta(minutes=1)


class Events:
    """Listeners for events. `register` them last: the final one acknowledges whatever no other listener takes."""

    def __init__(self, uses: UseCases, workspaces: Workspaces, people: People) -> None:
        self._uses = uses
        self._workspaces = workspaces
        self._people = people

    def register(self, app: AsyncApp) -> None:
        app.event("reaction_added")(self._reacted)
        app.event("reaction_removed")(self._reacted)
        app.event("member_joined_channel")(self._joined)
        for kind in _CLOSED:
            app.event(kind)(self._closed)
        app.event("app_uninstalled")(self._uninstalled)
        app.event("tokens_revoked")(self._revoked)
        # Slack sends an unacknowledged event again.
        app.event(re.compile(".*"))(_nothing)

    async def _reacted(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """Record a vote. Raises StoreError, whereupon Slack sends the event again."""
        if event.get("item_user", context.bot_user_id) != context.bot_user_id:
            return  # a reaction to somebody else's message, which is the usual case
        reaction = reaction_of(event, str(context.team_id or ""))
        if reaction:
            await self._uses.votes.record([reaction])

    async def _joined(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        if event.get("user") != context.bot_user_id:
            return
        team, channel = str(context.team_id or ""), str(event["channel"])
        self._people.changed(team, channel)
        inviter = event.get("inviter")
        if self._people.entered(team, channel) and not inviter:
            return
        asker = await self._people.reader(team, inviter) if inviter else None
        await self._uses.channels.invited(ChannelKey(NAME, f"{team}/{channel}"), asker.language if asker else "")

    async def _closed(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        team, channel = str(context.team_id or ""), str(event["channel"])
        self._people.changed(team, channel)
        await self._uses.channels.removed(ChannelKey(NAME, f"{team}/{channel}"), _CLOSED[event["type"]])

    async def _uninstalled(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        team = str(context.team_id or "")
        logger.warning("the app was uninstalled from %s: its stored data is deleted", team)
        self._workspaces.forget(team)
        await self._uses.channels.forget_workspace(NAME, team, _happened(body))

    async def _revoked(self, event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await self._uninstalled(body, context)


def _happened(body: Mapping[str, Any]) -> datetime | None:
    """Return the latest time at which the event can have happened, None if unknown.

    https://docs.slack.dev/apis/events-api#event-type-structure
    """
    at = body.get("event_time")
    return datetime.fromtimestamp(at, UTC) + _CLOCKS_DIFFER if isinstance(at, int) and 0 < at < 2**32 else None


async def _nothing() -> None:
    """Acknowledge an event that needs no action."""
