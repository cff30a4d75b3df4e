"""Slack's names of emoji, its tallies and its events of reactions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.common.emoji_names import emoji_of, name_of
from adapters.slack.reactions import reaction_of, tally
from bot.models import MessageRef, Reaction, Tally
from bot.taste.emoji import DEFAULT, rank_of, value_of

EVENT = {
    "type": "reaction_added",
    "user": "U00000007",
    "reaction": "+1::skin-tone-3",
    "item": {"type": "message", "channel": "C1", "ts": "1772150400.000100"},
    "item_user": "U00000001",
    "event_ts": "1772150460.000200",
}


@pytest.mark.parametrize("emoji", DEFAULT)
def test_every_emoji_with_a_value_has_a_name_that_leads_back(emoji: str) -> None:
    name = name_of(emoji)

    assert name
    assert value_of(emoji_of(name), {}) == DEFAULT[emoji]


@pytest.mark.parametrize("rank", range(1, 11))
def test_the_numbers_of_a_headline_can_be_seeded_and_read(rank: int) -> None:
    seed = "🔟" if rank == 10 else f"{rank}\ufe0f\u20e3"
    name = name_of(seed)

    assert name
    assert rank_of(emoji_of(name)) == rank


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("+1", "👍"),
        ("thumbsup", "👍"),
        ("+1::skin-tone-2", "👍"),
        ("-1::skin-tone-6", "👎"),
        ("poop", "💩"),
        ("hankey", "💩"),
        ("star_struck", "🤩"),
        ("woman-gesturing-ok::skin-tone-4", "🙆"),
        ("one", "1\u20e3"),
        ("heart", "❤"),
        ("shipit", ":shipit:"),
        (":shipit:", ":shipit:"),
        ("", ""),
    ],
)
def test_a_name_becomes_the_emoji(name: str, emoji: str) -> None:
    assert emoji_of(name) == emoji


def test_a_custom_emoji_keeps_its_name_both_ways() -> None:
    assert name_of(":shipit:") == "shipit"
    assert name_of("🫨🫨") is None


def test_an_event_is_a_reaction_at_its_own_time() -> None:
    expected = Reaction(
        MessageRef("slack", "T1/C1/1772150400.000100"),
        "U00000007",
        "👍",
        present=True,
        at=datetime(2026, 2, 27, 0, 1, 0, 200, tzinfo=UTC),
    )

    assert reaction_of(EVENT, "T1") == expected
    removed = reaction_of({**EVENT, "type": "reaction_removed"}, "T1")
    assert removed
    assert not removed.present


@pytest.mark.parametrize(
    "changed",
    [
        {"item": {"type": "file", "file": "F1"}},
        {"item": None},
        {"item": {"type": "message", "channel": "C1"}},
        {"event_ts": "soon"},
        {"event_ts": "1e400"},
        {"event_ts": None},
        {"event_ts": "nan"},
    ],
)
def test_an_event_about_nothing_is_no_reaction(changed: dict[str, Any]) -> None:
    assert reaction_of({**EVENT, **changed}, "T1") is None


def test_a_tally_joins_tones_and_leaves_the_bot_out() -> None:
    reactions = [
        {"name": "+1", "users": ["UBOT", "U1"], "count": 2},
        {"name": "+1::skin-tone-4", "users": ["U1", "U2"], "count": 2},
        {"name": "one", "users": ["UBOT"], "count": 1},
    ]

    assert tally(reactions, "UBOT") == Tally((("👍", ("U1", "U2")),), complete=True)


def test_a_tally_that_names_fewer_than_it_counts_is_incomplete() -> None:
    reactions = [{"name": "+1", "users": ["U1"], "count": 51}, {"name": "tada", "users": ["U1"], "count": 1}]

    assert tally(reactions, "UBOT") == Tally((("👍", ("U1",)), ("🎉", ("U1",))), complete=False)
