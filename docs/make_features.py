"""The table of what every chat can do, for the READMEs, from the conformance suite.

    python docs/make_features.py [--check]

What counts is what pytest collects in tests/conformance: a feature is a platform's where every test of it that runs on
any platform runs on that one too, and a test belongs to the first of ROWS that its name fits. So a platform that joins
the suite, or a fault that one does not know, shows by itself. `--check` only says whether the tables are up to date.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = {"slack": "Slack", "discord": "Discord"}
BEGIN, END = "<!-- features -->", "<!-- /features -->"
# What it fits, in English and in Japanese; shown from the last to the first.
ROWS = (
    (r"rate_limited_everywhere", "a limit for the whole app is kept by the whole app", "アプリ全体の制限は全体で守る"),
    (r"failures", "limits, outages and refusals are told apart", "制限、障害、拒否を見分ける"),
    (r"reactions|voted_on", "votes are counted, read back and taken back", "票を数え、読み直し、取り消せる"),
    (r"lookups", "what was lost on the way is found before it is sent again", "失われた投稿は送り直す前に探す"),
    (r"inert", "hostile text in papers is only text", "論文にある悪意のある文字列はただの文字"),
    (r"edit", "what was posted can be corrected", "投稿したものを直せる"),
    (r"::\w*thread", "cards stand in the thread of their headline", "論文は見出しのスレッドに並ぶ"),
    (r"sheet", "one paper, in short and in full", "ひとつの論文の要約と詳細"),
    (r"posts|greeting", "headlines, cards and notices in both languages", "日英の見出し、論文、知らせ"),
)
TEXTS = {"README.md": ("what is tested on both", 1), "README.ja.md": ("両方で試していること", 2)}


class Collected:
    """A plug-in of pytest that keeps the tests: for each row, by world, how many there are."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, int]] = {pattern: defaultdict(int) for pattern, *_ in ROWS}
        self.others: list[str] = []

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            row = next(
                (
                    pattern
                    for pattern in self.rows
                    if re.search(pattern, item.nodeid.removeprefix("tests/conformance/"))
                ),
                None,
            )
            if row is None:
                self.others.append(item.nodeid)
            else:
                self.rows[row][item.callspec.params["kind"].name] += 1  # type: ignore[attr-defined]  # the suite's own


def collected() -> Collected:
    """What the suite runs. Raises ValueError where it cannot be collected, or a test belongs to no row."""
    found = Collected()
    with redirect_stdout(sys.stderr):
        status = pytest.main(["--collect-only", "-qq", str(ROOT / "tests" / "conformance")], [found])
    if status or found.others:
        raise ValueError(f"pytest ended with {status}; tests that belong to no row: {found.others}")
    return found


def table(rows: Mapping[str, Mapping[str, int]], document: str) -> str:
    """The lines between the markers of the document."""
    head, language = TEXTS[document]
    lines = [f"| {head} | {' | '.join(COLUMNS.values())} |", f"|---|{':---:|' * len(COLUMNS)}"]
    for row in reversed(ROWS):
        counts = rows[row[0]]
        cells = ("✓" if counts.get(world) == max(counts.values()) else "-" for world in COLUMNS)
        lines.append(f"| {row[language]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    rows, status = collected().rows, 0
    for document in TEXTS:
        file = ROOT / document
        text = file.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        wanted = f"{before}{BEGIN}\n{table(rows, document)}\n{END}{rest.partition(END)[2]}"
        if wanted != text and "--check" in sys.argv:
            sys.stderr.write(f"{document} is not up to date: run python docs/make_features.py\n")
            status = 1
        elif wanted != text:
            file.write_text(wanted, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
