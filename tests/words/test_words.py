"""The catalogues, and how each language writes what is put into its sentences."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError, BudgetError, InputError, SettingsError, SourceError, StoreError
from bot.models import SourceName
from bot.words import Words, words_for
from bot.words.words import read_catalogues
from tests.support.digests import hostile, make_paper

LANGUAGES = ("ja", "en")
MESSAGES = {language: words_for(language)._messages for language in LANGUAGES}
PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return words_for(request.param)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("JA_jp", "ja"),
        ("ja-Hira-JP", "ja"),
        ("en-GB", "en"),
        ("de", "en"),
        ("", "en"),
        ("jav", "en"),
        ("../ja", "en"),
        ("__pycache__", "en"),
    ],
)
def test_the_nearest_catalogue_is_used(tag: str, language: str) -> None:
    assert words_for(tag).language == language


def test_catalogues_are_read_once() -> None:
    assert words_for("ja") is words_for("ja-JP")


def test_both_languages_have_the_same_keys() -> None:
    assert MESSAGES["ja"].keys() == MESSAGES["en"].keys()


@pytest.mark.parametrize("key", sorted(MESSAGES["en"]))
def test_both_languages_have_every_sentence_with_the_same_placeholders(key: str) -> None:
    wanted = set(PLACEHOLDER.findall(MESSAGES["en"][key][-1]))
    for language in LANGUAGES:
        for form in MESSAGES[language][key]:
            assert form
            assert set(PLACEHOLDER.findall(form)) == wanted


def test_every_plural_has_as_many_forms_as_its_language() -> None:
    for key, forms in MESSAGES["en"].items():
        assert len(forms) in (1, 2)
        assert len(MESSAGES["ja"][key]) == 1


def test_catalogue_files_have_one_subject_each_and_are_text() -> None:
    for language in LANGUAGES:
        names = {entry.name for entry in (files("bot.words") / language).iterdir() if entry.name.endswith(".po")}
        assert names >= {"digest.po", "errors.po", "paper.po", "terminal.po"}


def test_a_key_stands_in_one_file_once(tmp_path: Path) -> None:
    for name in ("a.po", "b.po"):
        (tmp_path / name).write_text('msgid ""\nmsgstr ""\n\nmsgid "one.key"\nmsgstr "x"\n')

    with pytest.raises(ValueError, match=r"one\.key occurs twice"):
        read_catalogues(tmp_path, "en")


def test_arguments_are_put_in_literally(words: Words) -> None:
    said = words.say("paper.authors.more", authors="{authors} {0} %s {__class__}")

    assert "{authors} {0} %s {__class__}" in said


def test_an_unknown_key_or_a_missing_argument_is_our_own_mistake(words: Words) -> None:
    with pytest.raises(KeyError):
        words.say("no.such.key")
    with pytest.raises(KeyError):
        words.say("paper.authors.more")


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("en", 0, "Looked at 0 papers not shown before."),
        ("en", 1, "Looked at 1 paper not shown before."),
        ("en", 1234, "Looked at 1,234 papers not shown before."),
        ("ja", 1, "未掲載の論文1本を調べました。"),
        ("ja", 1234, "未掲載の論文1,234本を調べました。"),
    ],
)
def test_plurals(language: str, n: int, said: str) -> None:
    assert words_for(language).count("digest.status.looked_at", n) == said


def test_dates_and_moments() -> None:
    instant = datetime(2026, 2, 26, 22, 5, tzinfo=UTC)
    tokyo = ZoneInfo("Asia/Tokyo")
    ja, en = map(words_for, LANGUAGES)

    assert ja.date(date(2026, 2, 27)) == "2026年2月27日"
    assert en.date(date(2026, 2, 27)) == "February 27, 2026"
    assert ja.day(date(2026, 2, 27)) == "2026年2月27日金曜日"
    assert en.day(date(2026, 2, 27)) == "Friday, February 27, 2026"
    assert ja.moment(instant, tokyo) == "2026年2月27日 7:05（Asia/Tokyo）"
    assert en.moment(instant, tokyo) == "February 27, 2026, 7:05 AM (Asia/Tokyo)"
    assert en.moment(instant, UTC) == "February 26, 2026, 10:05 PM (UTC)"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1234567, "1,234,567"), (1.5, "1.5"), (0.12345, "0.123"), (float("nan"), "?"), (float("inf"), "?")],
)
def test_numbers(words: Words, number: float, said: str) -> None:
    assert words.number(number) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.976, "97%"),
        (0.999, "99%"),
        (1.0, "100%"),
        (0.0, "0%"),
        (1e306, "100%"),
        (-1, "0%"),
        (0.57, "57%"),
        (0.29, "29%"),
    ],
)
def test_percentages_never_claim_too_much(words: Words, share: float, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize(("amount", "said"), [(1, "$1.00"), (0, "$0.00"), (1234.5, "$1,234.50"), (0.0042, "$0.0042")])
def test_money(words: Words, amount: float, said: str) -> None:
    assert words.usd(amount) == said


def test_lists_and_languages() -> None:
    ja, en = map(words_for, LANGUAGES)

    assert (ja.list(["a", "b", "c"]), en.list(["a", "b", "c"])) == ("a、b、c", "a, b, c")
    assert (ja.language_name("en"), en.language_name("ja-JP"), en.language_name("xx")) == ("英語", "Japanese", "xx")


def test_at_most_five_authors_are_named() -> None:
    ja, en = map(words_for, LANGUAGES)
    two = make_paper()
    six = replace(two, authors=("A", "B", "C", "D", "E", "F"))

    assert ja.authors(two) == "Ada Inkwell, Len Printwright"
    assert ja.authors(six) == "A, B, C, D, E ほか"
    assert en.authors(six) == "A, B, C, D, E et al."
    assert en.authors(six, limit=2) == "A, B et al."
    assert ja.authors(replace(two, more_authors=True)) == "Ada Inkwell, Len Printwright ほか"
    assert ja.authors(replace(two, authors=())) == "著者不明"
    assert en.authors(replace(two, authors=(" \n", "\x1b[31mRed\x1b[0m"))) == "Red"


def test_errors_name_the_remedy_and_show_their_arguments() -> None:
    ja, en = map(words_for, LANGUAGES)
    cap = BudgetError("budget.day", cap_usd=1.5, resets_at=datetime(2026, 2, 27, tzinfo=ZoneInfo("Asia/Tokyo")))

    assert en.error(SourceError("source.timeout", source=SourceName.HUGGINGFACE)).startswith(
        "Hugging Face did not answer"
    )
    assert ja.error(SourceError("source.timeout", source="arxiv")).startswith("arXivが時間内に")
    assert "$1.50" in en.error(cap)
    assert "February 27, 2026, 12:00 AM (Asia/Tokyo)" in en.error(cap)
    assert "2026年3月1日の" in ja.error(InputError("input.stored_size", date=date(2026, 3, 1), size=5))
    assert "著者不明" in ja.error(InputError("input.post", path="p.md", line=3, reason="paper.authors.unknown"))
    assert "/srv/k.db" in en.error(StoreError("store.locked", path=Path("/srv/k.db")))
    assert "a、b" in ja.error(InputError("input.format", text="x", known=("a", "b")))


def test_an_error_is_one_line_whatever_its_arguments_hold(words: Words) -> None:
    said = words.error(InputError("input.paper", text="a\nb\x1b[31m{text}" + "x" * 1000))

    assert "\n" not in said
    assert "\x1b" not in said
    assert "a b{text}x" in said
    assert len(said) < 600


def test_an_error_without_its_sentence_or_arguments_is_still_reported(words: Words) -> None:
    assert "no.such.code" in words.error(BotError("no.such.code"))
    assert "?" in words.error(StoreError("store.locked"))
    assert "$" not in words.error(BudgetError("budget.day"))


def test_settings_are_reported_one_line_a_problem() -> None:
    error = SettingsError([("DIGEST_TIME", "settings.time", "25:00"), (".env", "settings.line", "3")])

    assert words_for("en").error(error).splitlines() == [
        "There are 2 problems in the settings:",
        "- DIGEST_TIME: “25:00” is not a time of day. Write it like 07:00.",
        "- Line 3 of .env is not valid. Write it as NAME=value.",
    ]
    assert words_for("ja").error(error).splitlines()[0] == "設定に2件の問題があります。"


@given(hostile, st.sampled_from(["input.paper", "input.unknown_paper", "input.withdrawn"]))
def test_no_argument_breaks_an_error(text: str, code: str) -> None:
    for language in LANGUAGES:
        said = words_for(language).error(InputError(code, text=text))
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in said)
