"""`kawaraban read`: a paper from the stand-in of arXiv, files, and every way in which it can go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.fakes import invented
from tests.fakes.arxiv_content import content_of
from tests.fakes.arxiv_files import full_content
from tests.fakes.arxiv_pages import FRAME_TEXTS, Frame, page
from tests.support.cli import hurry, kawaraban, offline, online
from tests.support.pdfs import PdfPage, pdf
from tests.support.standins import Upstream
from tests.support.typeset import Look, paper

PAPER = invented.landmark()
SCHEMA = json.loads((files("adapters.json") / "full_text.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def environment(upstream: Upstream, tmp_path: Path) -> dict[str, str]:
    return online(upstream, None, tmp_path)


def read_json(*arguments: str, environment: Mapping[str, str]) -> Any:
    result = kawaraban("read", *arguments, "--format", "json", environment=environment)
    assert result.status == 0
    value = json.loads(result.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    return value


def sentences(value: Any) -> list[str]:
    return [one for section in value["sections"] for block in section["blocks"] for one in block["sentences"]]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("frame", [Frame.TODAY, Frame.OF_2025, Frame.OF_2016])
def test_a_papers_html(frame: Frame, upstream: Upstream, environment: dict[str, str]) -> None:
    upstream.pages(frame.value)
    value = read_json(PAPER.id, environment=environment)

    assert (value["source"], value["unread"], value["title"]) == ("html", [], PAPER.title)
    found = sentences(value)
    assert [one for one in full_content(PAPER).sentences() if not any(text.endswith(one) for text in found)] == []
    assert value["dropped"] == {"background": 1, "error": 1, "hidden": 3}
    assert len(value["references"]) == 12
    if frame is not Frame.OF_2016:
        assert value["url"] == f"https://arxiv.org/html/{PAPER.versioned}"
        assert (value["licence"], value["paper_version"]) == ("CC BY 4.0", PAPER.version)


def test_the_text_for_people(environment: dict[str, str]) -> None:
    result = kawaraban("read", PAPER.id, environment=environment)
    lines = result.out.splitlines()

    assert result.status == 0
    assert lines[0] == PAPER.title
    assert lines[1] == "Read from arXiv's HTML, version 1, licence: CC BY 4.0"
    assert "Left out: in the page's colour 1, not converted by arXiv 1, not displayed 3" in lines
    assert f"https://arxiv.org/html/{PAPER.versioned}" in lines
    assert any(line.startswith("# 1 Introduction") for line in lines)
    assert any(line.startswith("  [S1.p1.1] ") for line in lines)
    assert any(line.startswith("  [S2.E1] (formula) $") for line in lines)
    assert not any(text in result.out for text in FRAME_TEXTS)


def test_it_is_kept_for_a_day_and_asked_for_once(upstream: Upstream, environment: dict[str, str]) -> None:
    first = read_json(PAPER.id, environment=environment)
    asked = len(upstream.log("arxiv"))

    assert read_json(PAPER.id, environment=environment) == first
    assert len(upstream.log("arxiv")) == asked
    assert [entry["path"] for entry in upstream.log("arxiv")][-1] == f"/html/{PAPER.id}"


def test_a_version_is_read_by_its_name(upstream: Upstream, environment: dict[str, str]) -> None:
    value = read_json(f"arXiv:{PAPER.id}v1", environment=environment)

    assert value["paper_version"] == 1
    assert upstream.log("arxiv")[-1]["path"] == f"/html/{PAPER.id}v1"


@pytest.mark.parametrize(("form", "why"), [("none", "no_html"), ("failed", "implausible")])
def test_without_html_and_pdf_the_abstract_says_why(
    form: str, why: str, upstream: Upstream, environment: dict[str, str]
) -> None:
    upstream.pages(form)
    value = read_json(PAPER.id, environment=environment)

    assert (value["source"], value["unread"][0]) == ("abstract", f"reading.{why}")
    assert " ".join(sentences(value)) == " ".join(PAPER.abstract.split())
    shown = kawaraban("read", PAPER.id, environment=environment)
    assert shown.out.splitlines()[1] == "Only the abstract could be read"
    assert "Not read from a better source: " in shown.out


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("403", "arXiv refused the request (HTTP 403)"),
        ("429", "arXiv refused the request (HTTP 429)"),
        ("503", "arXiv returned an error (HTTP 503)"),
        ("malformed", "The answer is not a paper but application/json"),
    ],
)
def test_what_arxiv_refuses_is_one_line_with_the_remedy(
    fault: str, said: str, upstream: Upstream, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    assert kawaraban("paper", PAPER.id, environment=environment).status == 0  # now the paper is stored
    upstream.fault(f"arxiv:{fault}:always")
    result = kawaraban("read", PAPER.id, environment=environment)

    assert (result.status, result.out) == (1, "")
    assert result.problem.startswith(said)
    assert "again" in result.problem


@pytest.mark.parametrize("name", ["saved.html", "saved.page", "saved"])
def test_a_saved_page(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(page(content_of("saved"), "2602.90777v4"), encoding="utf-8")
    value = read_json(str(file), environment={"LC_ALL": "C"})

    assert (value["source"], value["paper"], value["paper_version"]) == ("html", "arxiv:2602.90777", 4)
    assert [path.name for path in tmp_path.iterdir()] == [name]  # no database was made


@pytest.mark.parametrize("name", ["paper.pdf", "paper"])
def test_a_pdf(name: str, tmp_path: Path) -> None:
    typeset = paper(21, Look(pages=2))
    file = tmp_path / name
    file.write_bytes(typeset.data)
    value = read_json(str(file), environment={"LC_ALL": "C"})

    assert (value["source"], value["title"], value["paper"]) == ("pdf", typeset.title, None)
    assert [one for one in typeset.sentences if one not in sentences(value)] == []
    assert value["sections"][1]["blocks"][0]["anchor"] == "page=1"
    assert set(value["dropped"]) == {"margin", "rotated"}
    assert value["references"] == list(typeset.references)


@pytest.mark.parametrize("form", ["none", "failed"])
def test_without_good_html_the_pdf_is_read(form: str, upstream: Upstream, environment: dict[str, str]) -> None:
    typeset = paper(22, Look(pages=2))
    upstream.pages(form)
    upstream.pdf(PAPER.id, typeset.data)
    value = read_json(PAPER.id, environment=environment)

    assert (value["source"], len(value["unread"])) == ("pdf", 1)
    assert value["url"].startswith(f"https://arxiv.org/pdf/{PAPER.id}")
    assert set(typeset.sentences) <= set(sentences(value))


def test_a_pdf_that_cannot_be_read_leaves_the_abstract(upstream: Upstream, environment: dict[str, str]) -> None:
    upstream.pages("none")
    upstream.pdf(PAPER.id, b"%PDF-1.4 and then the connection broke")
    value = read_json(PAPER.id, environment=environment)

    assert (value["source"], value["unread"]) == ("abstract", ["reading.no_html", "reading.pdf_damaged"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The PDF is empty."),
        (b"not one", "The PDF is damaged or incomplete."),
        (pdf([PdfPage()]), "The PDF has no text that can be read"),
        (pdf([PdfPage()], password="sesame"), "The PDF is protected by a password."),
        (pdf([PdfPage() for _ in range(300)]), "The PDF has 300 pages; at most 200 are read."),
    ],
)
def test_pdfs_that_cannot_be_read(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(data)
    result = kawaraban("read", str(tmp_path / "paper.pdf"), environment={"LC_ALL": "en_GB.UTF-8"})

    assert (result.status, result.out) == (1, "")
    assert said in result.problem
    assert result.err.count("\n") == 1


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "words.html").write_text("<p>No paper.</p>")
    deep = tmp_path / "deep.html"
    deep.write_text('<article class="ltx_document">' + "<div>" * 100_000)
    for path, said in (
        (tmp_path, "Is a directory"),
        (tmp_path / "missing.html", "No such file"),
        (tmp_path / "missing.pdf", "No such file"),
        (tmp_path / "empty.html", "There is no paper in the page."),
        (tmp_path / "words.html", "There is no paper in the page."),
        (deep, "The page is damaged or nested too deeply to be read."),
    ):
        result = kawaraban("read", str(path), environment={"LC_ALL": "en_GB.UTF-8"})

        assert (result.status, result.out) == (1, "")
        assert said in result.problem
        assert result.err.count("\n") == 1


def test_what_names_no_paper(tmp_path: Path, environment: dict[str, str]) -> None:
    for asked, said in (
        (("2602.99999",), "No source knows “2602.99999”."),
        (("2602.90001", "2602.90002"), "Several papers are named"),
        (("?!",), "does not identify a paper"),
    ):
        result = kawaraban("read", *asked, environment=environment)
        assert result.status == 1
        assert said in result.problem
    wrong = kawaraban("read", PAPER.id, "--format", "xml", environment=offline(tmp_path))
    assert "There is no format “xml”" in wrong.problem


def test_in_japanese(environment: dict[str, str]) -> None:
    result = kawaraban("read", PAPER.id, environment=environment | {"LC_ALL": "ja_JP.UTF-8"})

    assert result.out.splitlines()[1] == "arXivのHTMLから読み取りました、第1版、ライセンス: CC BY 4.0"


def test_pages_wait_for_their_turn_at_arxiv_like_every_other_request(tmp_path: Path) -> None:
    interval = 0.4
    with Upstream.running("tests.fakes.sources_process", "--interval", str(interval)) as polite:
        environment = online(polite, None, tmp_path) | {"ARXIV_INTERVAL_SECONDS": str(interval)}
        for version in ("", "v1"):
            assert kawaraban("read", f"{PAPER.id}{version}", environment=environment).status == 0
        log = polite.log("arxiv")

    assert [entry["path"] for entry in log] == ["/api/query", f"/html/{PAPER.id}", f"/html/{PAPER.id}v1"]
    assert {entry["status"] for entry in log} == {200}
