"""Measure what Slack's users would notice: lost or duplicated messages, late answers, lost or invented votes.

    python -m bench.slack [PART ...] [--times N] [--self-check]

crash   SIGKILL between Slack's accepting a message and our recording it, 50 times for each kind of look-up: each
        message is posted once, or unknown in the ledger, and none is posted twice
load    200 `/paper` within 10 s for cached papers, while digests go out and 20 more wait for a hanging model: all are
        acknowledged, 99 % within 500 ms, and answered within 1 s
asks    30 questions, 20 a second, by `/paper`, mentions and direct messages, while digests go out and nothing answers:
        commands are acknowledged within 300 ms (99 %), and every question ends in an answer, in one message
away    1,000 reactions on 40 messages, and removals, in an hour without the bot: everything that Slack reports
        afterwards is stored, and nothing else
drops   the socket cut every second for a minute, with reactions all the time: no vote is lost or duplicated

`--self-check` is short and ignores times: only a `load` run alone can judge its times.
"""

from __future__ import annotations

import sys

from bench.chat import Says, command, crash
from bench.slack_asks import questions
from bench.slack_crash import Lookups, kill
from bench.slack_load import load
from bench.slack_votes import Heard, drops, missed


def votes(name: str, line: str, heard: Heard, says: Says) -> list[str]:
    says(f"{name}, {line}")
    return heard.faults()


def whole(part: str, times: int, says: Says) -> list[str]:
    match part:
        case "crash":
            return crash(Lookups, kill, times, says)
        case "load":
            found = load()
            says(f"load, {found.line()}")
            return found.faults()
        case "asks":
            asks = questions()
            says(f"asks, {asks.line()}")
            return asks.faults()
        case "away":
            heard = missed()
            return votes("away", heard.away_line(), heard, says)
        case _:
            heard = drops()
            return votes("drops", heard.drops_line(), heard, says)


def short(part: str, says: Says) -> list[str]:
    """Run a small version of the part, whose faults are faults on a busy machine too."""
    match part:
        case "crash":
            return crash(Lookups, kill, 1, says)
        case "load":
            found = load(commands=10, seconds=10.0, hanging=1, channels=2)
            says(f"load, {found.line()}")
            return found.wrong
        case "asks":
            asks = questions(each=2, channels=2)
            says(f"asks, {asks.line()}")
            return asks.wrong
        case "away":
            heard = missed(reactions=60, removals=10, channels=1, people=16, pace=0.1)
            return votes("away", heard.away_line(), heard, says)
        case _:
            heard = drops(times=3, every=0.2, channels=1, people=16, pace=0.1)
            return votes("drops", heard.drops_line(), heard, says)


PARTS = ("crash", "load", "asks", "away", "drops")


if __name__ == "__main__":
    sys.exit(command("slack", __doc__ or "", PARTS, whole, short))
