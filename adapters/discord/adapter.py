"""Discord as an adapter: everything constructed, nothing started."""

from __future__ import annotations

from discord.http import Route

from adapters.discord.asking import Asking
from adapters.discord.errors import NAME
from adapters.discord.events import Listener
from adapters.discord.gateway import Gateway, Pulse
from adapters.discord.platform import DIRECT, DiscordPlatform
from adapters.discord.reactions import DiscordReactions
from adapters.discord.rest import Rest
from bot.chat.uses import UseCases
from bot.models import ChannelKey
from bot.ports import Adapter, StopSignal
from bot.settings import Settings

# https://discord.com/developers/docs/topics/rate-limits: 50 requests a second of a bot, here 90 %; five messages in
# five seconds of a channel, as its answers' headers tell.
RATE = 45.0
SPACING = 1.0


def build(settings: Settings, uses: UseCases, pulse: Pulse | None = None) -> Adapter | None:
    """The adapter; None without a token. `pulse` has the times of its connection."""
    token = settings.discord_token.get_secret_value().strip() if settings.discord_token else ""
    if not token:
        return None
    Route.BASE = settings.discord_api_url
    rest = Rest(token)
    reactions = DiscordReactions(rest)
    asking = Asking(uses, rest)
    beat = pulse or Pulse()

    def connect(shards: int) -> Listener:
        return Listener(uses, asking, reactions, shards=shards, patience=beat.guilds)

    gateway = Gateway(rest, token, uses.leases, connect, beat)

    async def run(stop: StopSignal) -> None:
        """Listen until `stop`; then let what is being sent end."""
        try:
            await gateway.run(stop)
        finally:
            await rest.close()

    return Adapter(
        NAME,
        DiscordPlatform(rest),
        reactions=reactions,
        run=run,
        rates={NAME: RATE},
        spacing=SPACING,
        direct=direct,
    )


def direct(channel: ChannelKey, user: str) -> ChannelKey:  # noqa: ARG001  # direct messages belong to no server
    """Where somebody is written to alone."""
    return ChannelKey(NAME, f"{DIRECT}/{user}")
