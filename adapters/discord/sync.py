"""Register commands only if they differ from Discord's, because an app may do so only 200 times a day."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.discord.commands import Json
from adapters.discord.errors import NAME
from adapters.discord.rest import Rest
from bot.errors import AmbiguousError

logger = logging.getLogger(__name__)

_PATH = "/applications/{application_id}/commands"
# The fields that we send; the others in Discord's answers are its own.
_OURS = (
    "type", "name", "description", "name_localizations", "description_localizations", "integration_types", "contexts",
    "options", "required", "autocomplete", "choices", "value", "min_value", "max_value", "min_length", "max_length",
)  # fmt: skip
_TEXTS = ("name_localizations", "description_localizations")


async def synchronise(rest: Rest, application: str, wanted: Sequence[Json]) -> dict[str, str]:
    """Replace all registered commands, unless they are the same already. Return Discord's id of each, by name.

    Raises PlatformError.
    """
    names = {"application_id": application}
    registered = await rest.ask("GET", _PATH, names, query={"with_localizations": "true"}, patience=5.0)
    if registered is not None and not isinstance(registered, list):
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    if not same(wanted, registered or []):
        registered = await rest.ask("PUT", _PATH, names, json=list(wanted), patience=5.0)
        logger.info("registered %d commands with Discord", len(wanted))
    listed = registered if isinstance(registered, list) else []
    return {str(one["name"]): str(one["id"]) for one in listed if isinstance(one, Mapping) and {"name", "id"} <= {*one}}


def same(wanted: Sequence[Json], registered: Sequence[Json]) -> bool:
    """Return whether Discord has exactly these commands, in any order."""

    def by_name(commands: Sequence[Json]) -> list[Any]:
        return sorted(map(_essence, commands), key=lambda one: (one.get("type", 1), one.get("name", "")))

    return by_name(wanted) == by_name(registered)


def _essence(value: Any) -> Any:
    """Return the value reduced to our own fields, without empty ones."""
    if isinstance(value, Mapping):
        fields = {name: inner if name in _TEXTS else _essence(inner) for name, inner in value.items() if name in _OURS}
        return {name: inner for name, inner in fields.items() if inner not in (None, False, "", [], {})}
    return [_essence(one) for one in value] if isinstance(value, list | tuple) else value
