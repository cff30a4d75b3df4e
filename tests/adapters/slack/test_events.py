"""What Slack tells by itself, with everything that goes wrong on the way: nothing is lost, nothing counts twice."""

from __future__ import annotations

import asyncio

import pytest

from bot.app.dates import utc_now
from bot.errors import StoreError
from bot.models import NewDelivery, Notice, PaperId
from bot.taste.votes import Votes
from tests.conformance.parts import paper
from tests.fakes.slack import Channel, SlackDouble, User
from tests.fakes.slack_courier import Delivery, Outcome
from tests.support.slack_bots import running


class Nowhere:
    """The way to a bot that is not there."""

    async def carry(self, delivery: Delivery, attempt: int) -> Outcome:
        return Outcome(taken=False, again=False)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_vote_that_cannot_be_stored_comes_again(
    slack: SlackDouble, ada: User, room: Channel, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(slack, mode) as kawaraban:
        _, card, _ = await kawaraban.digest(room, ada)
        store_all, failures = Votes._store_all, [StoreError("store.locked", path="x")] * 2

        async def failing(self: Votes, reactions: object) -> None:
            if failures:
                raise failures.pop()
            await store_all(self, reactions)  # type: ignore[arg-type]  # as it came

        monkeypatch.setattr(Votes, "_store_all", failing)
        slack.people.react(room, card.ts, "+1", ada)
        await slack.until(lambda: len(failures) == 1)
        assert await kawaraban.votes(room) == {}
        await slack.pass_time(4)  # by a socket, a failure is an acknowledgement that does not come in time
        await slack.until(lambda: not failures)
        await slack.pass_time(minutes=2)
        await slack.settled()
        assert [vote.value for vote in (await kawaraban.votes(room)).values()] == [1.0]
    (delivery,) = [one for one in slack.events.events("reaction_added") if one.body["event"]["user"] == ada.id]
    assert [outcome.taken for outcome in delivery.outcomes] == [False, False, True]
    assert slack.courier.lost == []


async def test_events_twice_and_out_of_order_count_once(slack: SlackDouble, ada: User, room: Channel) -> None:
    async with running(slack) as kawaraban:
        _, card, _ = await kawaraban.digest(room, ada)
        slack.people.react(room, card.ts, "+1", ada)
        slack.people.unreact(room, card.ts, "+1", ada)
        await slack.settled()
        (added,) = [one for one in slack.events.events("reaction_added") if one.body["event"]["user"] == ada.id]
        slack.courier.again(added)
        slack.courier.again(added)
        await slack.settled()
        assert await kawaraban.votes(room) == {}
        slack.people.dm(ada, "help")
        await slack.settled()
        said = slack.events.events("message")[0]
        slack.courier.again(said)
        await slack.settled()
        place = slack.state.dm(slack.team, ada.id)
        await slack.until(lambda: len(slack.messages(place)) == 2)
    assert len(slack.messages(place)) == 2


async def test_a_socket_that_is_dropped_again_and_again_loses_and_doubles_nothing(
    slack: SlackDouble, ada: User, room: Channel
) -> None:
    people = [slack.add_user(f"reader{number}") for number in range(20)]
    room.members += [one.id for one in people]
    async with running(slack) as kawaraban:
        _, card, _ = await kawaraban.digest(room, ada)
        for number, person in enumerate(people):
            slack.people.react(room, card.ts, "+1", person)
            if number % 4 == 0:
                slack.socket.drop()
            elif number % 4 == 2:
                await slack.socket.disconnect("refresh_requested")
            await slack.socket.connected()
        await slack.settled()
        await slack.pass_time(minutes=1)
        await slack.settled()
        await slack.pass_time(minutes=5)
        await slack.settled()
        (vote,) = (await kawaraban.votes(room)).values()
        assert (vote.value, vote.voters) == (20.0, 20)
    assert slack.courier.lost == []


async def test_a_warning_is_followed_by_a_new_connection_before_the_old_one_ends(
    slack: SlackDouble, ada: User, room: Channel
) -> None:
    async with running(slack):
        await slack.socket.disconnect("warning")
        await slack.until(lambda: slack.socket.opened == 2)
        await slack.until(lambda: len(slack.socket.connections) == 1)


async def test_a_dead_address_is_not_tried_for_ever(
    slack: SlackDouble, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.socket.OPEN_WITHIN", 0.2)
    async with running(slack) as kawaraban:
        slack.socket.refusing = True
        slack.socket.drop()
        await slack.until(lambda: len(slack.calls("apps.connections.open")) >= 3)
        slack.socket.refusing = False
        await slack.socket.connected()
        assert "/paper" in await kawaraban.slash("/paper", "", room, ada)


async def test_a_connection_that_says_nothing_more_is_replaced(
    slack: SlackDouble, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(slack) as kawaraban:
        slack.socket.silence()
        monkeypatch.setattr("adapters.slack.socket.SILENT", 0.1)
        await slack.until(lambda: slack.socket.opened >= 2)
        monkeypatch.undo()
        await slack.until(lambda: not any(one.silent for one in slack.socket.connections))
        assert "/paper" in await kawaraban.slash("/paper", "", room, ada)


async def test_votes_cast_while_the_bot_was_away_are_read_back(slack: SlackDouble, ada: User) -> None:
    """40 messages, 1,000 reactions; where the list of people is shortened, no vote is taken away, and none made up."""
    readers = [slack.add_user(f"reader{number}") for number in range(25)]
    room = slack.add_channel("papers", [ada, *readers])
    notice = Notice("digest.empty.weekend", "ja")
    async with running(slack) as kawaraban:
        await kawaraban.slash("/digest", "subscribe", room, ada)
        posts = [
            NewDelivery(f"share:{number}", notice, paper=PaperId.arxiv(f"2602.{number:05d}")) for number in range(40)
        ]
        for number in range(40):
            await kawaraban.store.papers.save([paper(number)])
        await kawaraban.store.deliveries.enqueue(
            kawaraban.key(room), utc_now().date(), posts, f"slack:{slack.team.id}", utc_now()
        )
        await slack.until(lambda: len(slack.messages(room)) == 40, 60)
        messages = slack.messages(room)
        while await kawaraban.store.deliveries.any_open(("slack",)):  # noqa: ASYNC110 (no event tells)
            await asyncio.sleep(0.02)
        for reader in readers[:5]:  # votes that are known, and taken away unseen on half of the messages
            for message in messages:
                slack.people.react(room, message.ts, "+1", reader)
        await slack.settled()
        slack.courier.transport = Nowhere()
        for number, message in enumerate(messages):
            for reader in readers[:5] if number < 20 else ():
                slack.people.unreact(room, message.ts, "+1", reader)
            for reader in readers[5:]:
                slack.people.react(room, message.ts, "+1", reader)
        slack.state.voters_shown = 10
        cut = {message.ts for message in messages if len(message.reactions["+1"]) > 10}
        assert cut
        await kawaraban.uses.votes.reconcile(kawaraban.reactions)
        counted = await kawaraban.votes(room)
        for number, message in enumerate(messages):
            people = message.reactions["+1"]
            known = {one.id for one in readers[:5]} | {*people[:10]}
            assert counted[PaperId.arxiv(f"2602.{number:05d}")].voters == len(known)
        slack.state.voters_shown = 1_000
        await kawaraban.uses.votes.reconcile(kawaraban.reactions)
        counted = await kawaraban.votes(room)
        assert sum(vote.voters for vote in counted.values()) == sum(len(one.reactions["+1"]) for one in messages)


async def test_an_app_that_is_removed_leaves_nothing(slack: SlackDouble, ada: User, room: Channel) -> None:
    async with running(slack) as kawaraban:
        await kawaraban.digest(room, ada)
        slack.people.uninstall(slack.team)
        await slack.settled()
        assert await kawaraban.uses.channels.get(kawaraban.key(room)) is None
        assert await kawaraban.store.deliveries.listed() == ()
