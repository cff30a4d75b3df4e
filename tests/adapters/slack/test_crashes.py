"""A worker dies after Slack took a message and before that was written down, again and again: nobody sees it twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.slack.platform import SlackPlatform
from adapters.slack.workspaces import Http, Workspaces
from bot.delivery.bell import Bell
from bot.delivery.deliverer import Deliverer, Destination
from bot.delivery.worker import WorkerLease
from bot.digests.parts import digest_parts
from bot.models import ChannelKey, ChannelSettings, DeliveryKey, DeliveryState, Layout, MessageRef, Part, Place
from bot.store.store import Store
from tests.conformance.parts import DAY, digest
from tests.conformance.slack_world import NoInstallations
from tests.fakes.slack import SlackDouble

pytestmark = pytest.mark.long

CRASHES = 50
CARDS = 4  # under each headline
REPLIES, HISTORY = "conversations.replies", "conversations.history"


class Dying(SlackPlatform):
    """Slack takes the message, and the worker dies before it hears so."""

    def __init__(self, workspaces: Workspaces) -> None:
        super().__init__(workspaces)
        self.died = asyncio.Event()

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:
        await super().post(place, part, key)
        self.died.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody is there any more")


@pytest.fixture
async def workspaces(slack: SlackDouble) -> AsyncIterator[Workspaces]:
    http = Http(slack.url)
    yield Workspaces(http, slack.token, NoInstallations())
    await http.close()


def deliverer(store: Store, platform: SlackPlatform) -> Deliverer:
    """A worker that has one message in hand at a time, so that each crash costs one."""
    lease = WorkerLease(store, "one", store.channels._database.now, Bell())
    return Deliverer(store, {"slack": Destination(platform)}, lease, concurrency=1)


def standing(slack: SlackDouble) -> Counter[str]:
    """How often each delivery's message stands in Slack."""
    found = (one for channel in slack.state.channels.values() for one in channel.messages.values())
    return Counter(one.metadata["event_payload"]["key"] for one in found if one.metadata)


@pytest.mark.parametrize(
    ("refused", "layout", "ends"),
    [
        ((), Layout.THREAD, DeliveryState.SENT),
        # Without the replies, the message above and the newest reply tell.
        ((REPLIES,), Layout.THREAD, DeliveryState.SENT),
        ((REPLIES, HISTORY), Layout.COMPACT, DeliveryState.UNKNOWN),
    ],
    ids=["all allowed", "no replies", "nothing can tell"],
)
async def test_nothing_is_sent_twice(
    slack: SlackDouble,
    sqlite_store: Store,
    workspaces: Workspaces,
    refused: tuple[str, ...],
    layout: Layout,
    ends: DeliveryState,
) -> None:
    for method in refused:
        slack.faults.always("missing_scope", method)
    store = sqlite_store
    parts = digest_parts(digest("ja", CARDS), ChannelSettings(layout=layout, seed_reactions=False))
    earlier = store.channels._database.now() - timedelta(seconds=1)
    for number in range(CRASHES // len(parts)):
        room = slack.add_channel(f"room{number}")
        await store.deliveries.enqueue(ChannelKey("slack", f"{slack.team.id}/{room.id}"), DAY, parts, "slack", earlier)
    for _ in range(CRASHES):
        dying = Dying(workspaces)
        work = asyncio.create_task(deliverer(store, dying).run(asyncio.Event()))
        async with asyncio.timeout(300):
            await dying.died.wait()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    stop = asyncio.Event()
    last = deliverer(store, SlackPlatform(workspaces))
    work = asyncio.create_task(last.run(stop))
    async with asyncio.timeout(300):
        await last.drain()
    stop.set()
    await work
    assert await store.deliveries.counts() == {ends: CRASHES}
    assert len(standing(slack)) == CRASHES
    assert set(standing(slack).values()) == {1}
