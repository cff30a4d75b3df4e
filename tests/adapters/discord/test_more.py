"""What is around a paper on Discord: *More* below a card, and news in the paper's thread, through the real client."""

from __future__ import annotations

from dataclasses import replace

from adapters.discord import render
from adapters.discord.buttons import Action, Click, button, rows
from bot.app.dates import utc_now
from bot.delivery.announcing import Announcing
from bot.delivery.outbox import Outbox
from bot.models import MessageRef, NewsKind, PaperDetails, PaperEvent, PaperId, Sighting, SourceName
from bot.words import words_for
from tests.conformance.discord_world import shown
from tests.fakes.discord_model import Channel, Message, User
from tests.support.digests import make_paper
from tests.support.discord_bots import Bot, digest_of, read, read_answer


def more_of(message: Message) -> str:
    return next(one for one in message.custom_ids if one.startswith(f"{Action.MORE}:"))


async def test_more_shows_the_asker_alone_what_is_around_the_paper(kawaraban: Bot, ada: User, room: Channel) -> None:
    _, card, *_ = await kawaraban.digest(room, ada)
    answer = await kawaraban.settled(kawaraban.discord.people.click(card, more_of(card), ada))
    assert answer.ephemeral
    assert "### 類似論文" in str(answer.message and answer.message.embeds)


def test_headings_links_and_a_menu_of_similar_papers() -> None:
    paper = replace(make_paper(), code_url="https://github.com/ada/x")
    similar = (replace(make_paper("Another [one]"), id=PaperId.arxiv("2602.00002")),)
    shown = render.around(PaperDetails(paper, similar), words_for("en"))
    buttons, menu = shown["components"]
    assert [one["label"] for one in buttons["components"]][:3] == ["PDF", "HTML", "Code"]
    assert [one["value"] for one in menu["components"][0]["options"]] == ["arxiv:2602.00002"]
    assert "### Links" in shown["embeds"][0]["description"]
    assert "### Similar papers" in shown["embeds"][0]["description"]


def test_strangers_addresses_are_named_and_not_linked() -> None:
    evil = "https://evil.example/a"
    paper = replace(make_paper("@everyone [x](https://evil.example/b)", url=evil), code_url=evil, project_url=evil)
    body = render.around(PaperDetails(paper, (replace(paper, id=PaperId.title("y")),)), words_for("en"))
    assert evil not in str(body)
    assert "url" not in body["embeds"][0]


def test_a_card_that_can_be_shared_keeps_all_of_its_buttons() -> None:
    labels = [("share", Click(Action.SHARE, "k", "arxiv:1"))] * 7
    shown = rows(button(label, click) for label, click in labels)
    assert [len(row["components"]) for row in shown] == [5, 2]


async def test_news_comes_once_into_the_papers_thread(kawaraban: Bot, ada: User, room: Channel) -> None:
    headline, card, *_ = await kawaraban.digest(room, ada)
    ref = MessageRef("discord", f"{card.channel.id}/{card.id}")
    (sent,) = (await kawaraban.store.deliveries.by_messages([ref])).values()
    assert sent.paper
    event = PaperEvent(sent.paper, NewsKind.CODE, utc_now(), address="https://github.com/ada/x")
    await kawaraban.store.news.note(SourceName.HUGGINGFACE, {sent.paper: Sighting()}, [event], utc_now())

    for _ in range(2):  # as two processes, or one that was started again
        await Announcing(kawaraban.store, Outbox(kawaraban.store, utc_now), utc_now).run()
    await kawaraban.discord.until(lambda: len(digest_of(room)) == 4)
    news = digest_of(room)[-1]
    assert "この論文のコードが公開されました。" in read(news)
    assert "https://github.com/ada/x" in shown(news)[1]
    assert headline.thread
    assert news in headline.thread.shown

    answer = await kawaraban.settled(kawaraban.discord.people.click(news, more_of(news), ada))
    assert "類似論文" in str(answer.message and answer.message.embeds) + read_answer(answer)
    assert len(digest_of(room)) == 4


async def test_news_stands_below_a_card_that_stands_in_the_channel(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    await kawaraban.slash("digest channel layout", room, ada, layout="channel")
    await kawaraban.slash("digest now", room, ada)
    await kawaraban.discord.until(lambda: len(room.shown) == 3, 60)
    card = room.shown[1]
    ref = MessageRef("discord", f"{room.id}/{card.id}")

    await kawaraban.discord.until(lambda: bool(card.reactions), 60)  # it is seeded once it is written down
    (sent,) = (await kawaraban.store.deliveries.by_messages([ref])).values()
    assert sent.paper
    event = PaperEvent(sent.paper, NewsKind.WITHDRAWN, utc_now())
    await kawaraban.store.news.note(SourceName.ARXIV, {sent.paper: Sighting()}, [event], utc_now())
    await Announcing(kawaraban.store, Outbox(kawaraban.store, utc_now), utc_now).run()

    def told() -> bool:
        below = card.thread.shown if card.thread else []
        return any("この論文は取り下げられました。" in read(one) for one in below)

    await kawaraban.discord.until(told, 60)
    assert len(room.shown) == 3


async def test_news_can_be_turned_off(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    assert "なし" in await kawaraban.slash("digest channel news", room, ada, news=False)
    assert not (await kawaraban.channel(room)).settings.news
