"""What the tests' chat platform knows: channels, threads, messages, reactions, and its books of what it accepted.

No I/O and no clock of its own. Its text has a small markup: `<https://…|label>` is a link, `<@name>` and `<!everyone>`
are mentions, and `&lt;`, `&gt;`, `&amp;` stand for the characters. People see what is left after that.
"""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

LONGEST_TEXT = 4_000  # characters of markup in one message
LONGEST_KEY = 25
BOT = "bot"  # the user whose reactions and messages are ours
_MARKUP = re.compile(r"<([^<>]*)>")


class Refusal(StrEnum):
    """Why the platform does not take something, now and for good."""

    CHANNEL_GONE = "channel_gone"
    NOT_MEMBER = "not_member"
    ARCHIVED = "archived"
    FORBIDDEN = "forbidden"
    TOKEN = "token"
    MESSAGE_GONE = "message_gone"
    REJECTED = "rejected"


class Refused(Exception):
    """Raised where a request breaks the platform's rules; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass
class Message:
    """One message; `thread` is the id of the message that it stands under. Times are seconds since 1970."""

    id: int
    channel: str
    thread: int | None
    key: str
    markup: str
    at: float
    edited: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def visible(self) -> str:
        """The text as people see it."""
        return html.unescape(_MARKUP.sub(lambda match: _label(match[1]), self.markup))

    @property
    def links(self) -> list[str]:
        pieces = [piece for piece in _MARKUP.findall(self.markup) if not piece.startswith(("@", "!"))]
        return [html.unescape(piece.partition("|")[0]) for piece in pieces]

    @property
    def mentions(self) -> int:
        """How many times somebody would have been notified."""
        return sum(piece.startswith(("@", "!")) for piece in _MARKUP.findall(self.markup))


def _label(piece: str) -> str:
    if piece.startswith(("@", "!")):
        return "@" + piece[1:]
    address, _, label = piece.partition("|")
    return label or address


class Busiest:
    """The most events in any one second, of events told in the order of their times."""

    def __init__(self) -> None:
        self.most = 0
        self._recent: deque[float] = deque()

    def room(self, now: float, rate: float) -> bool:
        """Whether one more event keeps to the rate."""
        self._forget(now)
        return len(self._recent) + 1 <= rate

    def add(self, now: float) -> None:
        self._forget(now)
        self._recent.append(now)
        self.most = max(self.most, len(self._recent))

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()


class PlatformState:
    """Everything that outlives a request."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.accepted: Counter[str] = Counter()  # messages by key, those deleted since included
        self.refusals: dict[str, Refusal] = {}  # by channel
        self.requests: Counter[str] = Counter()  # by what was asked, whatever came of it
        self.busiest = Busiest()
        self.busiest_by_channel: dict[str, Busiest] = {}
        self._last_id = 0
        self._by_key: dict[tuple[str, str], list[int]] = {}

    def post(self, channel: str, thread: int | None, key: str, markup: str, now: float) -> Message:
        """Accept a message. Raises Refused for a channel, thread, key or text that does not do."""
        self._enter(channel)
        if thread is not None:
            self.message(channel, thread)
        if not key or len(key) > LONGEST_KEY:
            raise Refused(Refusal.REJECTED)
        self._check(markup)
        self._last_id += 1
        message = Message(self._last_id, channel, thread, key, markup, now)
        self.messages[message.id] = message
        self._by_key.setdefault((channel, key), []).append(message.id)
        self.accepted[key] += 1
        return message

    def edit(self, channel: str, number: int, markup: str) -> None:
        self._enter(channel)
        message = self.message(channel, number)
        self._check(markup)
        message.markup = markup
        message.edited = True

    def find(self, channel: str, thread: int | None, key: str, since: float) -> Message | None:
        """The first message of that key in the channel, or in the thread where one is given."""
        self._enter(channel)
        for number in self._by_key.get((channel, key), ()):
            message = self.messages.get(number)
            if message and message.thread == thread and message.at >= since:
                return message
        return None

    def message(self, channel: str, number: int) -> Message:
        message = self.messages.get(number)
        if message is None or message.channel != channel:
            raise Refused(Refusal.MESSAGE_GONE)
        return message

    def react(self, channel: str, number: int, emoji: str, users: Iterable[str]) -> None:
        """Every user's emoji stands once on a message, however often it is put there."""
        self._enter(channel)
        there = self.message(channel, number).reactions.setdefault(emoji, [])
        there += [user for user in dict.fromkeys(users) if user not in there]

    def listed(self, channel: str) -> list[Message]:
        """The channel's messages in the order in which they came."""
        return [message for message in self.messages.values() if message.channel == channel]

    def lost(self, expected: Iterable[str]) -> list[str]:
        return [key for key in expected if not self.accepted[key]]

    def duplicated(self) -> dict[str, int]:
        """The keys that were accepted more than once, with how often."""
        return {key: times for key, times in self.accepted.items() if times > 1}

    def _enter(self, channel: str) -> None:
        if refusal := self.refusals.get(channel):
            raise Refused(refusal)

    @staticmethod
    def _check(markup: str) -> None:
        if not markup.strip() or len(markup) > LONGEST_TEXT:
            raise Refused(Refusal.REJECTED)
