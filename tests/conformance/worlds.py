"""Every platform that the conformance suite runs against. An adapter joins with one row."""

from __future__ import annotations

from bot.models import Card, Greeting, Headline, Notice, Page, Sheet
from tests.conformance.fake_world import fake_world
from tests.conformance.world import WorldKind

WORLDS = (WorldKind("fake", fake_world, parts=frozenset({Headline, Card, Notice, Page, Sheet, Greeting})),)
