"""Which channels a person may read, as Slack tells it. Nothing else decides what the home tab and the form show.

A command or a button comes from a channel that Slack let the person use. The home tab and a form that was sent name any
channel, so there membership is asked for.
"""

from __future__ import annotations

from adapters.slack.people import People
from adapters.slack.workspaces import Workspaces
from bot.common.caches import Cache
from bot.errors import SCOPE_MISSING, PermanentError

SECONDS = 60.0  # for which an answer is good
_KEPT = 1_000  # people; each with the ids of their channels
_PAGE, _MOST_PAGES = 999, 20  # https://docs.slack.dev/reference/methods/users.conversations takes fewer than 1000
_KINDS, _ALL_KINDS = "public_channel,private_channel", "public_channel,private_channel,mpim"


class Membership:
    """Asks `users.conversations` and, for direct messages, `conversations.open`."""

    def __init__(self, workspaces: Workspaces, people: People) -> None:
        self._workspaces = workspaces
        self._people = people
        self._channels: Cache[tuple[str, str], frozenset[str]] = Cache(_KEPT, SECONDS)

    async def readable(self, team: str, user: str) -> frozenset[str]:
        """Return the channels that the person is in, and for a full member every public channel that the bot is in.

        Private channels and group messages are among them only where the bot is a member, too. Raises PlatformError.
        """
        theirs = await self._member_of(team, user)
        if await self._people.is_guest(team, user):
            return theirs
        return theirs | await self._public(team)

    async def may_read(self, team: str, user: str, channel: str, *, fresh: bool = False) -> bool:
        """Return whether the person may read the channel; `fresh` asks again, whatever was answered before.

        Raises PlatformError.
        """
        if channel.startswith("D"):
            return channel == await self._direct(team, user)
        if fresh:
            self._channels.forget((team, user))
            self._people.forget(team, user)
            self._people.changed(team, channel)
        room = await self._people.room(team, channel)
        if room.public and not await self._people.is_guest(team, user):
            return True
        return room.known and channel in await self._member_of(team, user)

    async def _member_of(self, team: str, user: str) -> frozenset[str]:
        known = self._channels.get((team, user))
        if known is None:
            try:
                known = await self._listed(team, _ALL_KINDS, user)
            except PermanentError as error:
                if error.code != SCOPE_MISSING:
                    raise
                known = await self._listed(team, _KINDS, user)  # installed before there was mpim:read
            self._channels.put((team, user), known)
        return known

    async def _public(self, team: str) -> frozenset[str]:
        """The bot's own public channels."""
        known = self._channels.get((team, ""))
        if known is None:
            known = await self._listed(team, "public_channel")
            self._channels.put((team, ""), known)
        return known

    async def _listed(self, team: str, kinds: str, user: str = "") -> frozenset[str]:
        """The ids of all pages. Without `user` they are the bot's."""
        found: set[str] = set()
        asked = {"types": kinds, "limit": _PAGE, **({"user": user} if user else {})}
        for _ in range(_MOST_PAGES):
            answer = await self._workspaces.ask(
                team, lambda client: client.api_call("users.conversations", data=dict(asked))
            )
            listed = answer.get("channels")
            if isinstance(listed, list):
                found |= {str(one["id"]) for one in listed if isinstance(one, dict) and one.get("id")}
            more = answer.get("response_metadata")
            cursor = more.get("next_cursor") if isinstance(more, dict) else ""
            if not cursor:
                break
            asked["cursor"] = str(cursor)
        return frozenset(found)

    async def _direct(self, team: str, user: str) -> str:
        """The id of the direct messages between the bot and this person."""
        answer = await self._workspaces.ask(team, lambda client: client.conversations_open(users=user))
        opened = answer.get("channel")
        return str(opened.get("id") or "") if isinstance(opened, dict) else ""
