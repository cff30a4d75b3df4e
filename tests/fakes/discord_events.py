"""Which events a session of the Discord double's gateway is sent, and what of them it may read. Pure."""

from __future__ import annotations

from tests.fakes.discord_model import Json
from tests.fakes.discord_state import Event

GUILDS, MESSAGES, REACTIONS = 1 << 0, 1 << 9, 1 << 10
DM_MESSAGES, DM_REACTIONS, CONTENT = 1 << 12, 1 << 13, 1 << 15
KNOWN_INTENTS = (1 << 26) - 1
# By the start of an event's name: the intents that bring it from guilds, and from direct messages.
NEEDED: tuple[tuple[str, int, int], ...] = (
    ("MESSAGE_REACTION_", REACTIONS, DM_REACTIONS),
    ("MESSAGE_", MESSAGES, DM_MESSAGES),
    ("GUILD_", GUILDS, GUILDS),
    ("CHANNEL_", GUILDS, GUILDS),
    ("THREAD_", GUILDS, GUILDS),
)


def is_sent(event: Event, intents: int, shard: tuple[int, int]) -> bool:
    """Direct messages and what belongs to no guild go to the first shard."""
    number, shards = shard
    if number != (0 if event.guild is None else (event.guild >> 22) % shards):
        return False
    for start, guild, direct in NEEDED:
        if event.name.startswith(start):
            return bool(intents & (direct if event.guild is None else guild))
    return True


def as_seen(event: Event, intents: int, bot_id: int) -> Json:
    """Without the message content intent, text that is not the bot's own and does not mention it is empty."""
    if event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or event.guild is None or intents & CONTENT:
        return event.body
    return _readable(event.body, bot_id)


def _readable(message: Json, bot_id: int) -> Json:
    """A message, and the one that it replies to, each as far as the bot may read it."""
    about = message.get("referenced_message")
    seen = message | ({"referenced_message": _readable(about, bot_id)} if about else {})
    if message["author"]["id"] == str(bot_id) or any(one["id"] == str(bot_id) for one in message["mentions"]):
        return seen
    return seen | {"content": "", "embeds": [], "components": [], "attachments": []}
