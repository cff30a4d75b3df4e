"""Measure what Discord's users would notice: lost or duplicated messages, late answers, lost or invented votes.

    python -m bench.discord [PART ...] [--times N] [--self-check]

crash     SIGKILL between Discord's accepting a message and our recording it, 50 times each with look-ups allowed and
          refused after nonces have expired, and while they are valid: each message is posted once, or unknown in the
          ledger, and none is posted twice
load      200 `/paper` within 10 s for cached papers, while digests go out and 20 more wait for a hanging model: all are
          acknowledged, 99 % within 500 ms, and answered within 1 s
questions 100 questions by `/paper` at 20 a second, each about another paper, while digests go out: all are
          acknowledged, 99 % within 300 ms, and answered
away      1,000 reactions on 40 messages, a fifth of them bursts, and removals, while the bot is down: everything that
          Discord reports afterwards is stored, and nothing else
drops     the socket cut every second for a minute, every tenth time ending the session: no vote is lost
fleet     500 servers with 1,000 channels due at once: each gets its message, at 85 % of the rate or more
takeover  the process that holds the gateway is killed: another one connects within a lease (PostgreSQL)

`--self-check` is short and ignores times: only a part run alone on a quiet machine can judge its times.
"""

from __future__ import annotations

import sys

from bench.chat import Says, command, crash
from bench.discord_crash import Lookups, kill
from bench.discord_fleet import fleet, takeover
from bench.discord_load import load
from bench.discord_questions import questions
from bench.discord_votes import drops, missed

PARTS = ("crash", "load", "questions", "away", "drops", "fleet", "takeover")


def gateway(says: Says) -> list[str]:
    found = takeover()
    says(f"takeover, {found.line() if found else 'left out: there is no PostgreSQL'}")
    return found.faults() if found else []


def whole(part: str, times: int, says: Says) -> list[str]:
    match part:
        case "crash":
            return crash(Lookups, kill, times, says)
        case "load":
            asked = load()
            says(f"load, {asked.line()}")
            return asked.faults()
        case "questions":
            answered = questions()
            says(f"questions, {answered.line()}")
            return answered.faults()
        case "away":
            heard = missed()
            says(f"away, {heard.away_line()}")
            return heard.faults()
        case "drops":
            heard = drops()
            says(f"drops, {heard.drops_line()}")
            return heard.faults()
        case "fleet":
            found = fleet()
            says(f"fleet, {found.line()}")
            return found.faults()
        case _:
            return gateway(says)


def short(part: str, says: Says) -> list[str]:
    """Run a small version of the part, whose faults are faults on a busy machine too."""
    match part:
        case "crash":
            return crash(Lookups, kill, 1, says)
        case "load":
            asked = load(commands=10, seconds=10.0, hanging=1, channels=2)
            says(f"load, {asked.line()}")
            return asked.wrong
        case "questions":
            answered = questions(times=10, channels=2)
            says(f"questions, {answered.line()}")
            return answered.wrong
        case "away":
            heard = missed(reactions=60, removals=10, channels=1, people=16)
            says(f"away, {heard.away_line()}")
            return heard.faults()
        case "drops":
            heard = drops(times=4, every=0.2, invalid=2, channels=1, people=16)
            says(f"drops, {heard.drops_line()}")
            return heard.faults()
        case "fleet":
            found = fleet(guilds=3, channels=9, others=1)
            says(f"fleet, {found.line()}")
            return found.faults(timed=False)
        case _:
            return []


if __name__ == "__main__":
    sys.exit(command("discord", __doc__ or "", PARTS, whole, short))
