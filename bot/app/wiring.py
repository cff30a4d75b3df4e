"""The parts of `kawaraban run` put together, around whatever adapters there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.chat.answers import Answers
from bot.chat.channels import Channels
from bot.chat.installations import Installations
from bot.chat.locks import Leases
from bot.chat.papers import Papers
from bot.chat.subscriptions import Subscriptions
from bot.chat.uses import UseCases
from bot.delivery.deliverer import Deliverer
from bot.delivery.outbox import Outbox
from bot.digests.digest import Digests
from bot.digests.parts import digest_parts
from bot.digests.repairs import Repairs
from bot.digests.runs import Runs
from bot.errors import BotError
from bot.models import ChannelKey, ChannelSettings, Digest, NewDelivery
from bot.operations.service import Service
from bot.papers.collect import SharedCollector
from bot.ports import Adapter
from bot.taste.votes import Votes

if TYPE_CHECKING:
    from bot.app.app import App

# Messages a second by bucket, of adapters that name none: a disk has no limit worth keeping.
RATES = {"hugo": 1000.0}
LONGEST_QUIET = 10.0  # seconds that reading one message's votes back waits for messages that are due


@dataclass
class _Platforms:
    """The connected adapters by name. Empty until they are built, because they are built with what asks for them."""

    adapters: dict[str, Adapter] = field(default_factory=dict)
    deliverer: Deliverer | None = None

    def bucket(self, channel: ChannelKey) -> str:
        """Whose rate a channel falls under."""
        adapter = self.adapters.get(channel.platform)
        return adapter.bucket(channel) if adapter else channel.platform

    def direct(self, channel: ChannelKey, user: str) -> ChannelKey | None:
        """Where a person of the channel's workspace is written to alone."""
        adapter = self.adapters.get(channel.platform)
        return adapter.direct(channel, user) if adapter and adapter.direct else None

    def parts(self, digest: Digest, settings: ChannelSettings) -> Sequence[NewDelivery]:
        adapter = self.adapters.get(digest.channel.platform)
        return digest_parts(digest, settings, adapter.spacing if adapter else 0.0)

    def rates(self) -> Mapping[str, float]:
        named = {bucket: rate for adapter in self.adapters.values() for bucket, rate in adapter.rates.items()}
        return RATES | named

    async def quiet(self) -> None:
        if self.deliverer:
            await self.deliverer.quiet(LONGEST_QUIET)

    def wake(self) -> None:
        if self.deliverer:
            self.deliverer.wake()


def service(app: App, secret: bytes, build: Callable[[UseCases], Sequence[Adapter]]) -> Service:
    """What `kawaraban run` runs. `build` makes the adapters, starting nothing.

    Raises BotError `run.nothing` where it makes none.
    """
    store, clock, settings = app.store, app.clock, app.settings
    platforms = _Platforms()
    collector = SharedCollector(store, app.collector, clock)
    digests = Digests(store, collector, app.summaries, app.tastes)
    votes = Votes(store, secret, clock, turn=platforms.quiet)
    outbox = Outbox(store, clock, bucket=platforms.bucket, wake=platforms.wake, direct=platforms.direct)
    answers = Answers(store, digests, platforms.parts, votes, app.lookup, clock)
    subscriptions = Subscriptions(store, app.lookup, settings.channel, clock, wake=platforms.wake)
    channels = Channels(store, answers, subscriptions, outbox, settings.channel)
    papers = Papers(
        store, app.lookup, outbox, explain=app.explained, voter=votes.voter, defaults=settings.channel, clock=clock
    )
    uses = UseCases(
        channels, papers, votes, Installations(store, secret, clock), Leases(store), settings.channel, clock
    )
    adapters = build(uses)
    if not adapters:
        raise BotError("run.nothing")
    platforms.adapters = {adapter.name: adapter for adapter in adapters}
    senders = {adapter.name: adapter.platform for adapter in adapters}
    deliverer = platforms.deliverer = Deliverer(
        store,
        senders,
        platforms.rates(),
        replica=settings.replica_name,
        clock=clock,
        on_stopped=channels.removed,
        reactions={adapter.name: adapter.reactions for adapter in adapters if adapter.reactions},
    )
    runs = Runs(
        store,
        digests.make,
        platforms.parts,
        owner=lambda: deliverer.owner,
        clock=clock,
        bucket=platforms.bucket,
        wake=deliverer.wake,
    )
    return Service(
        store=store,
        deliverer=deliverer,
        runs=runs,
        collector=collector,
        repairs=Repairs(store, digests.make, platforms.parts, senders, clock),
        votes=votes,
        placement=app.placement,
        adapters=adapters,
        address=(settings.http_host, settings.http_port),
        clock=clock,
    )
