"""Every code that the program can raise or report has its sentence, with the remedy, in every language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot import errors
from bot.models import EmptyReason, FindingKind, ReasonKind, SectionKind, SourceName
from bot.sources.calendar import holiday
from bot.words import words_for
from tests.support.needs import ROOT
from tests.words.test_words import JAPANESE, LANGUAGES, MESSAGES

SUBJECTS = (
    "budget",
    "clock",
    "digest",
    "input",
    "model",
    "output",
    "platform",
    "reading",
    "run",
    "schedule",
    "server",
    "settings",
    "source",
    "store",
    "summary",
)
CODE = re.compile(rf"(?:{'|'.join(SUBJECTS)})\.[a-z_]+")
CARRIERS = {name for name in vars(errors) if name.endswith("Error") or name.startswith("Model")} | {"Failure"}
# Their codes also travel as values beside a source or a paper, where a short phrase without arguments is shown.
ALSO_VALUES = ("budget", "model", "reading", "schedule", "source", "summary")
WORDS_FOLDER = ROOT / "bot" / "words"


def _codes_in(tree: ast.AST) -> Iterator[str]:
    """Constants that are codes: arguments of errors anywhere, and plain strings of the subjects only codes use."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CARRIERS:
                first = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "code")]
                yield from (a.value for a in first if isinstance(a, ast.Constant) and isinstance(a.value, str))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CODE.fullmatch(node.value)
            and not node.value.startswith("digest.")  # also the subject of many sentences
            and not node.value.endswith((".md", ".onnx", ".po", ".py"))
        ):
            yield node.value


def _trees() -> Iterator[ast.AST]:
    for folder in ("bot", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if WORDS_FOLDER not in path.parents:
                yield ast.parse(path.read_text(encoding="utf-8"))


def _raised() -> set[str]:
    return {code for tree in _trees() for code in _codes_in(tree)}


def _arguments_given() -> list[tuple[str, tuple[str, ...]]]:
    """Every error made with a code and arguments that can be read from the source."""
    found = set()
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CARRIERS - {"Failure"} and node.args:
                code, names = node.args[0], [keyword.arg for keyword in node.keywords]
                if isinstance(code, ast.Constant) and isinstance(code.value, str) and None not in names:
                    found.add((code.value, tuple(sorted(filter(None, names)))))
    return sorted(found)


def _documented() -> set[str]:
    """The codes that the docstrings of bot.errors list, `.timeout` being short for the subject before it."""
    found: set[str] = set()
    for kind in vars(errors).values():
        subject = ""
        for full, short in re.findall(r"`(?:([a-z]+\.[a-z_]+)|(\.[a-z_]+))`", getattr(kind, "__doc__", None) or ""):
            subject = full.partition(".")[0] or subject
            found.add(full or subject + short)
    return {code for code in found if CODE.fullmatch(code)}


CODES = sorted((_raised() | _documented()) - {"settings.invalid"})


def test_the_search_finds_codes() -> None:
    assert {"source.timeout", "model.auth", "store.newer", "input.paper", "settings.url", "model.sample"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence_in_every_language(code: str) -> None:
    for language in LANGUAGES:
        assert f"error.{code}" in words_for(language)
    (sentence,) = MESSAGES["ja"][f"error.{code}"]
    assert JAPANESE.search(sentence)
    assert sentence.endswith(("。", "}"))


@pytest.mark.parametrize(("code", "names"), _arguments_given())
def test_every_error_brings_what_its_sentence_needs(code: str, names: tuple[str, ...]) -> None:
    for language in LANGUAGES:
        for form in MESSAGES[language][f"error.{code}"]:
            assert set(re.findall(r"\{([^}]*)\}", form)) <= set(names)


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith(ALSO_VALUES)])
def test_every_code_that_travels_as_a_value_has_a_phrase(code: str) -> None:
    for language in LANGUAGES:
        (phrase,) = MESSAGES[language][f"problem.{code}"]
        assert "{" not in phrase
        assert not phrase.endswith((".", "。"))
        said = words_for(language).error(errors.BotError(code, source="arxiv"))
        assert "?" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_that_is_put_into_words_has_some(language: str) -> None:
    words = words_for(language)
    wanted = [
        *(f"name.{source.value}" for source in SourceName),
        *(f"digest.reason.{kind.value}" for kind in ReasonKind),
        *(f"digest.empty.{reason.value}" for reason in EmptyReason),
        *(f"finding.{kind.value}" for kind in FindingKind),
        *(f"paper.section.{kind.value}" for kind in SectionKind),
    ]

    assert [key for key in wanted if key not in words] == []


def test_every_holiday_of_arxiv_has_a_japanese_name() -> None:
    days = (date(2023, 1, 1) + timedelta(days=n) for n in range(2600))
    names = {holiday(day) for day in days} - {""}

    assert len(names) > 5
    assert [name for name in names if f"holiday.{name}" not in words_for("ja")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_doctor_sends_nobody_to_the_doctor(language: str) -> None:
    sentences = MESSAGES[language]
    sending = [key for key, forms in sentences.items() if key.startswith("error.") and "doctor" in "".join(forms)]

    assert sending
    for key in sending:
        own = sentences[f"cli.doctor.{key}"]
        assert own
        assert "doctor" not in "".join(own)
