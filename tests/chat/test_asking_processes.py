"""A conversation of two people on the tests' platform: killed in the middle, started again, and it goes on."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from bot.models import DeliveryKey, MessageRef, NewDelivery, PaperView, Place, Style
from bot.store.store import Store
from tests.fakes.platform import NAME, FakePlatform
from tests.fakes.platform_process import FakePlatformProcess
from tests.support import standins
from tests.support.needs import ROOT
from tests.support.planted import planted_paper
from tests.support.questioning import HERE, Room

pytestmark = pytest.mark.long

PAPER, TEXT = planted_paper(1)
SPEED, TRAINING, FROZEN, DENIAL = (
    next(sentence for _, sentence in TEXT.sentences() if word in sentence)
    for word in ("decodes", "GPUs", "frozen", "reinforcement")
)
LEFT = "Does TamlinNet rely on reinforcement learning at any stage?"
TURNS = (
    ("U-ada", "How much faster does TamlinNet decode than BelfryBase?", SPEED),
    ("U-bo", "Which part of TamlinNet stays frozen during the second stage?", FROZEN),
    ("U-ada", "On how many GPUs do they train TamlinNet?", TRAINING),
    ("U-bo", LEFT, DENIAL),
    ("U-ada", "TamlinNetは何台のGPUで何時間学習したのか？", TRAINING),
    ("U-bo", "How much faster does TamlinNet decode on the benchmark?", SPEED),
)


class Bot:
    """A running process that answers questions."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.asking_process", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, user: str, text: str, thread: int) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"user": user, "text": text, "thread": thread}) + "\n")
        self.process.stdin.flush()

    def told(self, text: str, *states: str) -> dict[str, Any]:
        """Return what the process next tells of that question in one of these states."""
        assert self.process.stdout
        while line := self.process.stdout.readline():
            told: dict[str, Any] = json.loads(line)
            if told["text"] == text and told["state"] in states:
                return told
        raise AssertionError("the process has ended")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0


async def test_six_turns_by_two_people_killed_in_the_middle(empty_sqlite: str, claude: standins.Claude) -> None:
    with FakePlatformProcess.serving() as platform:
        thread = await opened(empty_sqlite, platform.url)
        before = Bot(empty_sqlite, platform.url, claude.url)
        for user, text, _ in TURNS[:3]:
            before.ask(user, text, thread)
            await asyncio.to_thread(before.told, text, "done")
        claude.mode("hangs", match=LEFT)
        before.ask(TURNS[3][0], LEFT, thread)
        await asyncio.to_thread(before.told, LEFT, "reading")
        before.kill()
        claude.reset()

        after = Bot(empty_sqlite, platform.url, claude.url)
        for user, text, _ in TURNS[4:]:
            after.ask(user, text, thread)
            await asyncio.to_thread(after.told, text, "done")
        await asyncio.to_thread(after.told, LEFT, "done")
        after.end()
        card, *answers = platform.messages(HERE.name)
        asked = claude.log()

    shown = {text: next(one for one in answers if text in one["text"]) for _, text, _ in TURNS}
    assert len(answers) == len(TURNS)
    assert {one["thread"] for one in answers} == {card["id"]}
    assert all(one["edited"] and not one["links"] and not one["mentions"] for one in answers)
    for _, text, sentence in TURNS:
        assert sentence in shown[text]["text"], text
    # What the first process had answered is carried on by the second.
    requests = [json.dumps(one, ensure_ascii=False) for one in asked]
    carried = next(request for request in requests if TURNS[4][1] in request)
    assert all(text in carried for _, text, _ in TURNS[:3])
    async with Store.open(empty_sqlite) as store:
        turns = await store.turns.latest(f"{NAME}:{thread}/{HERE.name}", Room(store).clock(), 20)
    assert len({turn.asker for turn in turns}) == 2


async def opened(database: str, platform: str) -> int:
    """Share a paper in the channel, as the ledger does, and return the number of its message."""
    async with Store.open(database) as store, FakePlatform(platform) as chat:
        await store.papers.save([PAPER])
        view = PaperView(PAPER, "en", Style.BRIEF)
        message = await chat.post(Place(HERE), view, DeliveryKey("card"))
        room = Room(store)
        await room.sent(NewDelivery("share", view, paper=PAPER.id), message)
    return int(MessageRef.parse(str(message)).value.partition("/")[0])
