"""Measure the check: the seeded corruptions that it finds, and its false findings in good summaries.

    python -m bench.check [--pairs FILE.jsonl] [--seeds DIR] [--seed N] [--count N] [--missed] [--self-check]

The invented pairs of `pairs.jsonl` are always used. Published pairs are read from DIR, or from `seeds/` of the folder
named by KAWARABAN_SHARED (default: `../shared` beside the checkout), if it exists. `--self-check` makes a small run on
the invented pairs alone, and fails below the thresholds.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter

from bench.corruptions import KINDS, Pair, corruptions
from bot.checking.check import check
from bot.models import Finding

OWN_PAIRS = Path(__file__).with_name("pairs.jsonl")
ALL_BAR, KIND_BAR = 0.97, 0.90


@dataclass
class Score:
    """Counts of corruptions tried and found, by kind."""

    tried: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)  # kind, title, text
    false: list[tuple[str, Finding]] = field(default_factory=list)  # title, finding
    checks: int = 0
    seconds: float = 0.0

    @property
    def share(self) -> float:
        return self.found.total() / self.tried.total() if self.tried else 1.0

    def meets_bars(self, allowed_false: int) -> bool:
        """Return whether 97 % of all and 90 % of each kind were found, with no more false findings than allowed."""
        each = all(self.found[kind] >= KIND_BAR * count for kind, count in self.tried.items())
        return self.share >= ALL_BAR and each and len(self.false) <= allowed_false


def read_pairs(file: Path) -> list[Pair]:
    """Read pairs from a JSONL file with the keys title, source, summary, language; other keys are ignored."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Pair(row["title"], row["source"], row["summary"], row["language"]) for row in rows]


def read_seeds(folder: Path) -> list[Pair]:
    """Read the pairs from published digests: Hugo posts (`hugo-post-*.md`) and page texts (`page-*.txt`)."""
    pairs = []
    for file in sorted(folder.glob("hugo-post-*.md")):
        for part in re.split(r"^## (?=\d+\. )", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            summary = re.search(r"^### \S+\n+(.*?)\n+\{\{<", part, re.DOTALL | re.MULTILINE)
            source = re.search(r"^\{\{< details [^\n]*>\}\}\n(.*?)\n\{\{<", part, re.DOTALL | re.MULTILINE)
            if summary and source:
                pairs.append(Pair(part.splitlines()[0].partition(". ")[2].strip(), source[1], summary[1], "ja"))
    for file in sorted(folder.glob("page-*.txt")):
        language = file.stem.rpartition("-")[2]
        for part in re.split(r"^(?=\d+\. \S)", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            texts = re.search(
                r"^(?:要約|Summary)\n+(.*?)\n+(?:原文|Original )Abstract\n+([^\n]+)", part, re.DOTALL | re.MULTILINE
            )
            if texts:
                pairs.append(Pair(part.splitlines()[0].partition(". ")[2].strip(), texts[2], texts[1], language))
    return pairs


def measure(pairs: Sequence[Pair], seed: int, count: int) -> Score:
    """Check the unmodified pairs, then at least `count` corruptions, spread evenly over the pairs."""
    score, rng = Score(), Random(seed)
    started = perf_counter()
    for pair in pairs:
        score.checks += 1
        score.false += [(pair.title, finding) for finding in _check(pair, pair.summary)]
    while score.tried.total() < count:
        before = score.tried.total()
        for pair in pairs:
            for kind, text in corruptions(pair, pairs, rng):
                score.tried[kind] += 1
                score.checks += 1
                if _check(pair, text):
                    score.found[kind] += 1
                else:
                    score.missed.append((kind, pair.title, text))
        if score.tried.total() == before:
            break
    score.seconds = perf_counter() - started
    return score


def _check(pair: Pair, text: str) -> tuple[Finding, ...]:
    return check(title=pair.title, source=pair.source, summary=text, language=pair.language)


def shown(name: str, pairs: Sequence[Pair], score: Score, *, missed: bool) -> str:
    """Return the score as a plain-text table."""
    lines = [f"{name}: {len(pairs)} pairs, false findings on them as they are: {len(score.false)}"]
    lines += [f"    false: {title[:50]}: {finding.kind.value}: {finding.text}" for title, finding in score.false]
    lines += [f"  {'kind':16} {'tried':>6} {'found':>6} {'%':>6}"]
    for kind in KINDS:
        if tried := score.tried[kind]:
            lines.append(f"  {kind:16} {tried:6} {score.found[kind]:6} {100 * score.found[kind] / tried:6.1f}")
    lines.append(f"  {'all':16} {score.tried.total():6} {score.found.total():6} {100 * score.share:6.1f}")
    lines.append(f"  {1000 * score.seconds / max(1, score.checks):.1f} ms a text")
    if missed:
        lines += [f"    missed: {kind}: {title[:40]}: {text}" for kind, title, text in score.missed]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures. Return 1 if they are below the thresholds."""
    parser = argparse.ArgumentParser(prog="python -m bench.check", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=Path, help="a JSONL file with further pairs")
    parser.add_argument("--seeds", type=Path, help="a folder of published digests")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=600, help="corruptions a set of pairs, at least")
    parser.add_argument("--missed", action="store_true", help="show what was not found")
    parser.add_argument("--self-check", action="store_true", help="a small run on the invented pairs alone")
    options = parser.parse_args(arguments)

    sets = {"invented pairs": (read_pairs(OWN_PAIRS), 0)}
    if not options.self_check:
        beside = Path(__file__).resolve().parents[2] / "shared"
        seeds = options.seeds or Path(os.environ.get("KAWARABAN_SHARED", beside)) / "seeds"
        if seeds.is_dir():
            sets["published pairs"] = (read_seeds(seeds), 1)
        elif options.seeds:
            print(f"no such folder: {seeds}", file=sys.stderr)
            return 2
        if options.pairs:
            sets[options.pairs.name] = (read_pairs(options.pairs), 1)
    good = True
    for name, (pairs, allowed_false) in sets.items():
        score = measure(pairs, options.seed, min(options.count, 200) if options.self_check else options.count)
        print(shown(name, pairs, score, missed=options.missed))
        good = good and score.meets_bars(allowed_false)
    print("bars met" if good else f"BELOW THE BARS ({ALL_BAR:.0%} in all, {KIND_BAR:.0%} of each kind)")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
