"""The bench of Discord in small: a crash, a time away, a broken connection; and what its judges must not accept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.discord.adapter import RATE
from bench.chat import Load, Tally
from bench.deaths import SIZE
from bench.discord_crash import Lookups, judge, kill
from bench.discord_fleet import Fleet, Takeover
from bench.discord_votes import Heard, drops, missed
from bench.worker import expected
from bot.models import DeliveryState

pytestmark = pytest.mark.long

ALL = expected(["1/2"], SIZE, "discord")["1/2"]


@pytest.mark.parametrize("lookups", [Lookups.ALLOWED, Lookups.REFUSED])
def test_what_a_crash_left_open_is_there_once(lookups: Lookups) -> None:
    tally = kill(lookups, 1)
    assert (tally.wrong, tally.kills, tally.duplicated, tally.lost) == ([], 1, 0, 0)
    assert tally.messages + tally.unknown >= 1 + SIZE


def test_votes_cast_while_the_bot_is_away_are_read_back() -> None:
    heard = missed(reactions=60, removals=10, channels=1, people=16)
    assert (heard.wrong, heard.messages, heard.missing, heard.invented) == ([], 5, 0, 0)
    assert heard.stored


def test_a_connection_that_breaks_and_a_session_that_ends_lose_no_vote() -> None:
    heard = drops(times=4, every=0.2, invalid=2, channels=1, people=16)
    assert (heard.wrong, heard.missing, heard.invented) == ([], 0, 0)
    assert heard.stored == heard.reactions - heard.removals
    assert heard.identified > 1


def message(key: str) -> dict[str, object]:
    return {"custom_ids": [f"details:{key}:arxiv:2602.00001", f"cite:{key}:arxiv:2602.00001"]}


def test_a_doubled_message_a_missing_one_and_an_open_row_are_found() -> None:
    sent = dict.fromkeys(ALL, DeliveryState.SENT)
    good = Tally(Lookups.ALLOWED)
    judge([message(key) for key in ALL], ALL, sent, good)
    assert good == Tally(Lookups.ALLOWED, messages=len(ALL))
    assert good.faults() == []

    bad = Tally(Lookups.ALLOWED)
    states = sent | {ALL[1]: DeliveryState.UNKNOWN, ALL[2]: DeliveryState.DUE}
    judge([message(key) for key in (ALL[0], ALL[0], ALL[2], ALL[3])], ALL, states, bad)
    assert (bad.duplicated, bad.lost, bad.unknown) == (1, 1, 1)
    assert len(bad.wrong) == 3  # the order, the open row, and what is unknown though Discord told
    assert len(bad.faults()) == 4


def test_figures_out_of_bounds_are_named() -> None:
    assert Heard(missing=1).faults()
    assert Heard(invented=1).faults()
    late = Load(acknowledged=[20.0] * 98 + [600.0] * 2, answered=[90.0] * 98 + [1_100.0] * 2)
    assert [fault.partition(" took")[0] for fault in late.faults()] == ["acknowledging", "answering"]
    quick = Fleet(500, 1_000, 8, seconds=999 / RATE, busiest=46)
    assert quick.faults() == []
    assert replace(quick, lost=1).faults(timed=False)
    assert replace(quick, seconds=999 / RATE / 0.8).faults()
    assert replace(quick, refused=21).faults()
    assert Takeover(seconds=31.0).faults()
    assert Takeover(seconds=1.0, voted=2, heard=1).faults()
