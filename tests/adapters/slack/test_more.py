"""What is around a paper on Slack: *More* below a card, and news in the paper's thread, through the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.slack.cards import around
from adapters.slack.menus import CHOOSE
from bot.app.dates import utc_now
from bot.delivery.announcing import Announcing
from bot.delivery.outbox import Outbox
from bot.models import MessageRef, NewsKind, PaperDetails, PaperEvent, PaperId, Sighting, SourceName
from bot.words import words_for
from tests.conformance.slack_world import links, shown_texts
from tests.fakes.slack import Channel, SlackDouble, User
from tests.support.digests import make_paper
from tests.support.slack_bots import Bot, read, running, thread_of


@pytest.fixture
async def kawaraban(slack: SlackDouble) -> AsyncIterator[Bot]:
    async with running(slack) as at_work:
        yield at_work
    assert not slack.courier.lost


def modal(bot: Bot, user: User) -> str:
    opened = bot.slack.state.modals.get(user.id)
    return "\n".join(shown_texts(opened.view["blocks"])) if opened else ""


async def test_more_shows_the_asker_alone_what_is_around_the_paper(kawaraban: Bot, ada: User, room: Channel) -> None:
    _, card, *_ = await kawaraban.digest(room, ada)
    before, posted = len(kawaraban.slack.ephemerals(ada)), len(kawaraban.slack.messages(room))
    done = await kawaraban.slack.people.click(card, "paper.more", ada)
    assert done.acked

    await kawaraban.slack.until(lambda: "類似論文" in modal(kawaraban, ada), 30)
    assert len(kawaraban.slack.messages(room)) == posted
    assert len(kawaraban.slack.ephemerals(ada)) == before


async def test_similar_papers_are_chosen_by_their_buttons(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.digest(room, ada)
    stored = await kawaraban.store.papers.search("a", 3)
    details = PaperDetails(stored[0], tuple(stored[1:]), (SourceName.SEMANTIC_SCHOLAR,))
    shown = around(details, words_for("ja"))
    (menu,) = [one for block in shown.blocks if block["type"] == "actions" for one in block["elements"][-1:]][-1:]
    assert menu["action_id"] == CHOOSE
    assert [one["value"] for one in menu["options"]] == [str(one.id) for one in stored[1:]]
    assert "Semantic Scholar" in str(shown.blocks)


async def test_strangers_addresses_are_named_and_not_linked() -> None:
    evil = "https://evil.example/a"
    paper = replace(make_paper("<!channel> *x*", url=evil), code_url=evil, project_url=evil)
    shown = around(PaperDetails(paper, (replace(paper, id=PaperId.title("y")),)), words_for("en"))
    assert evil not in str(shown.blocks)
    assert str(shown.blocks).count("evil.example") == 2
    assert "<!channel>" not in shown.text


async def test_news_comes_once_into_the_papers_thread(kawaraban: Bot, ada: User, room: Channel) -> None:
    headline, card, *_ = await kawaraban.digest(room, ada)
    (sent,) = (await kawaraban.store.deliveries.by_messages([_ref(kawaraban, room, card.ts)])).values()
    assert sent.paper
    event = PaperEvent(sent.paper, NewsKind.CODE, utc_now(), address="https://github.com/ada/x")
    await kawaraban.store.news.note(SourceName.HUGGINGFACE, {sent.paper: Sighting()}, [event], utc_now())

    for _ in range(2):  # as two processes, or one that was started again
        await Announcing(kawaraban.store, Outbox(kawaraban.store, utc_now), utc_now).run()
    await kawaraban.slack.until(lambda: len(thread_of(kawaraban.slack, room)) == 4)
    news = thread_of(kawaraban.slack, room)[-1]
    assert news.thread_ts == headline.ts
    assert "この論文のコードが公開されました。" in read(news)
    assert "https://github.com/ada/x" in links(news.blocks)

    await kawaraban.slack.people.click(news, "paper.more", ada)
    await kawaraban.slack.until(lambda: "類似論文" in modal(kawaraban, ada), 30)
    assert len(thread_of(kawaraban.slack, room)) == 4


async def test_news_can_be_turned_off(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("/digest", "subscribe", room, ada)
    assert (await kawaraban.channel(room)).settings.news
    assert "なし" in await kawaraban.slash("/digest", "channel news off", room, ada)
    assert not (await kawaraban.channel(room)).settings.news


def _ref(bot: Bot, room: Channel, ts: str) -> MessageRef:
    return MessageRef("slack", f"{room.team}/{room.id}/{ts}")
