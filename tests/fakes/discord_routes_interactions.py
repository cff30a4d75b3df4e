"""Routes of the Discord double: application commands, answers to interactions, and their webhooks."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord_commands import Commands
from tests.fakes.discord_errors import Refused
from tests.fakes.discord_interactions import DEFER, DEFER_UPDATE, UPDATE, Interaction, Interactions
from tests.fakes.discord_model import Json, Message
from tests.fakes.discord_rest import Call, Status, Table, form_of
from tests.fakes.discord_wire import message_json

COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


class InteractionRoutes:
    def __init__(self, interactions: Interactions, commands: Commands) -> None:
        self.interactions = interactions
        self.commands = commands
        self.state = interactions.state

    def table(self) -> Table:
        return {
            ("GET", COMMANDS): self._list,
            ("PUT", COMMANDS): self._overwrite,
            ("GET", f"{COMMANDS}/{{command_id}}"): self._command,
            ("GET", GUILD_COMMANDS): self._list,
            ("PUT", GUILD_COMMANDS): self._overwrite,
            ("GET", f"{GUILD_COMMANDS}/permissions"): self._all_permissions,
            ("GET", f"{GUILD_COMMANDS}/{{command_id}}"): self._command,
            ("GET", f"{GUILD_COMMANDS}/{{command_id}}/permissions"): self._permissions,
            ("POST", "/interactions/{webhook_id}/{webhook_token}/callback"): self._callback,
            ("POST", WEBHOOK): self._follow_up,
            ("GET", f"{WEBHOOK}/messages/{{message_id}}"): self._get,
            ("PATCH", f"{WEBHOOK}/messages/{{message_id}}"): self._edit,
            ("DELETE", f"{WEBHOOK}/messages/{{message_id}}"): self._delete,
        }

    def _guild(self, call: Call) -> int | None:
        """The guild of a call, if it names one. Raises Refused for one that the bot is not in."""
        if call.id("application_id") != self.state.application.id:
            raise Refused(10002)
        if "guild_id" not in call.ids:
            return None
        number = call.id("guild_id")
        guild = self.state.guilds.get(number)
        if guild is None or self.state.bot.id not in guild.members:
            raise Refused(50001)
        return number

    async def _list(self, call: Call) -> list[Json]:
        return self.commands.registered.get(self._guild(call), [])

    async def _overwrite(self, call: Call) -> list[Json]:
        guild = self._guild(call)
        if not isinstance(call.body, list):
            raise Refused(50109)
        return self.commands.overwrite(guild, call.body)

    async def _command(self, call: Call) -> Json:
        return self.commands.by_id(call.id("command_id"), self._guild(call))

    async def _permissions(self, call: Call) -> Json:
        guild, command = self._guild(call), call.id("command_id")
        assert guild is not None
        found = self.commands.permissions.get((guild, command))
        if found is None:
            raise Refused(10066)
        return self._permissions_json(guild, command, found)

    async def _all_permissions(self, call: Call) -> list[Json]:
        guild = self._guild(call)
        found = self.commands.permissions.items()
        return [self._permissions_json(where, command, list_) for (where, command), list_ in found if where == guild]

    def _permissions_json(self, guild: int, command: int, permissions: list[Json]) -> Json:
        application = str(self.state.application.id)
        named = {"id": str(command), "application_id": application, "guild_id": str(guild)}
        return named | {"permissions": permissions}

    async def _callback(self, call: Call) -> Any:
        one = self.interactions.respond(call.id("webhook_id"), call.ids["webhook_token"], form_of(call.body))
        if call.query.get("with_response") not in ("1", "true"):
            return None
        told: Json = {"id": str(one.id), "type": one.kind}
        answer: Json = {"interaction": told}
        if one.message is not None or one.response in (DEFER, DEFER_UPDATE):
            number = str(self.interactions.original(one).id)
            told |= {"response_message_id": number, "response_message_loading": one.response == DEFER}
            told |= {"response_message_ephemeral": one.ephemeral}
            answer["resource"] = {"type": one.response}
            if one.message is not None and one.response in (4, UPDATE):
                answer["resource"]["message"] = message_json(one.message, self.state.bot)
        return Status(200, answer)

    async def _follow_up(self, call: Call) -> Any:
        message = self.interactions.follow_up(self._live(call), form_of(call.body))
        return message_json(message, self.state.bot) if call.query.get("wait") in ("1", "true", "True") else None

    async def _get(self, call: Call) -> Json:
        return message_json(self._message(call, self._live(call)), self.state.bot)

    async def _edit(self, call: Call) -> Json:
        one, body = self._live(call), form_of(call.body)
        if self._names_original(call, one):
            return message_json(self.interactions.edit_original(one, body), self.state.bot)
        message = self._message(call, one)
        self.interactions.messages.edit(message, body)
        return message_json(message, self.state.bot)

    async def _delete(self, call: Call) -> None:
        one = self._live(call)
        self.interactions.delete(one, self._message(call, one))

    def _live(self, call: Call) -> Interaction:
        return self.interactions.live(call.id("webhook_id"), call.ids["webhook_token"])

    def _names_original(self, call: Call, one: Interaction) -> bool:
        named = call.ids["message_id"]
        return named == "@original" or (one.message is not None and named == str(one.message.id))

    def _message(self, call: Call, one: Interaction) -> Message:
        if self._names_original(call, one):
            return self.interactions.original(one)
        for message in one.followups:
            if message.id == call.id("message_id"):
                return message
        raise Refused(10008)
