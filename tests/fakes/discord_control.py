"""The Discord double as a process of its own, and what is done to it there: JSON over HTTP under `/_control/`.

    python -m tests.fakes.discord_control [--port N] [--pace P] [--no-contract] [--flows]

The first line that it prints is its address. `POST /_control/NAME` with an object of arguments does what Control has
under that name: `people.react` with `{"message": 12, "emoji": "👍", "user": 34}`. Guilds, channels, messages, users and
interactions are given and answered by their ids, which are whole numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.discord_errors import Refused
from tests.fakes.discord_faults import Fault
from tests.fakes.discord_filling import NotOffered
from tests.fakes.discord_interactions import Interaction
from tests.fakes.discord_model import Channel, Guild, Json, Kind, Message, Permission, Role, User
from tests.fakes.discord_page import page
from tests.fakes.discord_wire import message_json

if TYPE_CHECKING:
    from tests.fakes.discord import DiscordDouble

PERMISSIONS = {"permissions", "allow", "deny"}  # arguments that are bits


class Control:
    def __init__(self, double: DiscordDouble) -> None:
        self.double = double
        state, people, gateway = double.state, double.people, double.gateway
        self.calls: dict[str, Callable[..., object]] = {
            "messages": lambda channel: list(channel.shown),
            "channels": lambda: list(state.channels.values()),
            "interaction": lambda interaction: interaction,
            "open_thread": lambda message, user, name: double.threads.under(message, user, {"name": name}),
            "page": lambda channel, thread=None: page(state, channel, thread),
            "books": self._books,
            "log": self._log,
            "counts": self._counts,
            "rates": self._rates,
            "advance": double.clock.advance,
            "forum": self._forum,
            "intents": lambda privileged: setattr(state.application, "privileged_intents", privileged),
            "install": lambda user, installed=True: setattr(user, "installed", installed),
            "close_dms": lambda user: setattr(user, "dms_open", False),
            "vanish": lambda user: setattr(user, "deleted", True),
        }
        for owner, names in (
            (state, "add_guild add_user add_bot remove_bot add_role delete_channel allow dm"),
            (people, "say dm delete react unreact clear clear_emoji slash complete menu click submit override"),
            (gateway, "drop close reconnect invalidate forget silence"),
            (double.faults, "add refuse clear"),
        ):
            where = {id(state): "state", id(people): "people", id(gateway): "gateway"}.get(id(owner), "faults")
            self.calls |= {f"{where}.{name}": getattr(owner, name) for name in names.split()}
        self.calls["state.add_user"] = lambda name, guilds=(), **more: state.add_user(name, *guilds, **more)
        self.calls["state.add_channel"] = self._add_channel

    async def serve(self, request: web.Request) -> web.Response:
        call = self.calls.get(request.match_info["call"])
        if call is None:
            return web.json_response({"error": "no such call"}, status=404)
        asked = await request.json() if request.can_read_body else {}
        options = asked.pop("options", {})
        try:
            found = call(**{name: self._found(name, value) for name, value in asked.items()}, **options)
        except (NotOffered, Refused, KeyError, TypeError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(self._told(found))

    def _found(self, name: str, value: Any) -> Any:
        """What an argument's id stands for."""
        state = self.double.state
        number = isinstance(value, int) and not isinstance(value, bool)
        if name in PERMISSIONS:
            return Permission(value)
        if name == "guilds":
            return [state.guilds[one] for one in value]
        if name == "who":
            roles = {number: role for guild in state.guilds.values() for number, role in guild.roles.items()}
            return roles.get(value) or state.users[value]
        finders: dict[str, Callable[[int], object]] = {
            "guild": state.guilds.__getitem__, "channel": state.channels.__getitem__, "user": state.users.__getitem__,
            "thread": state.channels.__getitem__, "message": self._message, "reply_to": self._message,
            "interaction": self.double.interactions.begun.__getitem__,
            "opened": self.double.interactions.begun.__getitem__,
        }  # fmt: skip
        return finders[name](value) if number and name in finders else value

    def _message(self, number: int) -> Message:
        for channel in self.double.state.channels.values():
            if number in channel.messages:
                return channel.messages[number]
        for one in self.double.interactions.begun.values():
            for message in (one.message, *one.followups):
                if message and message.id == number:
                    return message
        raise KeyError(number)

    def _told(self, value: object) -> Any:
        found: Any = value
        match value:
            case list():
                found = [self._told(one) for one in value]
            case Guild():
                found = {"id": value.id, "owner": value.owner.id}
            case Channel():
                facts = value.thread
                place = {"guild": value.guild.id if value.guild else None, "parent": value.parent and value.parent.id}
                thread = {"archived": facts.archived, "locked": facts.locked} if facts else None
                found = {"id": value.id, "name": value.name, "kind": int(value.kind), "thread": thread} | place
            case User() | Role():
                found = {"id": value.id}
            case Fault():
                found = {"met": value.met}
            case Message():
                more = {"id": value.id, "nonce": value.nonce, "custom_ids": value.custom_ids}
                more |= {"ephemeral": value.ephemeral, "edited": len(value.edits)}
                found = message_json(value, self.double.state.bot) | more
            case Interaction():
                found = self._interaction(value)
        return found

    def _interaction(self, one: Interaction) -> Json:
        return {
            "id": one.id, "response": one.response, "ephemeral": one.ephemeral, "edits": one.edits,
            "message": self._told(one.message), "followups": self._told(one.followups), "choices": one.choices,
            "modal": one.modal, "seconds": one.real_first_after, "deleted": one.deleted,
            "shown_after": one.real_shown_after,
        }  # fmt: skip

    def _add_channel(self, guild: Guild, name: str, kind: int = Kind.TEXT, tags: tuple[str, ...] = ()) -> Channel:
        return self.double.state.add_channel(guild, name, Kind(kind), *tags)

    def _forum(self, channel: Channel, require_tag: bool) -> None:
        channel.require_tag = require_tag

    def _rates(self, **changed: float) -> None:
        for name, value in changed.items():
            setattr(self.double.rates, name, value)

    def _books(self, expected: list[str]) -> Json:
        """Of the expected keys (nonces, or what stands in a custom id), those never posted and those posted again."""
        posted = self.double.posted()
        return {
            "lost": [key for key in expected if not posted[key]],
            "duplicated": {key: posted[key] for key in expected if posted[key] > 1},
        }

    def _log(self) -> Json:
        return self._counts() | {"findings": self.double.findings}

    def _counts(self) -> Json:
        """The same without the findings, for which requests may have to be checked first."""
        double = self.double
        statuses = Counter(str(one.status) for one in double.rest.requests)
        return {
            "requests": double.rest.counts, "statuses": statuses, "busiest": double.rates.busiest.most,
            "limited": double.rates.limited, "invalid": double.rates.invalid,
            "identified": double.gateway.identified, "resumed": double.gateway.resumed,
            "connected": len(double.gateway.connected), "overwrites": double.commands.overwrites,
            "checked": double.contract.checked,
        }  # fmt: skip


def keys_of(message: Message) -> set[str]:
    """A message's nonce, and the words of its custom ids."""
    words = {word for one in message.custom_ids for word in re.split(r"[^A-Za-z0-9_-]", one)}
    return words | ({message.nonce} if message.nonce else set())


async def serve(double: DiscordDouble, port: int) -> None:
    async with double.running(port) as url:
        print(json.dumps({"url": url}), flush=True)  # noqa: T201 - whoever started the process reads it
        parent = os.getppid()
        while os.getppid() == parent:  # noqa: ASYNC110 - whoever started it may be killed, and nothing tells
            await asyncio.sleep(1)


def main() -> None:
    from tests.fakes.discord import DiscordDouble
    from tests.fakes.discord_state import TOKEN

    parser = argparse.ArgumentParser(description="A Discord for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one (default)")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--pace", type=float, default=0.01, help="1: Discord's own rates")
    parser.add_argument("--no-contract", dest="contract", action="store_false")
    parser.add_argument("--flows", action="store_true", help="limits of seconds count real time")
    options = vars(parser.parse_args())
    port = options.pop("port")
    asyncio.run(serve(DiscordDouble(**options), port))


if __name__ == "__main__":
    main()
