"""The pipeline's bench measures the real thing, notices wrong results, and tells steep growth from noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import pipeline
from bench.pipeline import SETTINGS, STAGES, measure, order_of_growth, report


@pytest.fixture
async def morning(tmp_path: Path) -> pipeline.Morning:
    return await measure(100, 1, tmp_path)


async def test_a_morning_of_invented_papers_comes_out_right(morning: pipeline.Morning) -> None:
    assert morning.wrong() == []
    assert len(morning.chosen) == SETTINGS.size
    assert all(morning.watch.wall[stage] > 0 for stage in STAGES)


async def test_the_same_seed_gives_the_same_morning(morning: pipeline.Morning, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    again = await measure(100, 1, tmp_path / "again")
    assert (again.document, again.post) == (morning.document, morning.post)


async def test_wrong_results_are_named(morning: pipeline.Morning) -> None:
    morning.ranked = morning.ranked[1:]
    morning.problems = ["source.timeout"]
    assert len(morning.wrong()) >= 2


def figures(seconds: float, wrong: tuple[str, ...] = ()) -> dict[str, Any]:
    clock = dict.fromkeys(STAGES, seconds)
    return {"wall": clock, "processor": clock, "wrong": wrong, "start": 10 * 2**20, "peak": 30 * 2**20}


@pytest.mark.parametrize(("large", "steep"), [(1.0, 0), (2.4, 0), (2.6, 1), (100.0, 1)])
def test_growth_is_judged_by_its_order(large: float, steep: int, capsys: pytest.CaptureFixture[str]) -> None:
    # From 100 to 10,000 papers n^1.2 is 251 times as much.
    faults = report((100, 10_000), [figures(0.01), figures(large)])
    assert len(faults) == steep * (len(STAGES) + 1)
    assert "100 to 10,000" in capsys.readouterr().out


def test_what_is_over_at_once_is_not_judged() -> None:
    assert report((100, 1_000), [figures(1e-9), figures(0.002)]) == []


def test_wrong_results_are_faults() -> None:
    assert report((100,), [figures(0.1, ("no velocity known",))]) == ["100 papers: no velocity known"]


def test_order_of_growth() -> None:
    assert order_of_growth(0.5, 50, 100) == pytest.approx(1)
    assert order_of_growth(0.5, 5000, 100) == pytest.approx(2)


def test_one_size_prints_its_figures_for_the_parent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "RUNS_OF", 100)
    monkeypatch.setattr("sys.argv", ["pipeline", "--sizes", "100", "--here"])
    assert pipeline.main() == 0
    found = json.loads(capsys.readouterr().out)
    assert found["peak"] >= found["start"] > 2**20
    assert found["wrong"] == []


@pytest.mark.parametrize("sizes", ["ten", "100,", "5", "-100", ""])
def test_unusable_sizes_end_in_one_line(
    sizes: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pipeline", f"--sizes={sizes}"])
    with pytest.raises(SystemExit) as stopped:
        pipeline.main()
    assert stopped.value.code == 2
    assert "size" in capsys.readouterr().err
