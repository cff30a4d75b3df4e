"""The tests' own platform: its rates, books and shares of faults, and the edges of its adapter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.errors import AmbiguousError, PermanentError, PlatformError, TransientError
from bot.models import ChannelKey, DeliveryKey, MessageRef, Notice, Place
from tests.fakes.platform import FakePlatform
from tests.fakes.platform_process import FakePlatformProcess
from tests.fakes.platform_server import Behaviour, FakePlatformServer
from tests.fakes.platform_state import Busiest, PlatformState, Refusal, Refused
from tests.fakes.render import clip

CHANNEL = ChannelKey("fake", "team/general")
NOTICE = Notice("digest.empty.weekend", "en")


async def post(platform: FakePlatform, name: str) -> MessageRef:
    return await platform.post(Place(CHANNEL), NOTICE, DeliveryKey(name))


def test_text_is_escaped_and_cut_before_what_does_not_fit() -> None:
    assert clip("a<b&c", 20) == "a&lt;b&amp;c"
    assert clip("a<b", 6) == "a&lt;b"
    assert clip("a<bc", 6) == "a&lt;…"
    assert clip("a<bc", 5) == "a…"
    assert [clip("ab", room) for room in (2, 1, 0, -1)] == ["ab", "…", "", ""]


def test_the_busiest_second_is_any_second() -> None:
    busiest = Busiest()
    for now in (0.0, 0.9, 1.0, 1.1, 1.8, 5.0):
        busiest.add(now)
    assert busiest.most == 4  # 0.9 to 1.8; what was exactly a second ago is over
    assert not busiest.room(5.5, rate=1)
    assert busiest.room(6.0, rate=1)


def test_what_a_message_needs_is_checked() -> None:
    state = PlatformState()
    for key, text in (("", "text"), ("k" * 26, "text"), ("key", " "), ("key", "x" * 4_001)):
        with pytest.raises(Refused) as raised:
            state.post("c", None, key, text, 0)
        assert raised.value.refusal is Refusal.REJECTED
    assert not state.accepted


def test_people_see_no_markup_and_mentions_are_counted() -> None:
    markup = "<https://a.example/?a=1&amp;b|A &lt;b&gt;> <@ada> <!everyone> &lt;@len&gt;"
    message = PlatformState().post("c", None, "key", markup, 0)
    assert message.visible == "A <b> @ada @everyone <@len>"
    assert message.links == ["https://a.example/?a=1&b"]
    assert message.mentions == 2


async def test_a_rate_that_is_kept_is_never_refused() -> None:
    server = FakePlatformServer(Behaviour(rate=5, channel_rate=3, retry_after=0.5))
    async with server.running() as url, FakePlatform(url) as platform:
        for number in range(3):
            await post(platform, str(number))
        with pytest.raises(TransientError) as of_channel:
            await post(platform, "3")
        other = Place(ChannelKey("fake", "other"))
        for number in (4, 5):
            await platform.post(other, NOTICE, DeliveryKey(str(number)))
        with pytest.raises(TransientError) as of_app:
            await platform.post(other, NOTICE, DeliveryKey("6"))
    assert (of_channel.value.everywhere, of_app.value.everywhere) == (False, True)
    assert of_app.value.seconds == 0.5
    assert server.state.busiest.most == 5


async def test_shares_of_posts_meet_their_fault() -> None:
    server = FakePlatformServer(Behaviour(limited=0.2, lost=0.2, lost_before=0.2, retry_after=0))
    kinds: dict[type[PlatformError] | None, int] = {TransientError: 0, AmbiguousError: 0, None: 0}
    async with server.running() as url, FakePlatform(url) as platform:
        for number in range(200):
            try:
                await post(platform, str(number))
                kinds[None] += 1
            except (TransientError, AmbiguousError) as error:
                kinds[type(error)] += 1
    assert kinds[TransientError] > 20
    assert kinds[AmbiguousError] > 50
    assert kinds[None] < server.state.accepted.total() < kinds[None] + kinds[AmbiguousError]


async def test_a_channel_refuses_everything_until_it_is_mended() -> None:
    server = FakePlatformServer()
    server.state.refusals[CHANNEL.name] = Refusal.ARCHIVED
    async with server.running() as url, FakePlatform(url) as platform:
        with pytest.raises(PermanentError) as raised:
            await post(platform, "1")
        del server.state.refusals[CHANNEL.name]
        await post(platform, "1")
    assert raised.value.code == "platform.archived"


async def test_a_platform_that_nobody_serves_took_nothing() -> None:
    async with FakePlatformServer().running() as url:
        pass
    async with FakePlatform(url) as platform:
        with pytest.raises(TransientError) as raised:
            await post(platform, "1")
    assert raised.value.code == "platform.unreachable"


@pytest.fixture
async def answers() -> AsyncIterator[tuple[FakePlatform, list[web.Response]]]:
    """An adapter whose platform gives the answers of a list, one after the other."""
    queue: list[web.Response] = []

    async def answer(_request: web.Request) -> web.Response:
        return queue.pop(0)

    app = web.Application()
    app.router.add_post("/{path}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with FakePlatform(f"http://127.0.0.1:{runner.addresses[0][1]}") as platform:
        yield platform, queue
    await runner.cleanup()


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("3", 3), ("0.25", 0.25), ("", 1), ("soon", 1), ("-5", 1), ("nan", 1), ("inf", 1), ("1e9", 3600)],
)
async def test_when_to_come_back_is_read_with_care(
    answers: tuple[FakePlatform, list[web.Response]], retry_after: str, seconds: float
) -> None:
    platform, queue = answers
    queue.append(web.Response(status=429, headers={"Retry-After": retry_after}, text="<html>"))
    with pytest.raises(TransientError) as raised:
        await post(platform, "1")
    assert raised.value.seconds == seconds
    assert not raised.value.everywhere


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"id"', '{"id": null}', '{"id": "x"}', "\x00"])
async def test_an_answer_without_the_message_may_have_taken_it(
    answers: tuple[FakePlatform, list[web.Response]], text: str
) -> None:
    platform, queue = answers
    queue.append(web.Response(text=text))
    with pytest.raises(AmbiguousError):
        await post(platform, "1")


@pytest.mark.parametrize("text", ["{}", '{"id": "x"}', "<html>"])
async def test_a_lookup_without_an_answer_does_not_mean_absent(
    answers: tuple[FakePlatform, list[web.Response]], text: str
) -> None:
    platform, queue = answers
    queue.append(web.Response(text=text))
    with pytest.raises(AmbiguousError):
        await platform.find(Place(CHANNEL), DeliveryKey("1"), datetime(2026, 2, 27, tzinfo=UTC))


@pytest.mark.parametrize(
    "reactions", ["null", "7", "[7]", '[{"emoji": "x"}]', '[{"emoji": 1, "count": 0, "users": []}]']
)
async def test_reactions_that_cannot_be_read_raise_ours(
    answers: tuple[FakePlatform, list[web.Response]], reactions: str
) -> None:
    platform, queue = answers
    queue.append(web.Response(text=f'{{"reactions": {reactions}}}'))
    with pytest.raises(AmbiguousError):
        await platform.read(MessageRef("fake", "1/c"))


@pytest.mark.parametrize("body", ["", "[]", '{"error": null}', '{"error": {"x": []}}', '{"error": "new_one"}'])
async def test_a_refusal_of_an_unknown_kind_concerns_the_one_message(
    answers: tuple[FakePlatform, list[web.Response]], body: str
) -> None:
    platform, queue = answers
    queue.append(web.Response(status=422, text=body))
    with pytest.raises(PermanentError) as raised:
        await post(platform, "1")
    assert raised.value.code == "platform.rejected"
    assert not raised.value.whole_channel


async def test_the_books_outlive_a_client() -> None:
    with FakePlatformProcess.serving(latency=0.001) as server:
        for name in ("a", "b", "b"):
            async with FakePlatform(server.url) as platform:
                await post(platform, name)
        server.mode(next=["lost_after"], lookups="refuse")
        server.refuse("closed", "archived")
        async with FakePlatform(server.url) as platform:
            with pytest.raises(AmbiguousError):
                await post(platform, "c")
            with pytest.raises(PermanentError):
                await platform.post(Place(ChannelKey("fake", "closed")), NOTICE, DeliveryKey("d"))
        books = await asyncio.to_thread(server.books, ["a", "b", "d"])
        assert (books.lost, books.duplicated, books.unexpected) == (["d"], {"b": 2}, ["c"])
        assert [message["key"] for message in server.messages(CHANNEL.name)] == ["a", "b", "b", "c"]
        log = server.log()
    assert log["accepted"] == 4
    assert log["requests"] == {"/post": 5}
