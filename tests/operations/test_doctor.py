"""Checks and what came of them: each trouble is told once."""

from __future__ import annotations

import pytest

from bot.errors import BotError
from bot.operations.doctor import diagnose
from bot.ports import CheckReport, HealthCheck


def failing(name: str, code: str, *, required: bool, **arguments: object) -> HealthCheck:
    async def run() -> CheckReport:
        raise BotError(code, **arguments)

    return HealthCheck(name, run, required=required)


async def names(*checks: HealthCheck) -> list[str]:
    return [one.name for one in await diagnose(checks)]


@pytest.mark.parametrize("required", [True, False])
async def test_what_fails_for_the_reason_of_one_before_it_is_left_out(required: bool) -> None:
    first = failing("slack", "platform.unreachable", required=True, platform="slack")
    again = failing("slack_channels", "platform.unreachable", required=required, platform="slack")
    assert await names(first, again) == ["slack"]


async def test_a_serious_problem_is_told_even_after_a_slight_one() -> None:
    slight = failing("slack_channels", "platform.unreachable", required=False, platform="slack")
    serious = failing("slack", "platform.unreachable", required=True, platform="slack")
    assert await names(slight, serious) == ["slack_channels", "slack"]


async def test_the_same_trouble_elsewhere_is_told_too() -> None:
    slack = failing("slack", "platform.unreachable", required=True, platform="slack")
    discord = failing("discord", "platform.unreachable", required=True, platform="discord")
    assert await names(slack, discord) == ["slack", "discord"]


async def test_what_is_fine_is_never_left_out() -> None:
    async def fine() -> None:
        return None

    assert await names(HealthCheck("a", fine), HealthCheck("b", fine)) == ["a", "b"]
