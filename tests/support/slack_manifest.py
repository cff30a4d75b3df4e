"""The Slack app's manifest, and the rules that Slack has for one.

The rules are those of the reference (https://docs.slack.dev/reference/app-manifest) and of the schema that Slack
publishes (https://github.com/slackapi/manifest-schema, version 1), for the parts that an app like ours may have.
"""

from __future__ import annotations

from typing import Any

import yaml

from tests.support.needs import ROOT

FILE = ROOT / "adapters" / "slack" / "manifest.yaml"

Json = dict[str, Any]


def manifest() -> Json:
    """Return the manifest as Slack reads it."""
    loaded: Json = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def scopes() -> frozenset[str]:
    """Return the scopes of the bot token that an installation gives."""
    return frozenset(manifest()["oauth_config"]["scopes"]["bot"])


def events() -> frozenset[str]:
    """Return the events that the app subscribes to."""
    return frozenset(manifest()["settings"]["event_subscriptions"]["bot_events"])


def shortcuts() -> frozenset[str]:
    """Return the callback ids of the app's shortcuts."""
    return frozenset(one["callback_id"] for one in manifest()["features"].get("shortcuts", ()))


# --- the rules --------------------------------------------------------------------------------


def _text(most: int, *, least: int = 1, pattern: str = "") -> Json:
    return {"type": "string", "minLength": least, "maxLength": most, **({"pattern": pattern} if pattern else {})}


def _several(item: Json, most: int, *, least: int = 0) -> Json:
    return {"type": "array", "items": item, "minItems": least, "maxItems": most, "uniqueItems": True}


def _object(*required: str, **properties: Json) -> Json:
    return {"type": "object", "additionalProperties": False, "required": [*required], "properties": properties}


_FLAG: Json = {"type": "boolean"}
_URL = r"^https?://"
_NAMES = _text(50)
_COMMAND = _object(
    "command",
    "description",
    command=_text(32, least=2, pattern="^/"),
    description=_text(2_000),
    usage_hint=_text(1_000),
    should_escape=_FLAG,
    url=_text(3_000, pattern=_URL),
)
_SHORTCUT = _object(
    "name",
    "type",
    "callback_id",
    "description",
    name=_text(24),
    type={"enum": ["message", "global"]},
    callback_id=_text(255),
    description=_text(150),
)
SCHEMA = _object(
    "display_information",
    display_information=_object(
        "name",
        name=_text(35),
        description=_text(140),
        background_color=_text(7, least=4, pattern="^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
        long_description=_text(4_000, least=175),
    ),
    features=_object(
        app_home=_object(home_tab_enabled=_FLAG, messages_tab_enabled=_FLAG, messages_tab_read_only_enabled=_FLAG),
        bot_user=_object("display_name", display_name=_text(80), always_online=_FLAG),
        shortcuts=_several(_SHORTCUT, 10, least=1),
        slash_commands=_several(_COMMAND, 50, least=1),
    ),
    oauth_config=_object(
        redirect_urls=_several(_text(2_500), 1_000),
        scopes=_object(bot=_several(_NAMES, 255), bot_optional=_several(_NAMES, 255)),
    ),
    settings=_object(
        event_subscriptions=_object(request_url=_text(3_500, pattern=_URL), bot_events=_several(_NAMES, 100)),
        interactivity=_object("is_enabled", is_enabled=_FLAG, request_url=_text(3_500, pattern=_URL)),
        org_deploy_enabled=_FLAG,
        socket_mode_enabled=_FLAG,
        token_rotation_enabled=_FLAG,
    ),
)
