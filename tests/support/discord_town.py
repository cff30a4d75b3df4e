"""The tests' Discord as a process with simulated people, and ways to read its messages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.models import ChannelKey
from bot.store.store import Store
from bot.store.votes import StoredVote
from tests.fakes.discord_process import DiscordProcess
from tests.support.bot_process import until
from tests.support.discord_reading import read

Json = dict[str, Any]


class Guild:
    """A server, with what its people do and see."""

    def __init__(self, discord: DiscordProcess, name: str = "Lab", locale: str = "en-US") -> None:
        self.discord = discord
        made = discord.call("state.add_guild", name=name, locale=locale)
        self.id: int = made["id"]
        self.owner: int = made["owner"]

    def add_user(self, name: str, locale: str = "en-US") -> int:
        return int(self.discord.call("state.add_user", name=name, guilds=[self.id], locale=locale)["id"])

    def add_channel(self, name: str, **more: Any) -> int:
        return int(self.discord.call("state.add_channel", guild=self.id, name=name, **more)["id"])

    def key(self, channel: int) -> ChannelKey:
        return ChannelKey("discord", f"{self.id}/{channel}")

    def react(self, message: Json, emoji: str, user: int, **more: Any) -> None:
        self.discord.call("people.react", message=message["id"], emoji=emoji, user=user, **more)

    def unreact(self, message: Json, emoji: str, user: int) -> None:
        self.discord.call("people.unreact", message=message["id"], emoji=emoji, user=user)

    def ask(self, path: str, channel: int, user: int, **options: Any) -> Json:
        """Send a command and return the complete answer that the person sees."""
        begun = self.discord.call("people.slash", path=path, channel=channel, user=user, options=options)
        return self.answer(begun["id"])

    def click(self, message: Json, label: str, user: int) -> Json:
        """Press the button with that label, and return the answer."""
        buttons = [one for row in message["components"] for one in row["components"]]
        custom_id = next(one["custom_id"] for one in buttons if one.get("label") == label)
        begun = self.discord.call("people.click", message=message["id"], custom_id=custom_id, user=user)
        return self.answer(begun["id"])

    def answer(self, interaction: int) -> Json:
        def there() -> Json | None:
            seen: Json = self.discord.call("interaction", interaction=interaction)
            last = (seen["followups"] or [seen["message"]])[-1]
            return None if last is None or is_interim(last) else last

        return until(there)

    def messages(self, channel: int) -> list[Json]:
        """Return the bot's messages in the channel and in the threads opened there."""
        return [one for one in self.discord.messages(channel) if one["author"].get("bot") and one["type"] == 0]

    def digest(self, channel: int, cards: int) -> list[Json]:
        """Wait for the newest digest with its emoji. Return the headline and the messages in its thread."""

        def there() -> list[Json] | None:
            headlines = [one for one in self.messages(channel) if one.get("reactions")]
            if not headlines:
                return None
            head = headlines[-1]
            thread = self.messages(int(head["thread"]["id"])) if head.get("thread") else []
            seeded = all(one.get("reactions") for one in thread)
            return [head, *thread] if len(thread) == cards and seeded else None

        return until(there, 120)


def is_interim(message: Json) -> bool:
    """Return whether the message only announces an answer."""
    waits = message.get("flags", 0) & 128
    return bool(waits) or (not message["embeds"] and message["content"].endswith("…"))


def texts(message: Json) -> list[str]:
    """Return the texts of a message, from top to bottom."""
    found = [read(message["content"]).text]
    for embed in message["embeds"]:
        found += [read(embed.get(part, "")).text for part in ("title", "description")]
        found.append((embed.get("footer") or {}).get("text", ""))
    return [one for one in found if one]


def links(message: Json) -> list[str]:
    """Return the URLs that can be clicked in its text."""
    return [link for embed in message["embeds"] for link in read(embed.get("description", "")).links]


def stored_votes(database: str, channel: ChannelKey, since: datetime) -> Sequence[StoredVote]:
    """Return the stored votes that count for the channel's papers."""

    async def look() -> Sequence[StoredVote]:
        async with Store.open(database) as store:
            return [*await store.votes.present(channel, since)]

    return asyncio.run(look())
