"""Reactions to messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.models.deliveries import MessageRef


@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's emoji added to, or removed from, a message. `at` is the platform's time of the event, in UTC.

    `emoji` is Unicode, without skin tone; `voter` is the platform's user id, which is stored only as an HMAC.
    """

    message: MessageRef
    voter: str
    emoji: str
    present: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The current reactions to a message: (emoji, voters). Not `complete` if voters are missing."""

    reactions: tuple[tuple[str, tuple[str, ...]], ...]
    complete: bool
