"""`kawaraban run` as a process: two people talk about a paper in a thread on Slack, and the bot dies in the middle."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.claims import CANCEL
from tests.adapters.slack.test_process import NOON, PAPER, Town, connected, read, slack, surroundings
from tests.conformance.slack_world import links
from tests.fakes.slack_process import SlackProcess
from tests.support.bot_process import until
from tests.support.standins import Claude

__all__ = ["slack", "surroundings"]  # fixtures
pytestmark = pytest.mark.long

Json = dict[str, Any]
SENTENCES = [one for one in re.split(r"(?<=[.!?])\s+", PAPER.abstract.strip()) if len(one.split()) > 4]
SAID = SENTENCES[1].rstrip(".")


def answers(slack: SlackProcess, channel: str, bot: str) -> list[Json]:
    """What the bot has answered in threads and is not writing any more, oldest first."""
    ours = [one for one in slack.messages(channel) if one["user"] == bot and one["thread_ts"]]
    return [one for one in ours if CANCEL not in str(one["blocks"])]


def test_six_turns_by_two_people_killed_in_the_middle(
    slack: SlackProcess, surroundings: dict[str, str], claude: Claude, tmp_path: Path
) -> None:
    app = slack.app()
    bot, tokens = app["bot"], {"SLACK_BOT_TOKEN": app["token"], "SLACK_APP_TOKEN": app["app_token"]}
    ada, hana = slack.add_user("ada", locale="en-US"), slack.add_user("hana", locale="ja-JP")
    room = slack.add_channel("papers", [ada, hana])
    town = Town(slack, surroundings | tokens | {"DIGEST_LANGUAGE": "en"}, tmp_path)
    questions = [
        (ada, f"{PAPER.id} Is it true that {SAID}?"),
        (hana, "How do they measure it, and on what?"),
        (ada, f"Do the authors say that {SAID}?"),
        (hana, "Which part is left to later work, and why is it?"),
        (ada, f"Why is it that {SAID}?"),
        (hana, f"この論文では、{SAID} と言えますか？"),
    ]

    def ask(number: int, thread: str | None) -> str:
        user, text = questions[number]
        said = slack.people("say", channel=room, text=f"<@{bot}> {text}", user=user, thread_ts=thread)
        return str(said["ts"])

    def answered(number: int) -> bool:
        return len(answers(slack, room, bot)) == number

    with town.running(NOON) as running:
        connected(slack, "socket")
        head = ask(0, None)
        until(lambda: len(answers(slack, room, bot)) == 1)
        for number in (1, 2):
            ask(number, head)
            until(partial(answered, number + 1))
        claude.mode("hangs", match="later work")
        ask(3, head)
        until(lambda: any(CANCEL in str(one["blocks"]) for one in slack.messages(room)))
        running.kill()
    claude.reset()
    with town.running(NOON + timedelta(minutes=1)):
        connected(slack, "socket")
        until(lambda: len(answers(slack, room, bot)) == 4)  # the one that was cut off, in its own message
        for number in (4, 5):
            ask(number, head)
            until(partial(answered, number + 1))
        asked = claude.log()

    shown = answers(slack, room, bot)
    assert {one["thread_ts"] for one in shown} == {head}
    assert len([one for one in slack.messages(room) if one["user"] == bot]) == len(questions)
    assert all(PAPER.title in read(one) for one in shown)
    proved = [one for one in shown if any("/html/" in address for address in links(one["blocks"]))]
    assert len(proved) >= 3
    # What the first process had answered is carried on by the second.
    carried = next(one for one in (json.dumps(one, ensure_ascii=False) for one in asked) if "Why is it that" in one)
    assert "How do they measure it" in carried
    assert not any("Traceback" in log.read_text() for log in tmp_path.glob("run-*.log"))
