"""The generator that spoils summaries, and the bench that measures the check with it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from bench.check import OWN_PAIRS, main, measure, read_pairs
from bench.corruptions import KINDS, Pair, corruptions

PAIRS = read_pairs(OWN_PAIRS)


def test_the_same_seed_gives_the_same_corruptions() -> None:
    for pair in PAIRS:
        assert list(corruptions(pair, PAIRS, Random(3))) == list(corruptions(pair, PAIRS, Random(3)))


def test_every_kind_is_made_of_the_invented_pairs() -> None:
    rng = Random(1)
    made = {kind for pair in PAIRS for kind, _ in corruptions(pair, PAIRS, rng)}
    assert made == set(KINDS)


def test_a_corruption_is_a_change() -> None:
    rng = Random(2)
    for _ in range(5):
        for pair in PAIRS:
            assert all(text != pair.summary and text.strip() for _, text in corruptions(pair, PAIRS, rng))


def test_a_pair_without_numbers_names_or_others_still_gives_what_it_can() -> None:
    pair = Pair(
        "On trust", "People trust machines. They should not. We say why.", "人は機械を信じる。その理由を論じる。", "ja"
    )
    made = dict(corruptions(pair, [], Random(4)))
    assert "preamble" in made
    assert not {"number", "unit", "name", "other_paper"} & set(made)


def test_the_bars_are_met_on_the_invented_pairs() -> None:
    score = measure(PAIRS, seed=9, count=300)
    assert score.meets_bars(allowed_false=0), (score.false, score.missed)


def test_self_check_reports_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--self-check"]) == 0
    printed = capsys.readouterr().out
    assert "bars met" in printed
    assert all(kind in printed for kind in KINDS)


def test_pairs_of_a_file_below_the_bars_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.jsonl"
    rows = [
        {"title": p.title, "source": p.source, "summary": f"{p.summary} 99.9%", "language": p.language} for p in PAIRS
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert main(["--pairs", str(file), "--count", "30"]) == 1
    assert "BELOW THE BARS" in capsys.readouterr().out


def test_a_missing_folder_of_seeds_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err
