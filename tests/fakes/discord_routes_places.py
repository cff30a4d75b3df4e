"""Routes of the Discord double: the bot itself, its gateway address, users, guilds, channels."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.discord_errors import Form, Refused
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_model import Channel, Guild, Json, Kind, Permission
from tests.fakes.discord_rest import Call, Table, form_of
from tests.fakes.discord_state import DiscordState
from tests.fakes.discord_threads import DURATIONS
from tests.fakes.discord_wire import channel_json, guild_json, member_json, permission_bits, role_json, user_json

CHANNEL = "/channels/{channel_id}"
GUILD = "/guilds/{guild_id}"
GATEWAY = "/gateway"


class PlaceRoutes:
    """`start` gives the session start limit and the advised number of shards, for `/gateway/bot`."""

    def __init__(self, messages: Messages, start: Callable[[], Json]) -> None:
        self.state: DiscordState = messages.state
        self._start = start

    def table(self) -> Table:
        return {
            ("GET", "/gateway"): self._gateway,
            ("GET", "/gateway/bot"): self._gateway_bot,
            ("GET", "/users/@me"): self._me,
            ("GET", "/users/@me/guilds"): self._my_guilds,
            ("POST", "/users/@me/channels"): self._dm,
            ("DELETE", "/users/@me/guilds/{guild_id}"): self._leave,
            ("GET", "/users/{user_id}"): self._user,
            ("GET", "/oauth2/applications/@me"): self._application,
            ("GET", "/applications/@me"): self._application,
            ("GET", GUILD): self._guild,
            ("GET", f"{GUILD}/channels"): self._guild_channels,
            ("GET", f"{GUILD}/roles"): self._roles,
            ("GET", f"{GUILD}/members/{{user_id}}"): self._member,
            ("GET", CHANNEL): self._channel,
            ("PATCH", CHANNEL): self._edit_channel,
            ("POST", f"{CHANNEL}/typing"): self._typing,
            ("PUT", f"{CHANNEL}/thread-members/@me"): self._typing,
        }

    async def _gateway(self, call: Call) -> Json:
        return {"url": f"ws://{call.host}{GATEWAY}"}

    async def _gateway_bot(self, call: Call) -> Json:
        return {"url": f"ws://{call.host}{GATEWAY}"} | self._start()

    async def _me(self, _call: Call) -> Json:
        return user_json(self.state.bot) | {"mfa_enabled": True, "verified": True, "email": None, "locale": "en-US"}

    async def _my_guilds(self, _call: Call) -> list[Json]:
        return [
            {
                "id": str(one.id), "name": one.name, "icon": None, "banner": None, "owner": False, "features": [],
                "permissions": permission_bits(self.state.permissions(self.state.bot, one)),
            }
            for one in self.state.bots_guilds()
        ]  # fmt: skip

    async def _dm(self, call: Call) -> Json:
        recipient = str(form_of(call.body).get("recipient_id", ""))
        user = self.state.users.get(int(recipient)) if recipient.isdigit() else None
        if user is None:
            raise Refused(10013)
        if user is self.state.bot:
            raise Refused(50007)
        return channel_json(self.state.dm(user))

    async def _leave(self, call: Call) -> None:
        self.state.remove_bot(self.state.guild(call.id("guild_id")))

    async def _user(self, call: Call) -> Json:
        user = self.state.users.get(call.id("user_id"))
        if user is None:
            raise Refused(10013)
        return user_json(user)

    async def _application(self, _call: Call) -> Json:
        app = self.state.application
        owner = next(iter(self.state.guilds.values())).owner if self.state.guilds else self.state.bot
        kinds = {"0": app.guild_install, "1": app.user_install}
        return {
            "id": str(app.id), "name": app.name, "icon": None, "description": "", "bot_public": app.public,
            "bot_require_code_grant": False, "verify_key": "0" * 64, "owner": user_json(owner), "summary": "",
            "bot": user_json(self.state.bot), "flags": app.privileged_intents, "team": None, "tags": [],
            "rpc_origins": [], "redirect_uris": [], "interactions_endpoint_url": None, "type": None,
            "approximate_guild_count": len(self.state.bots_guilds()), "role_connections_verification_url": None,
            "integration_types_config": {kind: {} for kind, allowed in kinds.items() if allowed},
        }  # fmt: skip

    async def _guild(self, call: Call) -> Json:
        guild = self.state.guild(call.id("guild_id"))
        counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
        return guild_json(guild) | (counts if call.query.get("with_counts") in ("1", "true") else {})

    async def _guild_channels(self, call: Call) -> list[Json]:
        guild = self.state.guild(call.id("guild_id"))
        return [channel_json(one) for one in self.state.channels.values() if one.guild is guild and not one.thread]

    async def _roles(self, call: Call) -> list[Json]:
        guild = self.state.guild(call.id("guild_id"))
        return [role_json(one, position) for position, one in enumerate(guild.roles.values())]

    async def _member(self, call: Call) -> Json:
        guild = self.state.guild(call.id("guild_id"))
        member = guild.members.get(call.id("user_id"))
        if member is None:
            raise Refused(10007)
        return member_json(member)

    async def _channel(self, call: Call) -> Json:
        return channel_json(self.state.channel(call.id("channel_id")))

    async def _edit_channel(self, call: Call) -> Json:
        """For threads, what a bot may change of them; for other channels, the name alone."""
        channel, body = self.state.channel(call.id("channel_id")), form_of(call.body)
        form = Form()
        form.length(body.get("name"), 100, "name", least=1)
        form.refuse()
        if channel.thread is None:
            self.state.channel(channel.id, Permission.MANAGE_CHANNELS)
            channel.name = body.get("name") or channel.name
            self.state.emit("CHANNEL_UPDATE", channel_json(channel), channel)
            return channel_json(channel)
        self._edit_thread(channel, body)
        return channel_json(channel)

    def _edit_thread(self, channel: Channel, body: Json) -> None:
        facts = channel.thread
        assert facts is not None
        manages = self.state.may(self.state.bot, channel, Permission.MANAGE_THREADS)
        opened = set(body) <= {"archived"} and body.get("archived") is False and not facts.locked
        if not manages and not opened and (facts.owner is not self.state.bot or "locked" in body):
            raise Refused(50013)
        if facts.archived and body.get("archived") is not False:
            raise Refused(50083)
        minutes = body.get("auto_archive_duration") or facts.auto_archive_minutes
        if minutes not in DURATIONS:
            form = Form()
            form.wrong(("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Value must be one of {set(DURATIONS)}.")
            form.refuse()
        facts.auto_archive_minutes, channel.name = minutes, body.get("name") or channel.name
        facts.locked = bool(body.get("locked", facts.locked))
        facts.tags = [int(tag) for tag in body.get("applied_tags", facts.tags)]
        self.state.archive(channel, bool(body.get("archived", facts.archived)))

    async def _typing(self, call: Call) -> None:
        channel = self.state.channel(call.id("channel_id"))
        if channel.kind in (Kind.FORUM, Kind.CATEGORY):
            raise Refused(50024)


def shard_of(guild: Guild, shards: int) -> int:
    return (guild.id >> 22) % shards
