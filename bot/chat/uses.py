"""The use cases that adapters call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.chat.channels import Channels
from bot.chat.installations import Installations
from bot.chat.locks import Locks
from bot.chat.papers import Papers
from bot.chat.questions import Questions
from bot.models import ChannelSettings
from bot.taste.votes import Votes


@dataclass(frozen=True, slots=True)
class UseCases:
    """The use cases behind what people do on a platform.

    `defaults` are the settings of channels not subscribed yet; `clock` returns the instant, in UTC.
    """

    channels: Channels
    papers: Papers
    questions: Questions
    votes: Votes
    installations: Installations
    locks: Locks
    defaults: ChannelSettings
    clock: Callable[[], datetime]
