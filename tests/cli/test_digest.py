"""`kawaraban digest` against the stand-ins: what is asked, kept and told when something is missing or wrong."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import invented
from tests.support.cli import Result, hurry, kawaraban, online
from tests.support.standins import Claude, Upstream

DAY = "2026-02-20"


@pytest.fixture(autouse=True)
def home(empty_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upstream: Upstream) -> Path:
    """A working directory of its own with an empty database, on the first recorded day."""
    monkeypatch.chdir(tmp_path)
    hurry(monkeypatch)
    upstream.reset(DAY)
    return tmp_path


def digest(environment: dict[str, str], *more: str, day: str = DAY) -> Result:
    return kawaraban("digest", "--date", day, *more, environment=environment)


def found(result: Result) -> dict[str, Any]:
    assert result.status == 0, result.err
    content: dict[str, Any] = json.loads(result.out)
    return content


def ids(content: dict[str, Any]) -> list[str]:
    return [entry["arxiv_id"] for entry in content["entries"]]


def digests_stored(environment: dict[str, str]) -> int:
    return int(json.loads(kawaraban("status", "--json", environment=environment).out)["digests"])


def test_without_a_key_entries_carry_labelled_excerpts_until_there_is_one(
    upstream: Upstream, claude: Claude, home: Path
) -> None:
    without = digest(online(upstream, None, home), "--language", "ja")
    as_json = found(digest(online(upstream, None, home), "--format", "json"))

    assert without.status == 0
    assert without.out.count("（英語、原文のまま）") == 5
    assert without.problem == "ANTHROPIC_API_KEY is not set, so there are no summaries. Set it in .env."
    assert not claude.log()
    assert {entry["verified"] for entry in as_json["entries"]} == {False}

    with_key = found(digest(online(upstream, claude, home), "--format", "json"))

    assert ids(with_key) == ids(as_json)
    assert {entry["verified"] for entry in with_key["entries"]} == {True}


def test_a_date_is_its_whole_day_and_a_time_the_morning_of_that_day(upstream: Upstream, home: Path) -> None:
    environment = online(upstream, None, home) | {"DIGEST_TIMEZONE": "Asia/Tokyo"}
    upstream.today("2026-02-24")

    whole = digest(environment, "--language", "en", "--preview", day="２０２６年２月２４日")
    morning = digest(environment, "--language", "en", "--preview", "--time", "７：００", day="2026-02-24")

    assert "up to the end of February 24, 2026 in UTC, which is February 25, 2026, 9:00 AM (Asia/Tokyo)" in told(whole)
    assert "Chosen from papers up to February 24, 2026, 7:00 AM (Asia/Tokyo)." in told(morning)


def test_topics_without_papers_and_topics_that_are_none(upstream: Upstream, home: Path) -> None:
    environment = online(upstream, None, home)

    small = found(digest(environment | {"DIGEST_TOPICS": "cs.GL"}, "--format", "json", "--preview"))
    assert small["status"]["sources"]["arxiv"] == {"ok": True, "papers": 0, "error": None, "dropped": 0, "missing": 0}
    assert small["entries"]
    archive = found(digest(environment | {"DIGEST_TOPICS": "cs"}, "--format", "json", "--preview"))
    assert archive["status"]["sources"]["arxiv"]["papers"] > 0
    wrong = digest(environment | {"DIGEST_TOPICS": "cs.CL,AI"})
    assert wrong.status == 1
    assert "DIGEST_TOPICS: not all of these are arXiv categories. Did you mean cs.CL,cs.AI?" in wrong.err


def told(result: Result) -> str:
    """What was printed, as one line."""
    assert result.status == 0, result.err
    return " ".join(result.out.split())


def test_another_size_on_a_stored_day_needs_a_preview(upstream: Upstream, claude: Claude, home: Path) -> None:
    environment = online(upstream, claude, home)
    preview = found(digest(environment, "--format", "json", "--size", "2", "--preview"))
    assert digests_stored(environment) == 0
    first = found(digest(environment, "--format", "json", "--size", "3"))

    again = found(digest(environment, "--format", "json", "--size", "3"))
    other = digest(environment, "--size", "4")

    assert (len(preview["entries"]), len(first["entries"])) == (2, 3)
    assert again == first
    assert (other.status, other.out) == (1, "")
    assert other.problem == (
        "The digest for February 20, 2026 was already made with 3 papers. Leave out --size, or add --preview."
    )


def test_files_are_written_where_they_are_wanted(upstream: Upstream, claude: Claude, home: Path) -> None:
    environment = online(upstream, claude, home)

    markdown = digest(environment, "--format", "markdown", "--output", "out")
    as_json = digest(environment, "--format", "json", "--output", "out")
    text = digest(environment, "--output", "out", "--language", "en")
    hugo = digest(environment | {"HUGO_CONTENT_DIR": "blog"}, "--format", "hugo")

    assert markdown.out == "out/2026-02-20.md\n"
    assert Path("out/2026-02-20.md").read_text().startswith("# ")
    assert json.loads(Path(as_json.out.strip()).read_text())["date"] == DAY
    assert Path(text.out.strip()).read_text().startswith("Kawaraban, Friday, February 20, 2026\n")
    assert Path(hugo.out.strip()) == Path("blog/2026-02-20-llm-papers-daily/index.md")
    assert "Looked at" in markdown.err


def test_a_foreign_post_stays_and_the_digest_is_kept(upstream: Upstream, claude: Claude, home: Path) -> None:
    environment = online(upstream, claude, home)
    foreign = home / "blog" / "2026-02-20-llm-papers-daily" / "index.md"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("# My own post\n")

    refused = digest(environment, "--format", "hugo", "--output", "blog")
    foreign.rename(home / "mine.md")
    asked = len(claude.log())
    written = digest(environment, "--format", "hugo", "--output", "blog")

    assert (refused.status, refused.out) == (1, "")
    assert "already has other content and is not overwritten" in refused.problem
    assert (home / "mine.md").read_text() == "# My own post\n"
    assert (written.status, len(claude.log())) == (0, asked)
    assert foreign.read_text().startswith("---\n")


def test_with_every_source_down_nothing_is_stored_and_the_next_run_works(
    upstream: Upstream, claude: Claude, home: Path
) -> None:
    environment = online(upstream, claude, home)
    # What a look-up left in the database is not a day's news.
    assert kawaraban("paper", invented.days().listing(date(2026, 2, 20))[0].id, environment=environment).status == 0
    claude.reset()
    for source in ("arxiv", "hf", "s2"):
        upstream.fault(f"{source}:500:always")

    down = digest(environment)

    assert (down.status, down.out) == (1, "")
    assert len(down.err.splitlines()) == 2  # progress, and what went wrong
    assert down.problem == (
        "No digest was made. No papers for this day: the sources failed (arXiv failed (error response), Hugging Face"
        " failed (error response), Semantic Scholar failed (error response)). Try again later."
    )
    assert (digests_stored(environment), claude.log()) == (0, [])

    upstream.reset(DAY)

    assert len(ids(found(digest(environment, "--format", "json")))) == 5


def test_one_source_down_costs_its_papers_alone(upstream: Upstream, claude: Claude, home: Path) -> None:
    upstream.fault("hf:html:always")

    result = digest(online(upstream, claude, home), "--language", "en")

    assert result.status == 0
    assert "Hugging Face failed" in result.out.splitlines()[2]
    assert result.out.count("Why: ") == 5
    assert result.problem.startswith("Hugging Face returned an invalid response.")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-02-21", "No papers for this day: arXiv makes no announcements at weekends."),
        ("2026-02-20", "No papers for this day: every paper found has been shown before."),
    ],
)
def test_a_day_without_papers_says_why(day: str, said: str, upstream: Upstream, claude: Claude, home: Path) -> None:
    environment = online(upstream, claude, home)
    assert digest(environment, "--preview", day=day).status == 0
    with closing(sqlite3.connect(home / "kawaraban.sqlite3")) as connection, connection:
        everything = "SELECT 'terminal:default', id, first_seen_at FROM papers"
        connection.execute(f"INSERT INTO shown (channel, paper, at) {everything}")
    claude.reset()

    shown = digest(environment, "--language", "en", day=day)
    written = digest(environment, "--format", "hugo", "--output", "blog", day=day)
    as_json = found(digest(environment, "--format", "json", day=day))

    assert (shown.status, written.status, written.out) == (0, 0, "")
    assert said in shown.out
    assert said in written.err
    assert not (home / "blog").exists()
    assert (as_json["entries"], bool(as_json["empty"])) == ([], True)
    assert (digests_stored(environment), claude.log()) == (0, [])


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("auth", "Claude rejected the API key. Set ANTHROPIC_API_KEY to a valid one."),
        ("credit", "The Anthropic account is out of credit. Add credit in the Anthropic console."),
    ],
)
def test_a_key_that_does_not_work_is_named_once(
    mode: str, said: str, upstream: Upstream, claude: Claude, home: Path
) -> None:
    environment = online(upstream, claude, home)
    claude.mode(mode)

    refused = digest(environment)

    assert refused.status == 0
    assert refused.err.count(said) == 1
    assert refused.out.count("（英語、原文のまま）") == 5
    assert len(claude.log()) == 1

    claude.reset()

    assert {entry["verified"] for entry in found(digest(environment, "--format", "json"))["entries"]} == {True}


def test_a_reached_budget_says_when_it_resets(upstream: Upstream, claude: Claude, home: Path) -> None:
    environment = online(upstream, claude, home) | {
        "CLAUDE_DAILY_BUDGET_USD": "0.00001",
        "DIGEST_TIMEZONE": "America/New_York",
    }

    result = digest(environment)

    assert result.status == 0
    assert re.fullmatch(
        r"The daily cap of \$0\.0000 is reached\. It resets at \w+ \d+, \d{4}, 12:00 AM \(America/New_York\); "
        r"to continue now, raise CLAUDE_DAILY_BUDGET_USD\.",
        result.problem,
    )
    assert not claude.log()


def test_imported_papers_never_come_again(upstream: Upstream, claude: Claude, home: Path) -> None:
    elsewhere = online(upstream, claude, home) | {"DATABASE_URL": str(home / "another.sqlite3")}
    environment = online(upstream, claude, home)
    upstream.reset("2026-02-27")
    # A post that somebody published, some of whose summaries may be missing.
    claude.mode("english", times=3)
    posted = digest(elsewhere, "--format", "hugo", "--output", "post", "--language", "ja", day="2026-02-27")
    published = set(re.findall(r"(?m)^- \*\*arXiv ID\*\*: (\S+)$", Path(posted.out.strip()).read_text()))
    claude.mode("english")  # what has no summary yet gets none now
    entries = found(digest(elsewhere, "--format", "json", "--language", "ja", day="2026-02-27"))["entries"]
    unwritten = [entry for entry in entries if not entry["verified"]]
    claude.reset()

    imported = kawaraban("import", "post", environment=environment)
    made = found(digest(environment, "--format", "json", day="2026-02-27"))

    assert imported.status == 0
    assert (len(published), len(made["entries"])) == (5, 5)
    assert not published & set(ids(made))

    claude.reset()
    for name in sorted(published):
        assert kawaraban("paper", name, "-l", "ja", environment=environment).status == 0

    assert len(claude.log()) == len(unwritten)
