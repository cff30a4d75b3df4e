"""A channel, an administrator in it, and the bot at work."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.slack import Channel, SlackDouble, User
from tests.support.slack_bots import Bot, running


@pytest.fixture
async def kawaraban(slack: SlackDouble) -> AsyncIterator[Bot]:
    async with running(slack) as at_work:
        yield at_work


@pytest.fixture
def ada(slack: SlackDouble) -> User:
    return slack.add_user("ada", is_admin=True)


@pytest.fixture
def room(slack: SlackDouble, ada: User) -> Channel:
    return slack.add_channel("papers", [ada])
