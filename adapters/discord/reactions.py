"""Emoji reactions on Discord's messages: added, read back, and received from the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.discord.errors import NAME
from adapters.discord.platform import ids
from adapters.discord.rest import Query, Rest
from bot.errors import AmbiguousError
from bot.models import MessageRef, Reaction, Tally, whole
from bot.taste.emoji import normalised

_PAGE, _PAGES = 100, 50
_PATIENCE = 5.0  # seconds that a request may wait for its rate limit; only other votes wait behind it
# Seconds between two requests when reading back: below Discord's 50 a second per bot, with room for people's requests
# meanwhile (https://docs.discord.com/developers/topics/rate-limits#global-rate-limit).
_SPACING = 1 / 30
NORMAL, BURST = 0, 1  # Discord's types of reactions


class DiscordReactions:
    """`bot.ports.Reactions` over HTTP."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._reading = asyncio.Lock()

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        """Add the bot's own reaction to a message, if it is not there yet. Raises as the port does."""
        channel, message = ids(ref)
        path = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"
        await self._rest.ask("PUT", path, {"channel_id": channel, "message_id": message, "emoji": emoji})

    async def read(self, ref: MessageRef) -> Tally:
        """Return who reacted with what, marked incomplete if Discord counts more people than it names.

        Raises as the port does.
        """
        channel, message = ids(ref)
        path = "/channels/{channel_id}/messages/{message_id}"
        names = {"channel_id": channel, "message_id": message}
        message_json = await self._get(path, names)
        if not isinstance(message_json, Mapping):
            raise AmbiguousError("platform.lost_answer", platform=NAME)
        voters_by_emoji: dict[str, dict[str, None]] = {}
        complete = True
        me = str(await self._rest.me())
        for one in message_json.get("reactions") or ():
            counts = _counts(one)
            emoji = one.get("emoji") or {}
            for kind, count in counts.items():
                own = bool(one.get("me_burst" if kind == BURST else "me"))
                if count == int(own):
                    continue
                people = await self._people(channel, message, emoji, kind)
                complete &= len(people) == count
                voters = voters_by_emoji.setdefault(normalised(emoji_name(emoji)), {})
                voters.update(dict.fromkeys(person for person in people if person != me))
        return Tally(tuple((emoji, tuple(people)) for emoji, people in voters_by_emoji.items() if people), complete)

    async def _people(self, channel: str, message: str, emoji: Mapping[str, Any], kind: int) -> set[str]:
        path = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"
        named = f"{emoji.get('name')}:{emoji['id']}" if emoji.get("id") else str(emoji.get("name"))
        names = {"channel_id": channel, "message_id": message, "emoji": named}
        people: set[str] = set()
        query: dict[str, str | int] = {"limit": _PAGE, "type": kind}
        for _ in range(_PAGES):
            page = await self._get(path, names, query)
            users = _ids(page)
            people.update(users)
            if len(users) < _PAGE:
                break
            query["after"] = max(users, key=int)
        return people

    async def _get(self, path: str, names: Mapping[str, str], query: Query | None = None) -> Any:
        async with self._reading:
            await asyncio.sleep(_SPACING)
            return await self._rest.ask("GET", path, names, query=query, patience=_PATIENCE)


class Arrivals:
    """Converts reaction events. Discord gives them no time, so the time of arrival counts, in order."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last: datetime | None = None

    def now(self) -> datetime:
        """Return the present instant, later than every one returned before."""
        instant = self._clock()
        if self._last and instant <= self._last:
            instant = self._last + timedelta(microseconds=1)
        self._last = instant
        return instant

    def reaction(self, event: Mapping[str, Any], *, present: bool) -> Reaction:
        """Convert a `MESSAGE_REACTION_ADD` (`present`) or `MESSAGE_REACTION_REMOVE` event."""
        return Reaction(
            message=message_of(event),
            voter=str(event["user_id"]),
            emoji=emoji_name(event.get("emoji") or {}),
            present=present,
            at=self.now(),
        )


def message_of(event: Mapping[str, Any]) -> MessageRef:
    return MessageRef(NAME, f"{event['channel_id']}/{event['message_id']}")


def emoji_name(emoji: Mapping[str, Any]) -> str:
    """Return an emoji as Unicode, or a server's custom one as `:name:`, with its id for a name if it was deleted."""
    name = emoji.get("name")
    return f":{name or emoji['id']}:" if emoji.get("id") else str(name or "")


def _counts(one: Mapping[str, Any]) -> dict[int, int]:
    details = one.get("count_details") or {}
    total, burst = whole(one.get("count") or 0), whole(details.get("burst") or 0)
    if total is None or burst is None:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    normal = whole(details.get("normal", max(0, total - burst)))
    if normal is None:
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return {NORMAL: normal, BURST: burst}


def _ids(page: object) -> Sequence[str]:
    if page is None:
        return ()
    if not isinstance(page, list):
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    return [str(user["id"]) for user in page if isinstance(user, dict) and whole(user.get("id")) is not None]
