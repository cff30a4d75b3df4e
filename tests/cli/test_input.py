"""Bad input, and what needs no remote: each ends in one clear line with its remedy, or in the right result."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.migrate import REVISIONS
from tests.support.authors import TEXT, paper
from tests.support.cli import kawaraban, offline
from tests.support.needs import ROOT

POSTS = ROOT / "tests" / "data" / "hugo"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("digest", "--date", "tomorrow"), "“tomorrow” is not a date. Write it like 2026-02-27."),
        (("digest", "--date", "2026-02-30"), "“2026-02-30” is not a date. Write it like 2026-02-27."),
        (("digest", "--date", ""), "“” is not a date. Write it like 2026-02-27."),
        (("digest", "--time", "soon"), "“soon” is not a valid time. Write it like 07:00 or 07:00 Asia/Tokyo."),
        (
            ("digest", "--date", "2026-02-27T07:00", "--time", "８：００"),
            "“2026-02-27T07:00” already has a time. Give either --time, or a time in --date.",
        ),
        (("digest", "--date", "2999-01-01"), "“2999-01-01” is in the future. Give a date up to today."),
        (
            ("digest", "--date", "0001-01-01"),
            "“0001-01-01” is before the first paper on arXiv. Give a date from 1991-08-14 on.",
        ),
        (
            ("digest", "--language", "klingon"),
            "“klingon” is not a known language. Give a tag such as ja, en or pt-BR.",
        ),
        (("digest", "--size", "0"), "“0” is not a valid number of papers. Give a whole number from 1 to 20."),
        (("digest", "--size", "21"), "“21” is not a valid number of papers. Give a whole number from 1 to 20."),
        (("digest", "--size", "-1"), "“-1” is not a valid number of papers. Give a whole number from 1 to 20."),
        (("digest", "--size", "9" * 4_400), "“9999"),
        (("deliveries", "show", "9" * 30), f"There is no delivery {'9' * 30}."),
        (("digest", "--size", "many"), "“many” is not a valid number of papers. Give a whole number from 1 to 20."),
        (("digest", "--format", "pdf"), "There is no format “pdf”. Choose one of text, markdown, hugo, json."),
        (("demo", "--language", "xx"), "“xx” is not a known language. Give a tag such as ja, en or pt-BR."),
        (
            ("paper", "1/2"),
            (
                "“1/2” does not identify a paper. "
                "Give an arXiv ID (2602.21548), a paper's URL, a DOI or words from its title."
            ),
        ),
        (("paper", "2602.21548", "--style", "long"), "There is no style “long”. Choose one of brief, detailed."),
        (
            ("paper", "2602.21548", "--format", "hugo"),
            "There is no format “hugo”. Choose one of text, markdown, json.",
        ),
        (("deliveries", "--state", "gone"), "There is no state “gone”."),
        (
            ("import", "nowhere"),
            "nowhere cannot be read (No such file or directory). Check the path and its read permission.",
        ),
        (
            ("check", "nowhere"),
            "nowhere cannot be read (No such file or directory). Check the path and its read permission.",
        ),
    ],
)  # fmt: skip
def test_bad_arguments(arguments: tuple[str, ...], said: str, home: Path) -> None:
    result = kawaraban(*arguments, environment=offline(home))

    assert (result.status, result.out) == (1, "")
    assert result.problem.startswith(said)


def test_every_problem_of_the_settings_is_told_at_once(home: Path) -> None:
    (home / ".env").write_text("DIGEST_SIZE=many\nthis is no line\nDIGEST_TIMEZONE=Mars/Olympus\n")
    environment = offline(home) | {"DIGEST_TIME": "25:00", "CLAUDE_DAILY_BUDGET_USD": "-1"}

    result = kawaraban("status", environment=environment)

    assert (result.status, result.out) == (1, "")
    assert result.err.splitlines() == [
        "There are 3 problems in the settings:",
        "- Line 2 of .env is not valid. Write it as NAME=value.",
        "- CLAUDE_DAILY_BUDGET_USD: “-1” is not valid. Give a number that is not negative.",
        "- DIGEST_TIME: “25:00” is not a time of day. Write it like 07:00.",
    ]
    assert not (home / "kawaraban.sqlite3").exists()


def test_a_dotenv_that_is_no_text(home: Path) -> None:
    (home / ".env").write_bytes(b"\xff\xfe\x00")

    result = kawaraban("doctor", environment=offline(home))

    assert result.status == 1
    assert "- .env cannot be read. Check that it is a UTF-8 text file" in result.err


@pytest.mark.parametrize("output", ["a-file", "a-file/below"])
def test_output_to_a_place_that_is_no_folder(output: str, home: Path) -> None:
    (home / "a-file").touch()

    result = kawaraban("digest", "--output", output, environment=offline(home))

    assert (result.status, result.err.count("\n")) == (1, 1)
    assert (
        "cannot be written (Not a directory). Check permissions and free space, or choose another place." in result.err
    )


def test_output_to_a_folder_that_may_not_be_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    access = os.access
    # A superuser may write anywhere.
    monkeypatch.setattr(os, "access", lambda path, *modes: Path(path) != home and access(path, *modes))

    result = kawaraban("digest", "--output", str(home), environment=offline(home))

    assert result.problem == (
        f"{home} cannot be written (Permission denied). Check permissions and free space, or choose another place."
    )


def database(home: Path) -> Path:
    assert kawaraban("db", "upgrade", environment=offline(home)).status == 0
    return home / "kawaraban.sqlite3"


def test_a_newer_database(home: Path) -> None:
    path = database(home)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    result = kawaraban("status", environment=offline(home))

    assert result.err == f"The database {path} was created by a newer kawaraban. Update kawaraban.\n"


def test_a_file_that_is_no_database(home: Path) -> None:
    (home / "kawaraban.sqlite3").write_text("No database at all, and long enough to look like one." * 100)

    result = kawaraban("digest", environment=offline(home))

    assert result.err.endswith("is damaged, or not a kawaraban database. Restore a backup, or change DATABASE_URL.\n")
    assert result.err.count("\n") == 1


def test_a_database_below_a_file(home: Path) -> None:
    (home / "a-file").touch()

    result = kawaraban("status", environment=offline(home) | {"DATABASE_URL": str(home / "a-file" / "k.sqlite3")})

    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "Set DATABASE_URL to the path of a file that can be created." in result.err


def test_a_mistake_of_our_own_is_one_line_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("bot.app.app.App.status", fail)

    brief = kawaraban("status", environment=offline(home))
    detailed = kawaraban("--verbose", "status", environment=offline(home))
    logged = kawaraban("-v", "status", environment=offline(home) | {"LOG_FORMAT": "json"})

    assert (brief.status, brief.err.count("\n")) == (1, 1)
    assert brief.err.startswith("An unexpected error occurred (ZeroDivisionError).")
    assert "ZeroDivisionError: oops" in detailed.err
    assert detailed.problem == brief.problem
    record = json.loads(next(line for line in logged.err.splitlines() if line.startswith("{")))
    assert (record["event"], "oops" in record["exception"]) == ("unforeseen", True)


def test_a_backup_of_nothing_is_refused_and_makes_nothing(home: Path) -> None:
    result = kawaraban("backup", "copy.sqlite3", environment=offline(home))

    assert result.status == 1
    assert result.problem.startswith("There is no database at /")
    assert "DATABASE_URL" in result.problem
    assert not list(home.glob("*sqlite3*"))


def test_backups_are_whole_and_never_over_something(home: Path) -> None:
    database(home)

    first = kawaraban("backup", "copy.sqlite3", environment=offline(home))
    second = kawaraban("backup", "copy.sqlite3", environment=offline(home))
    nowhere = kawaraban("backup", "no/such/folder/copy.sqlite3", environment=offline(home))

    assert (first.status, first.err) == (0, "The database was copied to copy.sqlite3.\n")
    with closing(sqlite3.connect(home / "copy.sqlite3")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISIONS[-1],)
    assert second.err == "copy.sqlite3 already exists and is not overwritten. Choose another name.\n"
    assert "cannot be written (No such file or directory)" in nowhere.err
    assert (second.status, nowhere.status) == (1, 1)


def test_upgrade_says_what_it_did(home: Path) -> None:
    new = kawaraban("db", "upgrade", environment=offline(home))
    same = kawaraban("db", "upgrade", environment=offline(home) | {"LC_ALL": "ja_JP.UTF-8"})

    assert new.err == f"A new database was created ({REVISIONS[-1]}).\n"
    assert same.err == f"データベースは最新です（{REVISIONS[-1]}）。\n"


def test_status_of_an_empty_database(home: Path) -> None:
    result = kawaraban("status", environment=offline(home))

    assert result.status == 0
    assert "$0.00 of $1.00, resets at" in " ".join(result.out.split())


# --- check ------------------------------------------------------------------------------------


def line(summary: str = TEXT, **more: object) -> str:
    return json.dumps(
        {"title": paper().title, "source": paper().abstract, "summary": summary, "language": "ja", **more},
        ensure_ascii=False,
    )


def test_check_answers_line_by_line(home: Path) -> None:
    (home / "texts.jsonl").write_text(f"\ufeff{line()}\n\n{line(TEXT.replace('8%', '47.3%'), note='ours')}", "utf-8")

    result = kawaraban("check", "texts.jsonl", environment={})
    piped = kawaraban("check", "-", environment={}, stdin=f"{line()}\n{line(TEXT.replace('8%', '47.3%'))}\n")

    good, bad = map(json.loads, result.out.splitlines())
    assert result.status == 0
    assert good == {"ok": True, "findings": []}
    assert (bad["ok"], {finding["kind"] for finding in bad["findings"]}) == (False, {"number"})
    assert any("47.3" in finding["text"] for finding in bad["findings"])
    assert piped.out == result.out


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "JSON"),
        ("[1]", "{…}"),
        ('"text"', "{…}"),
        ("null", "{…}"),
        ("[" * 100_000, "JSON"),
        (line(language="none"), "language"),
        (line(language=7), "language"),
        (line(source=None), "source"),
        (json.dumps({"title": "A"}), "source"),
    ],
)
def test_check_stops_at_a_line_that_cannot_be_read(text: str, reason: str) -> None:
    result = kawaraban("check", "-", environment={"LC_ALL": "C"}, stdin=f"{line()}\n{text}\n{line()}\n")

    assert (result.status, result.out.count("\n")) == (1, 1)
    assert result.err.startswith(
        f"Line 2 cannot be checked ({reason}). Write one JSON object on each line, with title,"
    )
    assert result.err.count("\n") == 1


def test_check_of_a_file_that_is_no_text(home: Path) -> None:
    (home / "texts.jsonl").write_bytes(b"\xff\xfe\x00")

    assert "texts.jsonl cannot be read (UTF-8)" in kawaraban("check", "texts.jsonl", environment={}).err
    assert "cannot be read (Is a directory)" in kawaraban("check", ".", environment={}).err


def test_check_of_half_characters_does_not_break(home: Path) -> None:
    result = kawaraban("check", "-", environment={}, stdin=line("\ud800 47.3%") + "\n")

    assert result.status == 0
    assert not json.loads(result.out)["ok"]


# --- demo -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "said"), [("ja", "選んだ理由"), ("en", "Why: ")])
def test_the_demo_is_invented_and_says_so(language: str, said: str, home: Path) -> None:
    result = kawaraban("demo", "--language", language, environment=offline(home))

    assert result.status == 0
    assert result.err.startswith("This is an invented sample: neither the papers nor their figures are real.")
    assert result.out.count(said) == 5
    assert "example.org/kawaraban-sample" in result.out
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("locale", "setting", "title", "hint"),
    [
        ("en_GB.UTF-8", "", "Kawaraban, ", "日本語では: "),
        ("ja_JP.UTF-8", "", "瓦版 ", "In English: "),
        ("C", "", "Kawaraban, ", "日本語では: "),
        ("en_GB.UTF-8", "ja", "瓦版 ", "日本語では: "),
    ],
)
def test_the_demo_speaks_the_locale_s_language(locale: str, setting: str, title: str, hint: str, home: Path) -> None:
    asked = offline(home) | {"LC_ALL": locale, "DIGEST_LANGUAGE": setting}
    result = kawaraban("demo", environment=asked)

    assert result.out.startswith(title)
    other = "ja" if hint.startswith("日") else "en"
    assert re.search(rf"^{hint}\S*kawaraban demo --language {other}$", result.err, re.MULTILINE)


def test_the_demo_in_another_language_pretends_nothing(home: Path) -> None:
    result = kawaraban("demo", "-l", "fr", environment=offline(home))

    assert result.status == 0
    assert result.out.count("(English, unchanged)") == 5
    assert result.problem == (
        "The sample has no summary in this language or style. Ask for ja or en, and for the brief style."
    )


# --- import -----------------------------------------------------------------------------------


def test_import_takes_posts_and_names_what_is_none(home: Path) -> None:
    posts = home / "post"
    posts.mkdir()
    (posts / "index.md").write_bytes((POSTS / "post-ja.md").read_bytes())
    (posts / "about.md").write_text("# About\n")
    environment = offline(home)

    first = kawaraban("import", "post", environment=environment)
    again = kawaraban("import", "post", environment=environment)
    status = kawaraban("status", environment=environment)

    assert (first.status, again.status) == (0, 0)
    assert "about.md is not part of a valid post" in first.err.splitlines()[0]
    assert "summaries imported: " in first.problem
    assert again.err == first.err
    assert "hugo:" in status.out


def test_import_of_a_folder_without_posts(home: Path) -> None:
    (home / "empty").mkdir()
    (home / "a-file").touch()

    empty = kawaraban("import", "empty", environment=offline(home))
    file = kawaraban("import", "a-file", environment=offline(home))

    assert (
        empty.err
        == "No posts were found under “empty”. Give the folder that contains the posts, such as content/post.\n"
    )
    assert "a-file cannot be read (Not a directory)" in file.err
    assert (empty.status, file.status) == (1, 1)
