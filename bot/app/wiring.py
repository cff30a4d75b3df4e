"""Assemble the parts of `kawaraban run` around any set of adapters.

Nothing is handed out before it is complete, thanks to this order: the adapters' facts, the bell, the use cases, the
connections, and the parts that need the connections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.chat.answers import Answers
from bot.chat.channels import Channels
from bot.chat.installations import Installations
from bot.chat.locks import Locks
from bot.chat.papers import Papers
from bot.chat.questions import Questions
from bot.chat.subscriptions import Subscriptions
from bot.chat.uses import UseCases
from bot.delivery.announcing import Announcing
from bot.delivery.bell import Bell
from bot.delivery.deliverer import Deliverer, Destination
from bot.delivery.outbox import Outbox
from bot.delivery.worker import WorkerLease
from bot.digests.parts import digest_parts
from bot.digests.repairs import Repairs
from bot.digests.runs import Runs
from bot.errors import BotError
from bot.models import ChannelSettings, Digest, NewDelivery
from bot.operations.naming import Naming
from bot.operations.news import NewsRound
from bot.operations.service import Service
from bot.operations.upkeep import Upkeep
from bot.papers.collect import SharedCollector
from bot.ports import Adapter, Platforms
from bot.taste.votes import Votes

if TYPE_CHECKING:
    from bot.app.app import App

LONGEST_QUIET = 10.0  # seconds that reading back one message's votes gives way to messages that are due


def service(app: App, secret: bytes, adapters: Sequence[Adapter[UseCases]]) -> Service:
    """Connect the adapters and assemble `kawaraban run`, without starting anything.

    Raises BotError `run.nothing` without any adapter.
    """
    if not adapters:
        raise BotError("run.nothing")
    store, clock, settings = app.store, app.clock, app.settings
    platforms = Platforms(adapter.facts for adapter in adapters)
    bell = Bell()

    def parts(digest: Digest, wanted: ChannelSettings) -> Sequence[NewDelivery]:
        facts, layouts = platforms.of(digest.channel), platforms.layouts(digest.channel)
        if wanted.layout not in layouts:  # set by an earlier version, or while the channel was elsewhere
            wanted = replace(wanted, layout=layouts[0])
        return digest_parts(digest, wanted, facts.spacing)

    collector = SharedCollector(store, app.ingredients.collector, clock)
    digests = replace(app.ingredients, collector=collector).digests()
    votes = Votes(store, secret, clock, turn=partial(bell.until_quiet, LONGEST_QUIET))
    outbox = Outbox(store, clock, bucket=platforms.bucket, wake=bell.ring, direct=platforms.direct)
    answers = Answers(store, digests, parts, votes, app.lookup, clock, platforms=platforms)
    subscriptions = Subscriptions(store, app.lookup, settings.channel, clock, wake=bell.ring, platforms=platforms)
    channels = Channels(store, answers, subscriptions, outbox, settings.channel)
    papers = Papers(
        store,
        app.lookup,
        outbox,
        app.details,
        explain=app.explained,
        voter=votes.voter,
        defaults=settings.channel,
        clock=clock,
    )
    questions = Questions(
        store, app.asking, app.lookup, papers, outbox, voter=votes.voter, defaults=settings.channel, clock=clock
    )
    uses = UseCases(
        channels, papers, questions, votes, Installations(store, secret, clock), Locks(store), settings.channel, clock
    )
    connected = [(adapter.facts, adapter.connect(uses)) for adapter in adapters]
    deliverer = Deliverer(
        store,
        {facts.name: Destination(one.platform, one.reactions, facts.rates) for facts, one in connected},
        WorkerLease(store, settings.replica_name, clock, bell),
        on_stopped=channels.removed,
    )
    repairs = Repairs(store, digests.make, parts, {facts.name: one.platform for facts, one in connected}, clock)
    return Service(
        store=store,
        deliverer=deliverer,
        runs=Runs(store, digests.make, parts, worker=deliverer, clock=clock, bucket=platforms.bucket),
        upkeep=Upkeep(
            store,
            collector,
            repairs,
            votes,
            app.ingredients.placement,
            Naming(store, platforms.personal, clock),
            NewsRound(store, app.watch, Announcing(store, outbox, clock)),
            clock,
        ),
        connections={facts.name: one for facts, one in connected},
        address=(settings.http_host, settings.http_port),
        clock=clock,
        model=app.model,
    )
