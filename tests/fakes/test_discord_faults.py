"""What goes wrong at the Discord double: faults of single requests, standing rules, rates, and refused requests."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_faults import Break, Faults
from tests.fakes.discord_model import Channel
from tests.support.discord_clients import logged_in

POST = "POST /channels/*/messages"


@pytest.fixture
def papers(discord_double: DiscordDouble) -> Channel:
    return discord_double.state.add_channel(discord_double.state.add_guild("Lab"), "papers")


async def send(double: DiscordDouble, channel: Channel) -> object:
    """What a plain HTTP client gets: the exception, or status, `Via`, and body."""
    url = f"{double.url}/channels/{channel.id}/messages"
    body = {"content": "x", "allowed_mentions": {"parse": []}}
    headers = {"Authorization": f"Bot {double.state.token}"}
    async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(300)) as session:
        try:
            async with session.post(url, json=body) as answer:
                return answer.status, "Via" in answer.headers, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error)


@pytest.mark.parametrize(
    ("kind", "details", "taken", "answer"),
    [
        ("lost_before", {}, 0, aiohttp.ServerDisconnectedError),
        ("lost_after", {}, 1, aiohttp.ServerDisconnectedError),
        ("html", {}, 1, (200, True, "<html")),
        ("garbled", {}, 1, (200, True, '{"id": "12')),
        ("status", {"status": 503}, 0, (503, True, "<html")),
        ("status", {"status": 500, "taken": True}, 1, (500, True, '{"message": "500: Int')),
        (
            "limited",
            {"retry_after": 2.5},
            0,
            (429, True, '{"message": "You are being rate limited.", "retry'),
        ),
        ("limited", {"via": False}, 0, (429, False, "<html")),
        ("refused", {"code": 50001}, 0, (403, True, '{"message": "Missing Access", "code": 50001}')),
    ],
)
async def test_a_fault_meets_one_request(
    discord_double: DiscordDouble,
    papers: Channel,
    kind: str,
    details: dict[str, Any],
    taken: int,
    answer: object,
) -> None:
    fault = discord_double.faults.add(kind, POST, **details)

    first = await send(discord_double, papers)

    assert len(papers.shown) == taken
    if isinstance(answer, tuple):
        assert isinstance(first, tuple)
        status, via, start = answer
        assert (first[0], first[1], first[2][: len(start)]) == (status, via, start)
    else:
        assert first is answer
    assert isinstance(await send(discord_double, papers), tuple)
    assert (fault.met, len(papers.shown)) == (1, taken + 1)


async def test_a_request_can_stay_without_an_answer(discord_double: DiscordDouble, papers: Channel) -> None:
    discord_double.faults.add("stalled", POST)
    asked = asyncio.create_task(send(discord_double, papers))
    await discord_double.until(lambda: papers.shown)
    assert isinstance(await send(discord_double, papers), tuple)
    assert not asked.done()
    asked.cancel()


async def test_the_client_tries_again_after_a_limit(discord_double: DiscordDouble, papers: Channel) -> None:
    discord_double.faults.add("limited", POST, times=2)
    discord_double.faults.add("limited", POST, everywhere=True)
    async with logged_in(discord_double) as client:
        await client.get_partial_messageable(papers.id).send("x")
        discord_double.faults.add("limited", POST, via=False)
        with pytest.raises(discord.HTTPException) as banned:
            await client.get_partial_messageable(papers.id).send("x")
    assert banned.value.status == 429
    assert len(papers.shown) == 1
    assert [one.status for one in discord_double.rest.requests if one.method == "POST"] == [429, 429, 429, 200, 429]


def test_rules_stand_until_they_are_lifted() -> None:
    faults = Faults()
    rule = faults.refuse(50001, "GET /channels/*/messages")
    assert faults.take("GET", "/channels/1/messages") is rule
    assert faults.take("GET", "/channels/1/messages") is rule
    assert faults.take("GET", "/channels/1/messages/2") is None
    assert faults.take("POST", "/channels/1/messages") is None
    rule.cancel()
    assert faults.take("GET", "/channels/1/messages") is None
    assert (rule.kind, rule.met) == (Break.REFUSED, 2)


async def test_the_client_gets_everything_through_a_bucket(discord_double: DiscordDouble, papers: Channel) -> None:
    async with logged_in(discord_double) as client:
        channel = client.get_partial_messageable(papers.id)
        await asyncio.gather(*(channel.send(str(n)) for n in range(23)))
    assert sorted(int(one.content) for one in papers.shown) == list(range(23))


async def test_buckets_are_told_in_headers(discord_double: DiscordDouble, papers: Channel) -> None:
    discord_double.rates.pace = 1000.0
    other = discord_double.state.add_channel(papers.guild or pytest.fail("a guild's channel"), "other")
    headers = {"Authorization": f"Bot {discord_double.state.token}"}
    body = {"content": "x", "allowed_mentions": {"parse": []}}
    told = []
    async with aiohttp.ClientSession(headers=headers) as session:
        for channel in (papers, papers, other):
            async with session.post(f"{discord_double.url}/channels/{channel.id}/messages", json=body) as answer:
                told.append({name: answer.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Bucket")})
    assert [(one["Limit"], one["Remaining"]) for one in told] == [("5", "4"), ("5", "3"), ("5", "4")]
    assert len({one["Bucket"] for one in told}) == 1


async def test_too_fast_is_refused(discord_double: DiscordDouble, papers: Channel) -> None:
    discord_double.rates.pace = 1000.0
    answers = [await send(discord_double, papers) for _ in range(6)]
    assert [one[0] for one in answers if isinstance(one, tuple)] == [200] * 5 + [429]
    assert isinstance(answers[-1], tuple)
    assert '"global": false' in answers[-1][2]

    discord_double.rates.a_second = 5
    last = await send(discord_double, papers)
    assert isinstance(last, tuple)
    assert '"global": true' in last[2]
    assert discord_double.rates.invalid == 2
    assert discord_double.rates.busiest.most <= 5


async def test_an_address_with_too_many_refused_requests_is_banned(
    discord_double: DiscordDouble, papers: Channel
) -> None:
    discord_double.rates.most_invalid = 3
    discord_double.faults.refuse(50013, POST, times=3)
    for _ in range(3):
        await send(discord_double, papers)

    assert await send(discord_double, papers) == (429, False, "<html>error code: 1015</html>")

    discord_double.clock.advance(601)
    assert discord_double.rates.invalid == 0
    assert isinstance(await send(discord_double, papers), tuple)
    assert len(papers.shown) == 1
