"""Reactions on Slack as the core counts them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.common.emoji_names import emoji_of
from adapters.slack.errors import NAME
from bot.models import MessageRef, Reaction, Tally, whole


def tally(reactions: Iterable[Mapping[str, Any]], own: str) -> Tally:
    """The reactions of `reactions.get`, without those of `own`, the bot's user.

    Slack may name fewer people than it counts (https://docs.slack.dev/reference/methods/reactions.get).
    Raises KeyError and TypeError for what is no such list.
    """
    found: dict[str, dict[str, None]] = {}
    complete = True
    for one in reactions:
        users = one["users"]
        count = whole(one["count"])
        complete &= count is not None and len(users) >= count
        found.setdefault(emoji_of(one["name"]), {}).update(dict.fromkeys(user for user in users if user != own))
    return Tally(tuple((emoji, tuple(users)) for emoji, users in found.items() if users), complete)


def reaction_of(event: Mapping[str, Any], team: str) -> Reaction | None:
    """The event `reaction_added` or `reaction_removed`; None for one that is about no message, or malformed.

    Its time is the event's own: events come late, twice and out of order.
    """
    item = event.get("item") or {}
    try:
        if item["type"] != "message":
            return None
        at = datetime.fromtimestamp(float(event["event_ts"]), UTC)
        message = MessageRef(NAME, f"{team}/{item['channel']}/{item['ts']}")
        return Reaction(
            message, str(event["user"]), emoji_of(str(event["reaction"])), event["type"] == "reaction_added", at
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
