"""Every platform that the conformance suite runs against. An adapter joins with one row."""

from __future__ import annotations

from bot.models import Card, Greeting, Headline, Notice, Page, PaperView
from tests.conformance.discord_world import discord_world
from tests.conformance.fake_world import fake_world
from tests.conformance.slack_world import slack_world
from tests.conformance.world import Fault, WorldKind

CHAT = frozenset({Headline, Card, Notice, PaperView, Greeting})

WORLDS = (
    WorldKind("fake", fake_world, parts=CHAT | {Page}),
    WorldKind(
        "slack",
        slack_world,
        faults=frozenset(Fault) - {Fault.RATE_LIMITED_EVERYWHERE},  # Slack limits each method and workspace
        parts=CHAT,
    ),
    WorldKind("discord", discord_world, parts=CHAT),
)
