"""Every platform that the conformance suite runs against. An adapter joins with one row."""

from __future__ import annotations

from bot.models import AnswerView, Card, Greeting, Headline, News, Notice, Page, PaperView
from tests.conformance.discord_world import discord_world
from tests.conformance.fake_world import boundless_world, fake_world
from tests.conformance.slack_world import slack_world
from tests.conformance.world import Fault, Limits, WorldKind
from tests.fakes.platform_state import LONGEST_TEXT

CHAT = frozenset({Headline, Card, Notice, PaperView, Greeting, News, AnswerView})

WORLDS = (
    WorldKind("fake", fake_world, Limits(text=LONGEST_TEXT, address=LONGEST_TEXT), parts=CHAT | {Page}),
    # The same without limits, to show that no test asks for one.
    WorldKind("boundless", boundless_world, Limits(None, None), faults=frozenset(), parts=CHAT | {Page}),
    WorldKind(
        "slack",
        slack_world,
        Limits(text=13_200, address=3_000),  # slackapi/bolt-js#2509; a button's `url`
        faults=frozenset(Fault) - {Fault.RATE_LIMITED_EVERYWHERE},  # Slack limits each method and workspace
        parts=CHAT,
    ),
    # https://discord.com/developers/docs/resources/message: a message's own text and its embeds; an embed's `url`.
    WorldKind("discord", discord_world, Limits(text=2_000 + 6_000, address=2_048), parts=CHAT),
)
