"""What people put on messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.models.deliveries import MessageRef


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji put on, or taken off, a message by one person; `at` is the platform's time of the event, UTC.

    `emoji` is Unicode, without skin tone; `voter` is the platform's user id, which is stored only as an HMAC.
    """

    message: MessageRef
    voter: str
    emoji: str
    present: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """The reactions that a platform tells of one message now: (emoji, voters). Incomplete where voters are missing."""

    reactions: tuple[tuple[str, tuple[str, ...]], ...]
    complete: bool
