"""Two people ask about a paper in a Discord thread; the bot is killed while it answers, and goes on when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.store.location import sqlite_url
from tests.fakes import invented
from tests.fakes.discord_process import DiscordProcess
from tests.support.bot_process import BotProcess, until
from tests.support.cli import online
from tests.support.discord_town import Guild, links, texts
from tests.support.standins import Claude, Upstream

pytestmark = pytest.mark.long

Json = dict[str, Any]
PAPER = invented.landmark()
FIRST = "How much does TwinLock raise accuracy over earlier methods on the BargeQueue benchmark?"
QUOTED = "On the BargeQueue benchmark, TwinLock raises accuracy by 38.2% over earlier methods and runs 1.87x faster."
FURTHER = (
    "How much faster does TwinLock run on the BargeQueue benchmark?",
    "TwinLockはBargeQueueで精度をどれだけ上げる？",
    "Which earlier methods does TwinLock raise accuracy over on BargeQueue?",
    "Who sold the barges?",
    "Does TwinLock run 1.87x faster on the BargeQueue benchmark?",
)


@dataclass
class Talk:
    """The thread, and the two people who write in it by turns."""

    discord: DiscordProcess
    thread: int
    people: tuple[int, int]
    said: int = 0

    def ask(self, text: str, reply_to: Json | None = None) -> Json:
        """Write as the next person: in reply to a message, or naming the bot."""
        more: Json = {"reply_to": int(reply_to["id"])} if reply_to else {"mentions_bot": True}
        user = self.people[self.said % 2]
        self.said += 1
        asked: Json = self.discord.call("people.say", channel=self.thread, user=user, text=text, **more)
        return asked

    def replies(self, asked: Json) -> list[Json]:
        return [
            one
            for one in self.discord.messages(self.thread)
            if (one.get("message_reference") or {}).get("message_id") == str(asked["id"]) and one["author"].get("bot")
        ]

    def answer(self, asked: Json) -> Json:
        """Return the one reply, once it is whole."""

        def there() -> Json | None:
            found = self.replies(asked)
            whole = [one for one in found if one["embeds"] and "cancel" not in actions(one)]
            return whole[0] if whole and len(found) == 1 else None

        return until(there)


def actions(message: Json) -> set[str]:
    return {one.partition(":")[0] for one in message["custom_ids"]}


@pytest.fixture
def discord() -> Iterator[DiscordProcess]:
    with DiscordProcess.serving() as serving:
        yield serving
        assert serving.log()["findings"] == []


@pytest.fixture
def settings(upstream: Upstream, claude: Claude, discord: DiscordProcess, tmp_path: Path) -> dict[str, str]:
    return online(upstream, claude, tmp_path) | {
        "DATABASE_URL": sqlite_url(tmp_path / "kawaraban.sqlite3"),
        "SECRET_KEY": "an invented one, long enough",
        "DISCORD_API_URL": discord.api,
        "DISCORD_TOKEN": discord.token,
        "DIGEST_LANGUAGE": "en",
    }


def test_six_turns_by_two_people_survive_a_kill(
    discord: DiscordProcess, claude: Claude, settings: dict[str, str], tmp_path: Path
) -> None:
    lab = Guild(discord)
    lab.add_channel("general")
    room = lab.add_channel("papers")
    ada, ben = lab.add_user("ada"), lab.add_user("ben", locale="ja")

    with BotProcess.running(settings, tmp_path) as bot:
        until(lambda: discord.counts()["connected"] and discord.counts()["overwrites"])
        opened = discord.call("people.say", channel=room, user=ada, text=f"{PAPER.id} {FIRST}", mentions_bot=True)
        first = Talk(discord, room, (ada, ben)).answer(opened)
        assert QUOTED in "\n".join(texts(first))
        thread = discord.call("open_thread", message=int(first["id"]), user=ben, name="TwinLock")["id"]
        talk = Talk(discord, thread, (ben, ada))

        second = talk.answer(talk.ask(FURTHER[0]))
        assert "1.87x faster" in "\n".join(texts(second))
        third = talk.answer(talk.ask(FURTHER[1], second))
        assert "38.2%" in "\n".join(texts(third))

        claude.mode("slow:600", match=FURTHER[2])
        fourth = talk.ask(FURTHER[2])
        until(lambda: any("cancel" in actions(one) for one in talk.replies(fourth)))
        bot.kill()

    claude.reset()
    with BotProcess.running(settings, tmp_path):
        assert "38.2%" in "\n".join(texts(talk.answer(fourth)))
        fifth = talk.answer(talk.ask(FURTHER[3]))
        sixth = talk.answer(talk.ask(FURTHER[4], fifth))
        assert "1.87x faster" in "\n".join(texts(sixth))
        assert FURTHER[2] in str([one["messages"] for one in claude.log() if FURTHER[4] in str(one)])
        assert all("arxiv.org/" in link for one in (first, second, third, sixth) for link in links(one))
    mine = [one for one in discord.messages(thread) if one["author"].get("bot") and one["type"] == 19]
    assert len(mine) == len(FURTHER)
