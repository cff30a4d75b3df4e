"""Generate the READMEs' table of features from the conformance suite.

    python docs/make_features.py [--check]

The table shows what pytest collects in tests/conformance: a platform has a feature if it runs every test of it that any
platform runs, and a test belongs to the first of ROWS whose pattern matches its name. A new platform, or a fault that
one of them cannot have, thus appears automatically. `--check` only says whether the tables are up to date.
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
# Pattern of test names, and the feature in English and Japanese; shown from last to first.
ROWS = (
    (r"rate_limited_everywhere", "app-wide rate limits are respected", "アプリ全体の利用制限を守る"),
    (r"failures", "rate limits, outages and refusals are told apart", "利用制限、障害、拒否の区別"),
    (r"reactions|voted_on", "votes are counted, read back and withdrawn", "投票の集計、読み直し、取り消し"),
    (r"lookups", "a message whose answer was lost is looked up before it is resent", "応答を失った投稿は再送前に検索"),
    (r"inert", "hostile text in papers stays plain text", "論文に含まれる悪意ある文字列の無害化"),
    (r"edit", "posted messages can be corrected", "投稿の修正"),
    (r"::\w*thread", "cards appear in their headline's thread", "見出しのスレッドに並ぶ論文"),
    (r"sheet", "a single paper, in brief and in detail", "論文一本の要約と詳細"),
    (r"posts|greeting", "headlines, cards and notices in both languages", "日英両方の見出し、論文、お知らせ"),
)
TEXTS = {"README.md": ("tested on both", 1), "README.ja.md": ("共通の試験項目", 2)}


class Collected:
    """A pytest plug-in that counts the collected tests by row and platform."""

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
