"""The JSON form: as documented, whatever the texts hold."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.json import render
from bot.models import EmptyReason, Excerpt, Origin, PaperDetails, Signal, SignalKind, SourceName
from bot.words import words_for
from tests.support.digests import (
    DUE,
    EXCERPT,
    UNVERIFIED,
    brief,
    detailed,
    hostile,
    make_digest,
    make_paper,
    two_entries,
    urls,
)
from tests.support.needs import ROOT

JA, EN = words_for("ja"), words_for("en")
SCHEMA = json.loads((files("adapters.json") / "schema.json").read_text(encoding="utf-8"))


def read(text: str, definition: str) -> Any:
    value = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    schema = {**SCHEMA, "$ref": f"#/$defs/{definition}"}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)
    return value


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_digest() -> None:
    value = read(render.digest(two_entries(), JA), "digest")

    assert (value["version"], value["date"], value["language"], value["empty"]) == (1, "2026-02-27", "ja", None)
    assert value["status"] == {
        "new_papers": 1214,
        "sources": {
            "arxiv": {"ok": True, "papers": 180, "error": None, "dropped": 0, "missing": 0},
            "huggingface": {"ok": False, "papers": 30, "error": "source.timeout", "dropped": 3, "missing": 0},
            "semantic_scholar": {"ok": False, "papers": 0, "error": "source.rate_limited", "dropped": 0, "missing": 0},
        },
    }
    assert value["entries"][0] == {
        "rank": 1,
        "id": "arxiv:2602.00001",
        "arxiv_id": "2602.00001",
        "title": "A Title",
        "authors": ["Ada Inkwell", "Len Printwright"],
        "more_authors": False,
        "published": "2026-02-20T18:00:00+00:00",
        "url": "https://arxiv.org/abs/2602.00001",
        "sources": ["arxiv", "huggingface"],
        "signals": [
            {"source": "arxiv", "kind": "listed", "value": 1, "seen_at": "2026-02-26T22:00:00+00:00"},
            {"source": "huggingface", "kind": "upvotes", "value": 128, "seen_at": "2026-02-26T22:00:00+00:00"},
        ],
        "abstract": "An abstract.",
        "score": 1.25,
        "reason": "Hugging Faceで128票（同じ日の論文の97%を上回る）、キーワード「agents」",
        "reasons": [
            {
                "kind": "upvotes",
                "subject": "",
                "value": 128,
                "share": 0.976,
                "text": "Hugging Faceで128票（同じ日の論文の97%を上回る）",
            },
            {"kind": "keyword", "subject": "agents", "value": 0.0, "share": 0.0, "text": "キーワード「agents」"},
        ],
        "headline": "見出しの一行",
        "summary": "一文目である。二文目である。三文目である。",
        "verified": True,
        "origin": "model",
        "model": "claude-haiku-5-5",
        "excerpt": None,
        "failure": None,
    }


def test_nothing_unverified_stands_under_summary_or_headline() -> None:
    entry = read(render.digest(two_entries(), EN), "digest")["entries"][1]

    assert (entry["verified"], entry["summary"], entry["headline"]) == (False, None, None)
    assert entry["excerpt"] == {
        "origin": "tldr",
        "language": "en",
        "label": "TL;DR by Semantic Scholar (English, unchanged)",
        "text": "We do one thing well.",
    }
    assert entry["failure"]["code"] == "summary.unverified"
    assert entry["failure"]["findings"] == [{"kind": "number", "text": "47.3%"}, {"kind": "number", "text": "12倍"}]
    assert entry["reason"] == "a pick from beyond the popular papers"


@pytest.mark.parametrize("reason", [*EmptyReason, None])
def test_a_day_without_papers_says_why(reason: EmptyReason | None) -> None:
    holiday = "Juneteenth" if reason is EmptyReason.HOLIDAY else ""
    value = read(render.digest(make_digest(empty=reason, holiday=holiday), EN), "digest")

    assert value["entries"] == []
    assert value["empty"]["reason"] == (reason.value if reason else None)
    assert value["empty"]["holiday"] == (holiday or None)
    assert value["empty"]["text"].startswith("No papers for this day")


def test_a_paper() -> None:
    short = read(render.paper(make_paper(), JA, language="ja", summary=brief()), "paper")
    long = read(render.paper(make_paper(), EN, language="de", summary=detailed()), "paper")
    none = read(render.paper(make_paper(), EN, language="en", excerpt=EXCERPT, failure=UNVERIFIED), "paper")

    assert (short["style"], short["sections"], short["verified"]) == ("brief", [], True)
    assert (long["style"], long["language"]) == ("detailed", "de")
    assert [section["kind"] for section in long["sections"]] == ["background", "method", "results", "outlook"]
    assert (none["style"], none["summary"], none["verified"]) == (None, None, False)


def test_it_ends_with_one_newline_and_keeps_japanese_readable() -> None:
    text = render.digest(two_entries(), JA)

    assert text.endswith("}\n")
    assert "見出しの一行" in text


@given(hostile, hostile, urls, st.floats(), st.floats())
def test_any_text_comes_back_as_it_was(title: str, text: str, url: str, score: float, value: float) -> None:
    signal = Signal(SourceName.HUGGINGFACE, SignalKind.STARS, value, DUE)
    paper = replace(make_paper(title, text, url), authors=(title,), signals=(signal,))
    digest = two_entries(paper, brief(title, text), Excerpt(Origin.ABSTRACT, text))
    digest = replace(digest, entries=tuple(replace(entry, score=score) for entry in digest.entries))

    printed = render.digest(digest, JA)

    printed.encode()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", printed)
    found = read(printed, "digest")["entries"]
    assert (found[0]["title"], found[0]["abstract"], found[0]["url"]) == (title, text, url)
    assert (found[0]["headline"], found[0]["summary"], found[1]["excerpt"]["text"]) == (title, text, text)
    assert found[0]["score"] == (score if math.isfinite(score) else None)
    assert found[0]["signals"][0]["value"] == (value if math.isfinite(value) else None)
    assert datetime.fromisoformat(found[0]["published"]) == paper.published


def test_the_documentation_explains_every_key() -> None:
    documented = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "json.md").read_text(encoding="utf-8")))
    keys = {key for definition in SCHEMA["$defs"].values() for key in definition.get("properties", {})}

    assert keys - documented == set()


def test_what_is_around_a_paper() -> None:
    paper = replace(make_paper(), code_url="https://github.com/ada/x", project_url="https://evil.example/x")
    similar = replace(make_paper("Another", url="javascript:alert(1)"), arxiv_id=None)
    details = PaperDetails(paper, (similar, make_paper("A third")), (SourceName.SEMANTIC_SCHOLAR,))
    value = read(render.paper(paper, EN, language="en", summary=brief(), details=details), "paper")

    assert value["links"] == {
        "pdf": "https://arxiv.org/pdf/2602.00001",
        "html": "https://arxiv.org/html/2602.00001",
        "code": "https://github.com/ada/x",
        "project": None,
        "huggingface": value["links"]["huggingface"],
        "alphaxiv": None,
    }
    assert [(one["title"], one["url"]) for one in value["similar"]] == [
        ("Another", None),
        ("A third", "https://arxiv.org/abs/2602.00001"),
    ]
    assert value["similar_failed"] == ["semantic_scholar"]


@given(hostile, urls, urls)
def test_what_is_around_a_paper_is_json_whatever_it_holds(title: str, url: str, code: str) -> None:
    paper = replace(make_paper(title, url=url), code_url=code, project_url=code)
    read(render.paper(paper, EN, language="en", details=PaperDetails(paper, (paper,))), "paper")
