"""A process that answers questions on the tests' own chat platform, to be killed and started again.

    python -m tests.support.asking_process DATABASE PLATFORM CLAUDE

Each line of standard input is a JSON object: `user`, `text`, `thread` (the number of a message). The answer is one
message in the thread, edited as it grows. Each line of standard output is one: `text` of the question, `state`, and
`message`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator

from bot.claude.answer import ClaudeAnswerer
from bot.claude.client import Claude
from bot.models import Asker, DeliveryKey, MessageRef, Place, Reply, Where
from bot.store.engine import utc_now
from bot.store.store import Store
from tests.fakes.platform import NAME, FakePlatform
from tests.support.planted import PlantedReader
from tests.support.questioning import HERE, Room


class Asking:
    """The little of an adapter that answers need."""

    def __init__(self, room: Room, platform: FakePlatform) -> None:
        self._room = room
        self._platform = platform

    async def ask(self, user: str, text: str, thread: MessageRef) -> None:
        where = Where(NAME, HERE, thread)
        await self._show(self._room.questions.written(Asker(user), where, text), Place(HERE, thread), None)

    async def finish_what_was_cut_off(self) -> None:
        async for cut in self._room.questions.interrupted(NAME):
            await self._show(cut.replies, Place(HERE), cut.message)

    async def _show(self, replies: AsyncIterator[Reply], place: Place, message: MessageRef | None) -> None:
        """Show replies in place of each other, in one message."""
        posted = message is not None
        async for reply in replies:
            if reply.answer is None or not reply.answer.papers:
                continue
            if message is None:
                message = await self._platform.post(place, reply.answer, DeliveryKey(reply.answer.turn))
            else:
                await self._platform.edit(message, reply.answer)
            if not posted:
                posted = True
                await self._room.questions.posted(reply.answer.turn, message)
            told = {"text": reply.answer.question, "state": reply.answer.state, "message": str(message)}
            print(json.dumps(told), flush=True)  # noqa: T201 - whoever started the process reads it


async def main(database: str, platform: str, claude: str) -> None:
    async with Store.open(database) as store, FakePlatform(platform) as chat, Claude("key", base_url=claude) as client:
        asking = Asking(Room(store, ClaudeAnswerer(client), PlantedReader(), clock=utc_now), chat)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asking.finish_what_was_cut_off())
            while line := await asyncio.to_thread(sys.stdin.readline):
                asked = json.loads(line)
                thread = MessageRef(NAME, f"{asked['thread']}/{HERE.name}")
                tasks.create_task(asking.ask(asked["user"], asked["text"], thread))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
