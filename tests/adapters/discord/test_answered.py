"""Every interaction and every message to the bot ends in an answer, whatever the use cases do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import product

import pytest

from adapters.discord.buttons import Action, Click
from adapters.discord.commands import TRANSLATED
from adapters.discord.replies import answers
from bot.chat.registry import COMMANDS
from bot.errors import BotError, StoreError
from bot.models import NextStep, PaperId, Reply, failed
from bot.words import words_for
from tests.fakes.discord_interactions import Interaction
from tests.fakes.discord_model import Channel, Message, MessageFlag, User
from tests.support.discord_bots import Bot, read_answer
from tests.support.failures import ERRORS, SIZES, document_of, kinds, parts, raising, replying, sentence_of

PAPER = PaperId.arxiv("2602.00001")
TURN = "0123456789abcdef"
SUBJECTS = {
    Action.CHOOSE: "",
    Action.NEXT: f"{TURN}/0",
    **dict.fromkeys((Action.CANCEL, Action.SHARE_ANSWER, Action.QUOTATIONS), TURN),
}
OPENING = (Action.FORM, Action.ASK)  # answered by a form
JA = words_for("ja")
MENU = words_for("en").say("command.menu")
PATHS = [f"{spec.group.name} {spec.name}" if spec.group else spec.name for spec in COMMANDS.specs]
REQUIRED = {
    path: {one.name: "2602.00001" for one in spec.options if one.required}
    for path, spec in zip(PATHS, COMMANDS.specs, strict=True)
}


def posted(bot: Bot, channel: Channel, *custom_ids: str) -> Message:
    """Return a message of the bot's with these buttons."""
    rows = [custom_ids[start : start + 5] for start in range(0, len(custom_ids), 5)]
    components = [
        {"type": 1, "components": [{"type": 2, "style": 2, "label": one[:20], "custom_id": one} for one in row]}
        for row in rows
    ]
    message = bot.discord.messages.compose(channel, bot.discord.state.bot, {"content": "…", "components": components})
    bot.discord.messages.add(message)
    return message


def actions() -> Iterator[str]:
    """Yield the custom id of every button."""
    return map(custom_id, Action)


def custom_id(action: Action) -> str:
    return Click(action, subject=SUBJECTS.get(action, str(PAPER))).custom_id


def walk(bot: Bot, room: Channel, ada: User) -> Iterator[Interaction]:
    """Begin everything that people can ask and the use cases answer, except for forms and cancelling."""
    people = bot.discord.people
    yield from (people.slash(f"digest {path}", room, ada, **REQUIRED[path]) for path in PATHS)
    yield people.slash("paper", room, ada, query="2602.00001")
    yield people.slash("paper", room, ada, query="2602.00001", question="なぜ？")
    yield people.slash("paper", room, ada, query="2602.00001", style="detailed")
    yield people.menu(MENU, people.say(room, ada, "https://arxiv.org/abs/2602.00001"), ada)
    there = posted(bot, room, *actions())
    for action in Action:
        if action not in (*OPENING, Action.STEP, Action.CANCEL):
            values = [str(PAPER)] if action is Action.CHOOSE else None
            yield people.click(there, custom_id(action), ada, values)
    step = Click(Action.STEP, subject=str(PAPER)).custom_id
    yield from (
        people.click(there, step, ada, [one]) for one in (NextStep.SUBSCRIBE, NextStep.HELP, "another version's")
    )


async def answered(bot: Bot, one: Interaction, content: str) -> None:
    await bot.discord.until(lambda: one.message and one.message.content == content, 30)


async def replied(bot: Bot, asked: Message, content: str) -> None:
    shown = asked.channel.messages.values()
    await bot.discord.until(lambda: any(one.reference is asked and one.content == content for one in shown), 30)


async def followed(bot: Bot, one: Interaction, further: int) -> None:
    await bot.discord.until(lambda: len(one.followups) == further, 30)


def explained(error: Exception) -> str:
    """Return the Japanese answer to the error."""
    ours = error if isinstance(error, BotError) else BotError(type(error).__name__)
    return str(answers(failed(ours, "ja", "Asia/Tokyo"))[0].body["content"])


def use(bot: Bot, monkeypatch: pytest.MonkeyPatch, handle: Callable[..., AsyncIterator[Reply]]) -> None:
    monkeypatch.setattr(bot.uses.channels, "handle", handle)
    monkeypatch.setattr(bot.uses.questions, "handle", handle)
    monkeypatch.setattr(bot.uses.questions, "written", handle)

    async def cancel(*asked: object) -> Reply | None:
        return [reply async for reply in handle(*asked)][-1]

    monkeypatch.setattr(bot.uses.questions, "cancel", cancel)


def test_the_errors_are_all_of_the_tree() -> None:
    assert {*kinds()} == {type(error) for error in ERRORS if isinstance(error, BotError)}
    assert "ja" in TRANSLATED


async def test_every_error_of_every_use_case_is_answered_in_words(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command, menu, button and form meets each error; some also after an interim answer."""
    people = kawaraban.discord.people
    there = posted(kawaraban, room, *actions())
    for error, late in product(ERRORS, (False, True)):
        use(kawaraban, monkeypatch, raising(error, late=late))
        expected = explained(error)
        opened, form = [await people.click(there, custom_id(one), ada).answered() for one in OPENING]
        asked = [people.submit(opened), people.submit(form, question="なぜ？"), people.slash("digest top", room, ada)]
        cancelled = people.click(there, custom_id(Action.CANCEL), ada)
        if not late:
            asked += walk(kawaraban, room, ada)
        said = [people.dm(ada, "2602.00001"), people.say(room, ada, "なぜ1.87倍速いのか", reply_to=there)]
        for one in asked:
            await answered(kawaraban, one, expected)
        for message in said:
            await replied(kawaraban, message, expected)
        await followed(kawaraban, cancelled, 1)
        assert cancelled.followups[0].content == expected
        assert there.content == "…"  # the answer itself stays as it is


async def test_a_database_that_fails_is_explained_wherever_it_is_asked(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = StoreError("store.locked", path="kawaraban.db")

    async def get(*_: object) -> None:
        raise error

    use(kawaraban, monkeypatch, raising(error, late=False))
    monkeypatch.setattr(kawaraban.uses.channels, "get", get)
    monkeypatch.setattr(kawaraban.uses.papers, "suggest", get)
    there = posted(kawaraban, room, *actions())
    form = kawaraban.discord.people.click(there, Click(Action.FORM, subject=str(PAPER)).custom_id, ada)
    for one in [form, *walk(kawaraban, room, ada)]:
        await one.answered()
        assert one.message
        assert one.message.content == explained(error)
    typed = await kawaraban.discord.people.complete("paper", room, ada, "query", query="wood").answered()
    assert (typed.response, typed.choices) == (8, [])


@pytest.mark.parametrize("custom_id", ["choose:-:", "details:-:", "mute:-:arxiv:2602.00001", "another app's"])
async def test_a_button_of_another_version_is_answered(
    kawaraban: Bot, ada: User, room: Channel, custom_id: str
) -> None:
    one = kawaraban.discord.people.click(posted(kawaraban, room, custom_id), custom_id, ada)
    assert "別のバージョン" in read_answer(await one.answered())


async def test_a_form_of_another_version_changes_nothing(kawaraban: Bot, ada: User, room: Channel) -> None:
    people, form = kawaraban.discord.people, Click(Action.FORM).custom_id
    opened = await people.click(posted(kawaraban, room, form), form, ada).answered()
    assert opened.modal
    opened.modal["custom_id"] = "questions:-:"
    assert "別のバージョン" in read_answer(await people.submit(opened).answered())
    opened.modal["custom_id"] = form
    answer = read_answer(await people.submit(opened, time="7:00 Europe/Nowhere").answered())
    assert "Europe/Nowhere" in answer


async def test_the_buttons_of_a_notice_are_answered_in_direct_messages(kawaraban: Bot, ada: User) -> None:
    direct = kawaraban.discord.state.dm(ada)
    there = posted(kawaraban, direct, *(Click(one).custom_id for one in (Action.STATUS, Action.FORM, Action.PREVIEW)))
    people = kawaraban.discord.people
    assert "</digest subscribe:" in read_answer(
        await people.click(there, Click(Action.STATUS).custom_id, ada).answered()
    )
    assert (await people.click(there, Click(Action.FORM).custom_id, ada).answered()).modal
    preview = await kawaraban.settled(people.click(there, Click(Action.PREVIEW).custom_id, ada))
    assert "瓦版" in read_answer(preview)


async def test_what_the_core_refuses_late_is_answered(kawaraban: Bot, ada: User, room: Channel) -> None:
    await kawaraban.slash("digest subscribe", room, ada)
    for path, options, named in [
        ("digest channel language", {"language": "klingon"}, "klingon"),
        ("digest channel time", {"at": "7:00", "zone": "Mars/Phobos"}, "Mars/Phobos"),
        ("digest why", {"query": "zzzz"}, "zzzz"),
    ]:
        assert named in await kawaraban.slash(path, room, ada, **options)


async def test_answers_of_every_size_are_shown(
    kawaraban: Bot, ada: User, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = [Reply("ja", "UTC"), *(Reply("ja", "UTC", parts=several) for several in parts())]
    replies += [made(size) for size in (*SIZES, 2_800) for made in (sentence_of, document_of)]
    for reply in [*replies, None]:
        use(kawaraban, monkeypatch, replying(*([reply] if reply else [])))
        first, *others = answers(reply or replies[0])
        one = await kawaraban.discord.people.slash("digest export", room, ada).answered()
        await followed(kawaraban, one, len(others))
        assert one.message
        assert not one.message.flags & MessageFlag.LOADING
        assert one.message.content == first.body["content"].strip()
        assert [file["filename"] for file in one.message.attachments] == [file.name for file in first.files]


async def test_a_lost_answer_of_discord_costs_nobody_theirs(kawaraban: Bot, ada: User, room: Channel) -> None:
    faults = kawaraban.discord.faults
    for line in ("POST /interactions/*/*/callback", "PATCH /webhooks/*/*/messages/@original"):
        for kind in ("lost_before", "lost_after", "limited", "status"):
            fault = faults.add(kind, line)
            assert await kawaraban.slash("digest channel size", room, ada)
            assert fault.met == 1
    faults.add("refused", "PATCH /webhooks/*/*/messages/@original", code=50035)
    assert "表示できませんでした" in await kawaraban.slash("digest help", room, ada)
