"""Application commands of the Discord double: what the bot registers, checked as Discord checks it, and found again."""

from __future__ import annotations

from collections import Counter, deque

from tests.fakes.discord_errors import Form, Refused
from tests.fakes.discord_model import Json
from tests.fakes.discord_state import DiscordState

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
MOST = {CHAT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
MOST_CHARACTERS = 8000  # names, descriptions and values of one command, in its longest language
DAY, MOST_CREATES = 86_400.0, 200


class Commands:
    """The global ones under guild None, and those of single guilds."""

    def __init__(self, state: DiscordState) -> None:
        self.state = state
        self.registered: dict[int | None, list[Json]] = {}
        self.permissions: dict[tuple[int, int], list[Json]] = {}  # (guild, command): somebody's overrides
        self.overwrites = 0  # how often a whole set was registered
        self._created: dict[int | None, deque[float]] = {}

    def overwrite(self, guild: int | None, bodies: list[Json]) -> list[Json]:
        """Put these in place of all that were there. Raises Refused, and then changes nothing."""
        form = Form()
        for index, body in enumerate(bodies):
            _check_command(form, body, (index,))
        for kind, times in Counter(body.get("type", CHAT) for body in bodies).items():
            if times > MOST.get(kind, 0):
                message = f"Max number of application commands reached ({MOST.get(kind, 0)})"
                form.wrong((), "APPLICATION_COMMANDS_LIMIT", message)
        twice = [key for key, times in Counter(map(_key, bodies)).items() if times > 1]
        if twice:
            form.wrong((), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        form.refuse()
        before = {_key(one): one for one in self.registered.get(guild, [])}
        created = sum(_key(body) not in before for body in bodies)
        self._count(guild, created)
        self.overwrites += 1
        self.registered[guild] = [self._stored(guild, body, before.get(_key(body))) for body in bodies]
        return self.registered[guild]

    def find(self, name: str, kind: int, guild: int | None) -> Json | None:
        """A command as people in that guild (or in no guild) have it; a guild's own come first."""
        for where in (guild, None):
            for one in self.registered.get(where, []):
                if one["name"] == name and one["type"] == kind:
                    return one
        return None

    def by_id(self, number: int, guild: int | None) -> Json:
        for one in self.registered.get(guild, []):
            if int(one["id"]) == number:
                return one
        raise Refused(10063)

    def _count(self, guild: int | None, created: int) -> None:
        times = self._created.setdefault(guild, deque())
        while times and times[0] <= self.state.clock.now() - DAY:
            times.popleft()
        if len(times) + created > MOST_CREATES:
            raise Refused(30034)
        times.extend([self.state.clock.now()] * created)

    def _stored(self, guild: int | None, body: Json, before: Json | None) -> Json:
        stored: Json = {
            "type": CHAT, "description": "", "name_localizations": None, "description_localizations": None,
            "default_member_permissions": None, "nsfw": False, "integration_types": [0], "contexts": None,
            "dm_permission": True, "handler": None,
        } | {name: value for name, value in body.items() if value is not None}  # fmt: skip
        stored["application_id"] = str(self.state.application.id)
        if stored["default_member_permissions"] is not None:
            stored["default_member_permissions"] = str(stored["default_member_permissions"])
        if guild is not None:
            stored["guild_id"] = str(guild)
        same = before is not None and {**before, "id": 0, "version": 0} == {**stored, "id": 0, "version": 0}
        stored["id"] = before["id"] if before else str(self.state.clock.snowflake())
        stored["version"] = before["version"] if before and same else str(self.state.clock.snowflake())
        return stored


def _key(body: Json) -> tuple[object, object]:
    return body.get("name"), body.get("type") or CHAT


def _check_command(form: Form, body: Json, path: tuple[int, ...]) -> None:
    kind = body.get("type") or CHAT
    form.length(body.get("name") or "", 32, *path, "name", least=1)
    if kind == CHAT:
        _check_name(form, body, path)
        form.length(body.get("description") or "", 100, *path, "description", least=1)
    _check_localised(form, body, path, names=kind == CHAT)
    _check_options(form, body.get("options") or [], path)
    if _characters(body) > MOST_CHARACTERS:
        code = "APPLICATION_COMMAND_TOO_LARGE"
        form.wrong(path, code, f"Command exceeds maximum size ({MOST_CHARACTERS})")


def _check_name(form: Form, body: Json, path: tuple[str | int, ...]) -> None:
    name = str(body.get("name") or "")
    if name != name.lower() or not all(one.isalnum() or one in "-_'" for one in name):
        code = "APPLICATION_COMMAND_INVALID_NAME"
        form.wrong((*path, "name"), code, "Command name is invalid")


def _check_localised(form: Form, body: Json, path: tuple[str | int, ...], names: bool) -> None:
    for field, most in (("name_localizations", 32), ("description_localizations", 100)):
        for locale, text in (body.get(field) or {}).items():
            form.length(text, most, *path, field, locale, least=1)
            if field.startswith("name") and names:
                _check_name(form, {"name": text}, (*path, field, locale))


# What may stand below a command, a group and a subcommand, beside plain options, with which neither goes together.
# https://discord.com/developers/docs/interactions/application-commands#subcommands-and-subcommand-groups
NESTED: dict[int | None, set[int]] = {None: {SUBCOMMAND, GROUP}, GROUP: {SUBCOMMAND}, SUBCOMMAND: set()}


def _check_options(form: Form, options: list[Json], path: tuple[str | int, ...], below: int | None = None) -> None:
    form.length(options, 25, *path, "options")
    nested = {one.get("type") in (SUBCOMMAND, GROUP) for one in options}
    if len(nested) > 1 or (below == GROUP and nested == {False}):
        code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        form.wrong((*path, "options"), code, message)
    names = [one.get("name") for one in options]
    if len(names) != len(set(names)):
        form.wrong((*path, "options"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
    required = [bool(one.get("required")) for one in options]
    if required != sorted(required, reverse=True):
        code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
        form.wrong((*path, "options"), code, "Required options must be placed before non-required options")
    for index, one in enumerate(options):
        at = (*path, "options", index)
        kind = one.get("type")
        if kind in (SUBCOMMAND, GROUP) and kind not in NESTED[below]:
            message = f"Value must be one of {sorted(NESTED[below] or set(range(3, 12)))}."
            form.wrong((*at, "type"), "BASE_TYPE_CHOICES", message)
        form.length(one.get("name") or "", 32, *at, "name", least=1)
        _check_name(form, one, at)
        form.length(one.get("description") or "", 100, *at, "description", least=1)
        _check_localised(form, one, at, names=True)
        form.length(one.get("choices"), 25, *at, "choices")
        for number, choice in enumerate(one.get("choices") or []):
            form.length(choice.get("name") or "", 100, *at, "choices", number, "name", least=1)
        if kind in (SUBCOMMAND, GROUP):
            _check_options(form, one.get("options") or [], at, kind)
        elif one.get("options"):
            form.wrong((*at, "options"), "BASE_TYPE_MAX_LENGTH", "Must be 0 or fewer in length.")


def _characters(body: Json) -> int:
    """As Discord counts them: of every text with translations, the longest."""
    total = 0
    for field in ("name", "description"):
        texts = [body.get(field) or "", *(body.get(f"{field}_localizations") or {}).values()]
        total += max(map(len, texts))
    total += sum(len(one.get("name") or "") + len(str(one.get("value", ""))) for one in body.get("choices") or [])
    return total + sum(_characters(one) for one in body.get("options") or [])
