"""Reactions on Slack as the core counts them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.common.emoji_names import emoji_of
from adapters.slack.errors import NAME
from bot.models import MessageRef, Reaction, Tally, whole


def tally(reactions: Iterable[Mapping[str, Any]], own: str) -> Tally:
    """Convert the reactions of `reactions.get`, leaving out those of `own`, the bot's user.

    Slack may name fewer people than it counts (https://docs.slack.dev/reference/methods/reactions.get); the tally is
    then incomplete. Raises KeyError and TypeError for a malformed list.
    """
    voters: dict[str, dict[str, None]] = {}
    complete = True
    for one in reactions:
        users = one["users"]
        count = whole(one["count"])
        complete &= count is not None and len(users) >= count
        voters.setdefault(emoji_of(one["name"]), {}).update(dict.fromkeys(user for user in users if user != own))
    return Tally(tuple((emoji, tuple(users)) for emoji, users in voters.items() if users), complete)


def reaction_of(event: Mapping[str, Any], team: str) -> Reaction | None:
    """Convert a `reaction_added` or `reaction_removed` event. Returns None if it is malformed or not about a message.

    The time is the event's own, because events arrive late, twice and out of order.
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
