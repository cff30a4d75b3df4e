"""Build the Discord adapter, without starting anything."""

from __future__ import annotations

from functools import partial

from discord.http import Route

from adapters.discord.askers import is_direct
from adapters.discord.asking import Asking
from adapters.discord.checks import checks
from adapters.discord.errors import NAME
from adapters.discord.events import Listener
from adapters.discord.gateway import Gateway, Pulse
from adapters.discord.naming import Naming
from adapters.discord.platform import DIRECT, DiscordPlatform
from adapters.discord.reactions import DiscordReactions
from adapters.discord.rest import Rest
from adapters.discord.settings import DiscordSettings
from bot.chat.uses import UseCases
from bot.common.health import STARTING, Monitor
from bot.models import ChannelKey, Layout
from bot.ports import Adapter, Connection, PlatformFacts

# https://discord.com/developers/docs/topics/rate-limits: 50 requests a second per bot, of which 90 % are used here;
# five messages in five seconds per channel, according to the headers of answers.
RATE = 45.0
SPACING = 1.0
LAYOUTS = (Layout.THREAD, Layout.CHANNEL, Layout.COMPACT)
PERSONAL_LAYOUTS = (Layout.CHANNEL, Layout.COMPACT)  # direct messages have no threads


def build(settings: DiscordSettings, pulse: Pulse | None = None) -> Adapter[UseCases]:
    """Build the adapter. `pulse` holds the timing of its gateway connection."""
    Route.BASE = settings.discord_api_url
    return Adapter(
        PlatformFacts(
            NAME,
            rates={NAME: RATE},
            spacing=SPACING,
            layouts=LAYOUTS,
            direct=direct,
            personal=is_direct,
            personal_layouts=PERSONAL_LAYOUTS,
        ),
        partial(_connect, settings.token, pulse or Pulse()),
        checks=checks(settings),
    )


def _connect(token: str, pulse: Pulse, uses: UseCases) -> Connection:
    rest = Rest(token)
    ids: dict[str, str] = {}
    platform = DiscordPlatform(rest, ids)
    reactions = DiscordReactions(rest)
    asking = Asking(uses, rest, ids, doubt_threads=platform.headlines.doubt_threads)

    def listener(shards: int) -> Listener:
        return Listener(uses, asking, reactions, shards=shards, patience=pulse.guilds)

    gateway = Gateway(rest, token, uses.locks, listener, pulse, Monitor(uses.clock, problem=STARTING), ids)

    return Connection(
        platform,
        reactions,
        gateway.run,
        close=rest.close,
        health=lambda: gateway.monitor.health,
        name_of=Naming(rest).name_of,
    )


def direct(channel: ChannelKey, user: str) -> ChannelKey:  # noqa: ARG001  # direct messages belong to no server
    """Return the key of the direct messages with `user`."""
    return ChannelKey(NAME, f"{DIRECT}/{user}")
