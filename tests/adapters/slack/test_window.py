"""Answers that take a while, details in a modal, and the shortcut in the menu of a message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.slack.asking import SHORTCUT
from adapters.slack.commands import shortcut_command
from bot.chat.commands import LookUp
from bot.models import Reply, say
from bot.words import words_for
from tests.conformance.slack_world import shown_texts
from tests.fakes.slack import Channel, User
from tests.support.slack_bots import Bot, read

WORKING, READY = (words_for("ja").say(key) for key in ("paper.working.looking", "channels.export.none"))


class Slow:
    """A use case that announces its answer and gives it once `ready`."""

    def __init__(self, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ready = asyncio.Event()
        monkeypatch.setattr("adapters.slack.telling.PATIENCE", 0.0)
        monkeypatch.setattr(bot.uses.papers, "handle", self.handle)
        monkeypatch.setattr(bot.uses.channels, "handle", self.handle)

    async def handle(self, *_: object) -> AsyncIterator[Reply]:
        yield Reply("ja", "UTC", (say("paper.working.looking"),), working=True)
        await self.ready.wait()
        yield Reply("ja", "UTC", (say("channels.export.none"),))


def modal(bot: Bot, user: User) -> str:
    opened = bot.slack.state.modals.get(user.id)
    return "\n".join(shown_texts(opened.view["blocks"])) if opened else ""


async def test_what_a_slow_command_says_first_makes_room_for_the_answer(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(kawaraban, monkeypatch)
    await kawaraban.slack.people.slash("/paper", "2602.00001", room, ada)
    await kawaraban.slack.until(lambda: modal(kawaraban, ada) == WORKING, 30)
    assert kawaraban.slack.ephemerals(ada) == []
    slow.ready.set()
    await kawaraban.slack.until(lambda: modal(kawaraban, ada) == READY, 30)
    assert [read(one) for one in kawaraban.slack.ephemerals(ada)] == [READY]


@pytest.mark.parametrize("trouble", ["closed", "expired_trigger_id", "unknown_method"])
async def test_without_a_modal_the_answer_comes_alone(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    slow = Slow(kawaraban, monkeypatch)
    if trouble != "closed":
        kawaraban.slack.faults.always(trouble, "views.open")
    await kawaraban.slack.people.slash("/digest", "preview", room, ada)
    await kawaraban.slack.until(lambda: kawaraban.slack.calls("views.open"), 30)
    if trouble == "closed":
        await kawaraban.slack.until(lambda: modal(kawaraban, ada), 30)
        await kawaraban.slack.people.close_view(kawaraban.slack.modal(ada))
    slow.ready.set()
    await kawaraban.slack.until(lambda: kawaraban.slack.ephemerals(ada), 30)
    assert [read(one) for one in kawaraban.slack.ephemerals(ada)] == [READY]


async def test_a_slow_answer_to_a_mention_is_an_hourglass_until_it_is_there(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(kawaraban, monkeypatch)
    asked = kawaraban.slack.people.say(room, f"<@{kawaraban.slack.team.bot.id}> 2602.00001", ada)
    await kawaraban.slack.until(lambda: "hourglass_flowing_sand" in asked.reactions, 30)
    slow.ready.set()
    assert read(await kawaraban.answer(ada)) == READY
    assert asked.reactions == {}
    assert len(kawaraban.slack.ephemerals(ada)) == 1


async def test_details_that_cannot_have_a_modal_come_as_a_message(kawaraban: Bot, ada: User, room: Channel) -> None:
    headline, card, *_ = await kawaraban.digest(room, ada)
    before = len(kawaraban.slack.ephemerals(ada))
    kawaraban.slack.faults.always("expired_trigger_id", "views.open")
    await kawaraban.slack.people.click(card, "paper.details", ada)
    answer = await kawaraban.answer(ada, before)
    assert answer.thread_ts == headline.ts
    assert len(kawaraban.slack.ephemerals(ada)) == before + 1


async def test_the_shortcut_summarises_the_paper_that_a_message_links_to(
    kawaraban: Bot, ada: User, room: Channel
) -> None:
    _, card, *_ = await kawaraban.digest(room, ada)
    title = card.blocks[0]["elements"][0]["elements"][1]["text"]
    before = len(kawaraban.slack.ephemerals(ada))
    done = await kawaraban.slack.people.shortcut(SHORTCUT, card, ada)
    assert done.acked
    assert title in read(await kawaraban.answer(ada, before))

    asked = kawaraban.slack.people.say(room, "have you seen https://arxiv.org/abs/2602.21548 ?", ada)
    before = len(kawaraban.slack.ephemerals(ada))
    await kawaraban.slack.people.shortcut(SHORTCUT, asked, ada)
    assert read(await kawaraban.answer(ada, before)) != words_for("ja").say("chat.no_paper")


async def test_the_shortcut_on_another_message_says_what_it_is_for(kawaraban: Bot, ada: User, room: Channel) -> None:
    asked = kawaraban.slack.people.say(room, "good morning", ada)
    await kawaraban.slack.people.shortcut(SHORTCUT, asked, ada)
    assert read(await kawaraban.answer(ada)) == words_for("ja").say("chat.no_paper")


ADDRESS = "https://arxiv.org/abs/2602.21548"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": f"see <{ADDRESS}|this> &amp; that"}, f"see <{ADDRESS}|this> & that"),
        ({"text": "", "blocks": [{"elements": [{"type": "link", "url": ADDRESS}]}]}, ADDRESS),
        ({"text": "look", "attachments": [{"title_link": ADDRESS}]}, ADDRESS),
    ],
)
def test_a_messages_text_comes_before_its_links(message: dict[str, object], text: str) -> None:
    command = shortcut_command(message)
    assert isinstance(command, LookUp)
    assert command.text.strip() == text


@pytest.mark.parametrize("message", [{}, {"text": None, "blocks": 1, "attachments": [1, {}]}, {"text": "hello"}])
def test_a_message_without_a_paper_is_none(message: dict[str, object]) -> None:
    assert shortcut_command(message) is None
