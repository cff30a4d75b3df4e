"""Look up people and channels on Slack; the answers are cached for a short while."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from adapters.slack.workspaces import Workspaces
from bot.common.caches import Cache
from bot.errors import PermanentError, PlatformError
from bot.models import Asker

_USER_SECONDS, _CHANNEL_SECONDS = 60.0, 30.0  # a demoted admin keeps their power no longer than that
_KEPT = 5_000
_PATIENCE = 2.0  # seconds to wait for a person's language


@dataclass(frozen=True, slots=True)
class Person:
    """A person as in `users.info`. `language` is a BCP 47 tag."""

    language: str = ""
    is_admin: bool = False
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A channel as in `conversations.info`. `known` is false if the bot may not see it.

    `direct` are direct messages with one person (`with_user`), `group` those with several.
    """

    known: bool
    member: bool = False
    public: bool = False
    direct: bool = False
    group: bool = False
    creator: str = ""
    with_user: str = ""  # of direct messages, the person


class People:
    """Asks `users.info` and `conversations.info`."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._people: Cache[tuple[str, str], Person] = Cache(_KEPT, _USER_SECONDS)
        self._rooms: Cache[tuple[str, str], Room] = Cache(_KEPT, _CHANNEL_SECONDS)
        self._entered: set[tuple[str, str]] = set()

    async def asker(self, team: str, user: str, channel: str) -> Asker:
        """Return the asker with their rights in the channel. Raises PlatformError.

        Workspace admins and owners, and the channel's creator, may change its settings; any full member may bring the
        bot into a channel. Direct messages are for the people in them to change, whoever else is an admin.
        """
        person = await self._person(team, user)
        room = await self.room(team, channel)
        if room.direct:
            own = bool(user) and room.with_user == user
            return Asker(user, own, own and not person.is_guest, person.language)
        is_creator = bool(user) and room.creator == user
        is_equal = room.group and not person.is_guest
        return Asker(user, person.is_admin or is_creator or is_equal, not person.is_guest, person.language)

    async def is_guest(self, team: str, user: str) -> bool:
        """Return whether the person sees only the channels they are in. Raises PlatformError."""
        return (await self._person(team, user)).is_guest

    async def reader(self, team: str, user: str, patience: float = _PATIENCE) -> Asker:
        """Return the asker of a read-only command, with their language if Slack tells it within `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                return Asker(user, language=(await self._person(team, user)).language)
        except (PlatformError, TimeoutError):
            return Asker(user)

    async def room(self, team: str, channel: str) -> Room:
        """Return the channel, from the cache if it is fresh. Raises PlatformError."""
        room = self._rooms.get((team, channel))
        if room is None:
            room = await self._ask_room(team, channel)
            self._rooms.put((team, channel), room)
        return room

    async def enter(self, team: str, channel: str) -> bool:
        """Join the channel if that needs no invitation. Return whether the bot is now a member.

        Raises PlatformError.
        """
        room = await self.room(team, channel)
        if room.member or room.direct:
            return True
        if not room.public:
            return False
        self._entered.add((team, channel))
        await self._workspaces.ask(team, lambda client: client.conversations_join(channel=channel))
        self._rooms.forget((team, channel))
        return True

    def entered(self, team: str, channel: str) -> bool:
        """Return whether the bot joined by `enter` since the last call.

        Slack reports that like an invitation, so it has to be told apart.
        """
        joined = (team, channel) in self._entered
        self._entered.discard((team, channel))
        return joined

    def changed(self, team: str, channel: str) -> None:
        """Forget the channel, whose membership or existence has changed."""
        self._rooms.forget((team, channel))

    def forget(self, team: str, user: str) -> None:
        """Ask Slack about the person again when next needed."""
        self._people.forget((team, user))

    async def _person(self, team: str, user: str) -> Person:
        person = self._people.get((team, user))
        if person is None:
            person = await self._ask_person(team, user)
            self._people.put((team, user), person)
        return person

    async def _ask_person(self, team: str, user: str) -> Person:
        answer = await self._workspaces.ask(
            team, lambda client: client.api_call("users.info", data={"user": user, "include_locale": 1})
        )
        profile = _object(answer, "user")
        admin = any(profile.get(name) is True for name in ("is_admin", "is_owner", "is_primary_owner"))
        guest = any(profile.get(name) is True for name in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        return Person(str(profile.get("locale") or ""), admin, guest)

    async def _ask_room(self, team: str, channel: str) -> Room:
        try:
            answer = await self._workspaces.ask(
                team, lambda client: client.api_call("conversations.info", data={"channel": channel})
            )
        except PermanentError as error:
            # A private channel without the bot, or direct messages between two others.
            if error.code in ("platform.channel_gone", "platform.not_member"):
                return Room(known=False)
            raise
        details = _object(answer, "channel")
        direct, group = details.get("is_im") is True, details.get("is_mpim") is True
        member = details.get("is_member") is True or group  # the bot sees no group that it is not in
        public = not (direct or group) and details.get("is_private") is False and details.get("is_archived") is not True
        creator, with_user = (str(details.get(name) or "") for name in ("creator", "user"))
        return Room(True, member, public, direct, group, creator, with_user)


def is_group(name: str) -> bool:
    """Whether a channel of that name is a group direct message. Slack names it after the people in it."""
    return name.startswith("mpdm-")


def _object(answer: dict[str, Any], name: str) -> dict[str, Any]:
    value = answer.get(name)
    return value if isinstance(value, dict) else {}
