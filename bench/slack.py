"""How soon Slack's commands are acknowledged and answered while a digest goes out.

    python -m bench.slack [--commands 200] [--seconds 10] [--mode socket|http]

The whole bot over the invented sample, in this process, against the tests' Slack in the same one: what it prints is the
time of both. Papers are cached, as after the morning's digest.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence

from tests.fakes.slack import Channel, SlackDouble, User
from tests.slack_bots import Bot, running

CHANNELS = 5  # that get their digest meanwhile


async def measure(commands: int, seconds: float, mode: str) -> None:
    slack = SlackDouble()
    async with slack.running():
        people = [slack.add_user(f"reader{number}", is_admin=True) for number in range(20)]
        rooms = [slack.add_channel(f"room{number}", people) for number in range(CHANNELS + 1)]
        async with running(slack, mode, digest_size=5) as bot:
            _, card, *_ = await bot.digest(rooms[0], people[0], 5)
            title = card.blocks[0]["elements"][0]["elements"][1]["text"]
            await bot.slash("/paper", title, rooms[0], people[0])
            for room in rooms[1:]:
                await bot.slash("/digest", "subscribe", room, people[0])
            slack.contract.checked = 0
            began = time.monotonic()
            for room in rooms[1:]:
                await slack.people.slash("/digest", "now", room, people[0])
            asking = []
            for number in range(commands):
                wait = began + number * seconds / commands - time.monotonic()
                await asyncio.sleep(max(wait, 0))
                asking.append(asyncio.create_task(ask(bot, title, rooms[0], people[number % len(people)])))
            times = await asyncio.gather(*asking)
            await slack.until(lambda: all(len(slack.state.channels[one.id].messages) >= 6 for one in rooms), 120)
    report("acknowledged", [one[0] for one in times])
    report("answered", [one[1] for one in times])
    print(f"digests to {CHANNELS} channels went out meanwhile; {len(slack.findings)} findings")


async def ask(bot: Bot, title: str, room: Channel, user: User) -> tuple[float, float]:
    """Milliseconds until the acknowledgement, and until the answer."""
    began = time.monotonic()
    done = await bot.slack.people.slash("/paper", title, room, user)
    if not done.acked:
        raise RuntimeError(done.error)
    while not done.posts:  # noqa: ASYNC110 (no event tells)
        await asyncio.sleep(0.002)
    return done.acked_in_ms or 0.0, (time.monotonic() - began) * 1_000


def report(what: str, times: Sequence[float]) -> None:
    ordered = sorted(times)
    at = {share: ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.9, 0.99)}
    shown = ", ".join(f"p{share * 100:.0f} {value:.0f} ms" for share, value in at.items())
    print(f"{what:<13} {len(ordered)} of {len(ordered)}: {shown}, slowest {ordered[-1]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--commands", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    asked = parser.parse_args()
    asyncio.run(measure(asked.commands, asked.seconds, asked.mode))


if __name__ == "__main__":
    main()
