"""Every command, message, click and form ends in an answer, whatever the use cases do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import product
from typing import Any

import pytest

from adapters.slack.asking import SHORTCUT
from adapters.slack.blocks import escaped
from adapters.slack.cards import CITE, DETAILS, SHARE
from adapters.slack.claims import NEXT, QUOTATIONS, SHARE_ANSWER
from adapters.slack.menus import CHOOSE, CHOOSE_FOR, SET
from adapters.slack.render import FORM, PREVIEW, STEP
from adapters.slack.replies import messages
from bot.chat.registry import COMMANDS
from bot.errors import BotError, StoreError
from bot.models import NextStep, PaperId, Reply, Style, failed
from bot.words import words_for
from tests.fakes.slack import Channel, Message, SlackDouble, User
from tests.fakes.slack_values import OpenView
from tests.support.failures import ERRORS, FILLER, SIZES, document_of, parts, raising, replying, sentence_of
from tests.support.slack_bots import Bot

PAPER = str(PaperId.arxiv("2602.00001"))
STEPS = {f"{STEP}{one.value}": one.value for one in NextStep}
BUTTONS = {**STEPS, DETAILS: PAPER, CITE: PAPER, CHOOSE: PAPER, SHARE: f"{Style.BRIEF} {PAPER}", PREVIEW: ""}
BUTTONS |= {SET: "size 3"}
TURN = "9f3c00112233aabb"
BUTTONS |= {f"{NEXT}0": f"{TURN} 0", CHOOSE_FOR: f"{TURN} - {PAPER}", SHARE_ANSWER: TURN, QUOTATIONS: TURN}
REQUIRED = {spec.name: "2602.00001" for spec in COMMANDS.specs if any(one.required for one in spec.options)}


@pytest.fixture
def ada(slack: SlackDouble) -> User:
    return slack.add_user("ada", is_admin=True, locale="ja-JP")


def posted(bot: Bot, channel: Channel, buttons: dict[str, str]) -> Message:
    """Return a message of the bot's with these buttons, by action id."""
    team = bot.slack.state.workspaces[channel.team]
    elements = [
        {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": action}}
        | ({"value": value} if value else {})
        for action, value in buttons.items()
    ]
    blocks: list[dict[str, Any]] = [{"type": "actions", "block_id": "buttons", "elements": elements}]
    message = Message(bot.slack.state.new_ts(), channel.id, team.bot.id, "…", blocks)
    channel.messages[message.ts] = message
    return message


async def opened(bot: Bot, there: Message, ada: User) -> OpenView:
    """Open the settings form."""
    await bot.slack.people.click(there, FORM, ada)
    await bot.slack.until(lambda: ada.id in bot.slack.state.modals, 30)
    return bot.slack.modal(ada)


def walk(bot: Bot, room: Channel, ada: User) -> Iterator[Callable[[], Awaitable[object]]]:
    """Yield everything that people can ask in a channel and the use cases answer, except for the form."""
    people, there = bot.slack.people, posted(bot, room, BUTTONS)

    def typed(command: str, text: str) -> Callable[[], Awaitable[object]]:
        return lambda: people.slash(command, text, room, ada)

    def clicked(action: str) -> Callable[[], Awaitable[object]]:
        return lambda: people.click(there, action, ada)

    async def mention() -> None:
        people.say(room, f"<@{bot.slack.state.workspaces[room.team].bot.id}> 2602.00001", ada)

    yield from (typed("/digest", f"{spec.name} {REQUIRED.get(spec.name, '')}") for spec in COMMANDS.specs)
    yield typed("/digest", "")
    yield typed("/paper", "2602.00001")
    yield from map(clicked, BUTTONS)
    yield mention
    asked = people.say(room, "https://arxiv.org/abs/2602.00001", ada)
    yield lambda: people.shortcut(SHORTCUT, asked, ada)


async def answered(bot: Bot, ada: User, before: int, text: str) -> None:
    """Wait for the newest message to the person alone, or for the modal that they have open, to say this."""
    theirs, modals = bot.slack.ephemerals, bot.slack.state.modals

    def in_modal() -> bool:
        return ada.id in modals and said(modals[ada.id].view["blocks"]) == text.replace("`", "")

    def alone() -> bool:
        return len(theirs(ada)) > before and theirs(ada)[-1].text.replace("`", "") == text.replace("`", "")

    await bot.slack.until(lambda: in_modal() or alone(), 30)
    modals.pop(ada.id, None)


def said(blocks: list[dict[str, Any]]) -> str:
    """Return the text of blocks as a message's own text has it."""
    pieces = "".join(one.get("text", "") for part in blocks[0].get("elements", ()) for one in part.get("elements", ()))
    return escaped(pieces)


async def replied(bot: Bot, asked: Message, text: str) -> None:
    """Wait for a direct message with this text after the one that asked."""
    there = bot.slack.state.channels[asked.channel]
    await bot.slack.until(lambda: any(one.ts > asked.ts and one.text == text for one in there.messages.values()), 30)


def explained(error: Exception) -> str:
    """Return the Japanese answer to the error."""
    ours = error if isinstance(error, BotError) else BotError(type(error).__name__)
    return messages(failed(ours, "ja", "Asia/Tokyo"))[0].text


def use(bot: Bot, monkeypatch: pytest.MonkeyPatch, handle: Callable[..., AsyncIterator[Reply]]) -> None:
    monkeypatch.setattr(bot.uses.channels, "handle", handle)
    monkeypatch.setattr(bot.uses.papers, "handle", handle)
    monkeypatch.setattr(bot.uses.questions, "handle", handle)
    monkeypatch.setattr(bot.uses.questions, "written", handle)


async def test_every_error_of_every_use_case_is_answered_in_words(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command, button and form meets each error; some also after an interim answer."""
    people, theirs = kawaraban.slack.people, kawaraban.slack.ephemerals
    there = posted(kawaraban, room, {FORM: room.id})
    for error, late in product(ERRORS, (False, True)):
        use(kawaraban, monkeypatch, raising(error, late=late))
        expected = explained(error)
        form = await opened(kawaraban, there, ada)
        before = len(theirs(ada))
        await people.submit(form, {"size": {"value": "7"}})
        await answered(kawaraban, ada, before, expected)
        await replied(kawaraban, people.dm(ada, "2602.00001"), expected)
        for ask in [] if late else walk(kawaraban, room, ada):
            before = len(theirs(ada))
            await ask()
            await answered(kawaraban, ada, before, expected)


async def test_a_database_that_fails_is_explained_wherever_it_is_asked(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, theirs = kawaraban.slack.people, kawaraban.slack.ephemerals
    error = StoreError("store.locked", path="kawaraban.db")
    form = await opened(kawaraban, posted(kawaraban, room, {FORM: room.id}), ada)

    async def get(*_: object) -> None:
        raise error

    use(kawaraban, monkeypatch, raising(error, late=False))
    monkeypatch.setattr(kawaraban.uses.channels, "get", get)
    monkeypatch.setattr(kawaraban.uses.channels, "overview", get)
    there = posted(kawaraban, room, {FORM: room.id})
    asked: list[Callable[[], Awaitable[object]]] = [*walk(kawaraban, room, ada)]
    asked += [lambda: people.click(there, FORM, ada), lambda: people.submit(form)]
    for ask in asked:
        before = len(theirs(ada))
        await ask()
        await answered(kawaraban, ada, before, explained(error))
    people.open_home(ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.homes, 30)
    assert explained(error)[:20] in str(kawaraban.slack.home(ada).view["blocks"])


@pytest.mark.parametrize(
    ("action", "value"),
    [(DETAILS, "no paper"), (CHOOSE, ""), (SHARE, PAPER), (SHARE, f"huge {PAPER}"), ("paper.mute", PAPER)],
)
async def test_a_button_of_another_version_is_answered(
    kawaraban: Bot, ada: User, room: Channel, action: str, value: str
) -> None:
    await kawaraban.slack.people.click(posted(kawaraban, room, {action: value}), action, ada)
    await answered(kawaraban, ada, 0, words_for("ja").say("chat.outdated"))


@pytest.mark.parametrize(("field", "value"), [("private_metadata", "{}"), ("callback_id", "questions")])
async def test_a_form_of_another_version_is_answered_and_changes_nothing(
    kawaraban: Bot, ada: User, room: Channel, field: str, value: str
) -> None:
    form = await opened(kawaraban, posted(kawaraban, room, {FORM: room.id}), ada)
    form.view[field] = value
    await kawaraban.slack.people.submit(form)
    team = kawaraban.slack.state.workspaces[room.team]
    direct = kawaraban.slack.state.dm(team, ada.id)
    await kawaraban.slack.until(lambda: direct.messages, 30)
    assert "別のバージョン" in next(iter(direct.messages.values())).text
    assert await kawaraban.uses.channels.get(kawaraban.key(room)) is None


async def test_answers_of_every_size_are_shown(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = [Reply("ja", "UTC"), *(Reply("ja", "UTC", parts=several) for several in parts())]
    replies += [made(size) for size in SIZES for made in (sentence_of, document_of)]
    for reply in [*replies, None]:
        use(kawaraban, monkeypatch, replying(*([reply] if reply else [])))
        expected = [one.text for one in messages(reply or replies[0])]
        before = len(kawaraban.slack.ephemerals(ada))
        await kawaraban.slack.people.slash("/digest", "export", room, ada)
        await answered(kawaraban, ada, before + len(expected) - 1, expected[-1])
        assert [one.text for one in kawaraban.slack.ephemerals(ada)[before:]] == expected
    use(kawaraban, monkeypatch, replying(sentence_of(30_000)))
    asked = kawaraban.slack.people.dm(ada, "2602.00001")
    there = kawaraban.slack.state.channels[asked.channel].messages
    await kawaraban.slack.until(lambda: sum(str(one.blocks).count(FILLER) for one in there.values()) == 30_000, 30)


@pytest.mark.parametrize("trouble", ["invalid_blocks", "msg_too_long", "internal_error"])
async def test_an_interim_answer_that_slack_refuses_costs_nobody_the_last(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr("adapters.slack.telling.PATIENCE", 0.0)

    async def handle(*_: object) -> AsyncIterator[Reply]:
        yield sentence_of(10)
        await kawaraban.slack.until(lambda: kawaraban.slack.calls("chat.postMessage"), 30)
        yield sentence_of(20)

    use(kawaraban, monkeypatch, handle)
    kawaraban.slack.faults.next(trouble, "chat.postMessage")
    asked = kawaraban.slack.people.dm(ada, "2602.00001")
    await replied(kawaraban, asked, messages(sentence_of(20))[0].text)


async def test_an_answer_that_slack_refuses_is_explained(kawaraban: Bot, ada: User, room: Channel) -> None:
    kawaraban.slack.faults.next("invalid_blocks", "chat.postMessage")
    asked = kawaraban.slack.people.dm(ada, "help")
    there = kawaraban.slack.state.channels[asked.channel].messages
    await kawaraban.slack.until(lambda: len(there) == 2, 30)
    assert "表示できませんでした" in [*there.values()][-1].text
