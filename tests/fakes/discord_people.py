"""The people of the Discord double: they write, react, click, and give commands, as clients of Discord let them."""

from __future__ import annotations

import secrets

from tests.fakes.discord_commands import CHAT, GROUP, MESSAGE_MENU, SUBCOMMAND, Commands
from tests.fakes.discord_filling import NotOffered, filled_in, submitted
from tests.fakes.discord_interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction, Interactions, owners
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_model import Channel, Json, Message, Permission, User, flattened
from tests.fakes.discord_state import Event
from tests.fakes.discord_wire import channel_json, member_json, message_json, permission_bits, user_json

GUILD, BOT_DM, PRIVATE = 0, 1, 2  # where a command may be used
FOR_GUILDS, FOR_USERS = 0, 1  # for whom an application is installed


class People:
    def __init__(self, messages: Messages, commands: Commands, interactions: Interactions) -> None:
        self.state = messages.state
        self.messages = messages
        self.commands = commands
        self.interactions = interactions

    # Messages and reactions

    def say(
        self,
        channel: Channel,
        user: User,
        text: str,
        mentions_bot: bool = False,
        reply_to: Message | None = None,
        pings: bool = True,
    ) -> Message:
        """`pings` is the switch beside a reply's field: whether whoever is answered is mentioned, as clients do."""
        body: Json = {"content": f"{self.state.bot.mention} {text}" if mentions_bot else text}
        if reply_to:
            body["message_reference"] = {"message_id": str(reply_to.id)}
        message = self.messages.compose(channel, user, body)
        if reply_to and pings and reply_to.author not in message.mentions:
            message.mentions.append(reply_to.author)
        self.messages.add(message)
        return message

    def dm(self, user: User, text: str) -> Message:
        return self.say(self.state.dm(user), user, text)

    def delete(self, message: Message) -> None:
        self.messages.delete(message)

    def react(self, message: Message, emoji: str, user: User, burst: bool = False) -> None:
        self.messages.react(message, emoji, user, burst)

    def unreact(self, message: Message, emoji: str, user: User, burst: bool = False) -> None:
        self.messages.unreact(message, emoji, user, burst)

    def clear(self, message: Message) -> None:
        self.messages.clear(message)

    def clear_emoji(self, message: Message, emoji: str) -> None:
        self.messages.clear(message, emoji)

    # Commands

    def slash(self, path: str, channel: Channel, user: User, **options: object) -> Interaction:
        """`people.slash("digest time", papers, ada, at="07:00")`. Raises NotOffered."""
        return self._command(COMMAND, path, channel, user, options)

    def slash_from_cache(
        self, remembered: Json, path: str, channel: Channel, user: User, **options: object
    ) -> Interaction:
        """The same by a client that has not heard yet that the command was registered anew; it knows the old one."""
        return self._command(COMMAND, path, channel, user, options, remembered=remembered)

    def complete(self, path: str, channel: Channel, user: User, focused: str, **options: object) -> Interaction:
        """What a client asks while somebody types the option `focused`; `choices` of the result has the answer."""
        return self._command(AUTOCOMPLETE, path, channel, user, options, focused)

    def menu(self, name: str, message: Message, user: User) -> Interaction:
        """A command of a message's context menu."""
        command, alone = self._offered(name, MESSAGE_MENU, message.channel, user)
        seen = message_json(message, self.state.bot)
        asked = {
            "id": command["id"], "name": name, "type": MESSAGE_MENU, "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): seen}},
        }  # fmt: skip
        return self._begin(COMMAND, message.channel, user, asked, alone, name)

    def _command(
        self,
        kind: int,
        path: str,
        channel: Channel,
        user: User,
        options: dict[str, object],
        focused: str = "",
        remembered: Json | None = None,
    ) -> Interaction:
        name, *steps = path.split()
        command, alone = self._offered(name, CHAT, channel, user)
        command = {**command, "options": remembered.get("options")} if remembered else command
        asked: Json = {"id": command["id"], "name": name, "type": CHAT}
        at, known = asked, command.get("options") or []
        for step in steps:
            [found] = [one for one in known if one["name"] == step and one["type"] in (SUBCOMMAND, GROUP)] or [None]
            if found is None:
                raise NotOffered(f"/{path}: no {step!r}")
            at["options"] = [{"name": step, "type": found["type"]}]
            at, known = at["options"][0], found.get("options") or []
        if any(one["type"] in (SUBCOMMAND, GROUP) for one in known):
            raise NotOffered(f"/{path} needs a sub-command")
        at["options"] = filled_in(path, known, options, focused)
        return self._begin(kind, channel, user, asked, alone, path)

    def _offered(self, name: str, kind: int, channel: Channel, user: User) -> tuple[Json, bool]:
        """The command as this person has it here, and whether it is there for the person alone."""
        guild = channel.guild
        command = self.commands.find(name, kind, guild.id if guild else None)
        if command is None:
            raise NotOffered(f"{name}: no such command")
        place = GUILD if guild else BOT_DM if channel.recipient is user else PRIVATE
        contexts = command.get("contexts")
        if contexts is not None and place not in contexts:
            raise NotOffered(f"{name}: not in this kind of place")
        kinds = command["integration_types"]
        here = FOR_GUILDS in kinds and place != PRIVATE and (guild is None or self.state.bot.id in guild.members)
        if here and guild:
            self._check_permission(command, channel, user)
        if not here and not (FOR_USERS in kinds and user.installed):
            raise NotOffered(f"{name}: the application is not installed here")
        return command, not here

    def _check_permission(self, command: Json, channel: Channel, user: User) -> None:
        assert channel.guild is not None
        have = self.state.permissions(user, channel)
        if Permission.ADMINISTRATOR in have:
            return
        if Permission.USE_APPLICATION_COMMANDS not in have:
            raise NotOffered("this person may use no commands here")
        member = channel.guild.members[user.id]
        overrides = self.commands.permissions.get((channel.guild.id, int(command["id"])), [])
        meant = [one for one in overrides if int(one["id"]) in {user.id, channel.guild.id, *member.roles}]
        if meant:
            own = [one for one in meant if int(one["id"]) == user.id] or meant
            if not any(one["permission"] for one in own):
                raise NotOffered(f"{command['name']}: an override of this server forbids it")
            return
        needed = command["default_member_permissions"]
        if needed is not None and (int(needed) == 0 or int(needed) & ~int(have)):
            raise NotOffered(f"{command['name']}: needs permissions {needed}")

    def override(self, command: str, user: User, channel: Channel, allowed: bool) -> None:
        """A server's manager lets somebody use a command, or not, whatever their permissions."""
        guild = channel.guild
        assert guild is not None
        found = self.commands.find(command, CHAT, guild.id)
        assert found is not None
        listed = self.commands.permissions.setdefault((guild.id, int(found["id"])), [])
        listed.append({"id": str(user.id), "type": 2, "permission": allowed})

    # Buttons, menus, forms

    def click(self, message: Message, custom_id: str, user: User, values: list[str] | None = None) -> Interaction:
        """A button, or with `values` a menu's choice. Raises NotOffered."""
        found = [one for one in flattened(message.components) if one.get("custom_id") == custom_id]
        if not found or found[0].get("disabled"):
            raise NotOffered(f"{custom_id}: not there, or off")
        asked: Json = {"custom_id": custom_id, "component_type": found[0]["type"], "id": found[0].get("id", 0)}
        if values is not None:
            asked["values"] = values
        return self._begin(COMPONENT, message.channel, user, asked, False, custom_id, message)

    def submit(self, opened: Interaction, **values: str | list[str]) -> Interaction:
        """Fill in and send the form that an interaction opened, by the custom ids of its fields."""
        if opened.modal is None:
            raise NotOffered("no form is open")
        unknown = values.keys() - {one.get("custom_id") for one in flattened(opened.modal["components"])}
        if unknown:
            raise NotOffered(f"the form has no {sorted(unknown)}")
        asked = {
            "custom_id": opened.modal["custom_id"],
            "components": [submitted(one, values) for one in opened.modal["components"]],
        }
        return self._begin(MODAL, opened.channel, opened.user, asked, False, asked["custom_id"], opened.source)

    def _begin(
        self,
        kind: int,
        channel: Channel,
        user: User,
        asked: Json,
        alone: bool,
        name: str,
        source: Message | None = None,
    ) -> Interaction:
        number = self.state.clock.snowflake()
        token = f"aW50ZXJhY3Rpb24{number}{secrets.token_hex(8)}"
        one = Interaction(number, token, kind, user, channel, asked, self.state.clock.elapsed(), alone, name, source)
        self.interactions.begin(one)
        event = Event("INTERACTION_CREATE", self._told(one), channel.guild.id if channel.guild else None)
        for listen in self.state.listeners:
            listen(event)
        return one

    def _told(self, one: Interaction) -> Json:
        """An interaction as the bot gets it."""
        channel, guild = one.channel, one.channel.guild
        place = GUILD if guild else BOT_DM if channel.recipient is one.user else PRIVATE
        may = permission_bits(self.state.permissions(one.user, channel))
        told: Json = {
            "id": str(one.id), "application_id": str(self.state.application.id), "type": one.kind, "token": one.token,
            "version": 1, "data": one.asked, "channel_id": str(channel.id), "entitlements": [], "context": place,
            "channel": channel_json(channel) | {"permissions": may}, "locale": one.user.locale,
            "app_permissions": permission_bits(self.state.permissions(self.state.bot, channel)),
            "authorizing_integration_owners": owners(one), "attachment_size_limit": 10_485_760,
        }  # fmt: skip
        if one.source:
            told["message"] = message_json(one.source, self.state.bot)
        if guild is None:
            return told | {"user": user_json(one.user)}
        member = member_json(guild.members[one.user.id]) | {"permissions": may}
        about = {"id": str(guild.id), "locale": guild.locale, "features": []}
        return told | {"guild_id": str(guild.id), "guild": about, "guild_locale": guild.locale, "member": member}
