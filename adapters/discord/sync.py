"""Commands are registered only where they differ from what Discord has: it lets an app do so 200 times a day."""

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
# What we say of a command; whatever else Discord tells of one is its own.
_OURS = (
    "type", "name", "description", "name_localizations", "description_localizations", "integration_types", "contexts",
    "options", "required", "autocomplete", "choices", "value", "min_value", "max_value", "min_length", "max_length",
)  # fmt: skip
_TEXTS = ("name_localizations", "description_localizations")


async def synchronise(rest: Rest, application: str, wanted: Sequence[Json]) -> bool:
    """Register the commands in place of all that are there, unless they are the same; whether it was needed.

    Raises PlatformError.
    """
    names = {"application_id": application}
    there = await rest.ask("GET", _PATH, names, query={"with_localizations": "true"}, patience=5.0)
    if there is not None and not isinstance(there, list):
        raise AmbiguousError("platform.lost_answer", platform=NAME)
    if same(wanted, there or []):
        return False
    await rest.ask("PUT", _PATH, names, json=list(wanted), patience=5.0)
    logger.info("registered %d commands with Discord", len(wanted))
    return True


def same(wanted: Sequence[Json], there: Sequence[Json]) -> bool:
    """Whether Discord has these commands, in whatever order, and no others."""

    def by_name(commands: Sequence[Json]) -> list[Any]:
        return sorted(map(_essence, commands), key=lambda one: (one.get("type", 1), one.get("name", "")))

    return by_name(wanted) == by_name(there)


def _essence(value: Any) -> Any:
    """What we say of it, without what is as good as not said."""
    if isinstance(value, Mapping):
        kept = {name: inner if name in _TEXTS else _essence(inner) for name, inner in value.items() if name in _OURS}
        return {name: inner for name, inner in kept.items() if inner not in (None, False, "", [], {})}
    return [_essence(one) for one in value] if isinstance(value, list | tuple) else value
