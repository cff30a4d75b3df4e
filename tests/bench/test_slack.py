"""The bench of Slack in small: a crash, an hour away, a socket that breaks; and what its judges must not accept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.chat import Load, Tally, part
from bench.deaths import SIZE
from bench.slack_crash import Lookups, judge, kill
from bench.slack_votes import drops, missed
from bench.worker import expected
from bot.models import ChannelKey, DeliveryState

pytestmark = pytest.mark.long

KEY = ChannelKey("slack", "T1/C1")
ALL = expected([KEY.name], SIZE, "slack")[KEY.name]


@pytest.mark.parametrize("lookups", [Lookups.ALLOWED, Lookups.TALKED])
def test_what_a_crash_left_open_is_there_once(lookups: Lookups) -> None:
    tally = kill(lookups, 1)
    assert (tally.wrong, tally.kills, tally.duplicated, tally.lost) == ([], 1, 0, 0)
    assert tally.messages + tally.unknown >= 1 + SIZE


def test_votes_cast_while_the_bot_is_away_are_read_back() -> None:
    heard = missed(reactions=60, removals=10, channels=1, people=16, pace=0.1)
    assert (heard.wrong, heard.messages, heard.missing, heard.invented) == ([], 5, 0, 0)
    assert heard.stored


def test_a_socket_that_breaks_again_and_again_loses_no_vote_and_doubles_none() -> None:
    heard = drops(times=3, every=0.2, channels=1, people=16, pace=0.1)
    assert (heard.wrong, heard.missing, heard.invented) == ([], 0, 0)
    assert heard.stored == heard.reactions - heard.removals


def message(key: str) -> dict[str, object]:
    return {"metadata": {"event_payload": {"key": key}}}


def test_a_doubled_message_a_missing_one_and_an_open_row_are_found() -> None:
    sent = dict.fromkeys(ALL, DeliveryState.SENT)
    good = Tally(Lookups.ALLOWED)
    judge([message(key) for key in ALL], KEY, sent, good)
    assert good == replace(good, messages=len(ALL), duplicated=0, lost=0, unknown=0, wrong=[])

    bad = Tally(Lookups.ALLOWED)
    states = sent | {ALL[1]: DeliveryState.UNKNOWN, ALL[2]: DeliveryState.DUE}
    judge([message(key) for key in (ALL[0], ALL[0], ALL[2], ALL[3])], KEY, states, bad)
    assert (bad.duplicated, bad.lost, bad.unknown) == (1, 1, 1)
    assert len(bad.wrong) == 2


def test_times_out_of_bounds_are_named() -> None:
    assert Load(acknowledged=[20.0] * 100, answered=[90.0] * 100).faults() == []
    late = Load(acknowledged=[20.0] * 98 + [600.0] * 2, answered=[90.0] * 98 + [1_100.0] * 2)
    assert [fault.partition(" took")[0] for fault in late.faults()] == ["acknowledging", "answering"]
    assert part([3.0, 1.0, 2.0], 0.5) == 2.0
