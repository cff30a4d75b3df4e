"""The paper sources' stand-in: what it finds, what it refuses, and the forms of its answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from lxml import etree

from bot.sources.arxiv_feed import read_feed
from tests.fakes import invented, sources_corpus
from tests.fakes.arxiv_files import ArxivFiles
from tests.fakes.sources_arxiv import answer
from tests.fakes.sources_corpus import Corpus, Record
from tests.fakes.sources_faults import parse as parse_fault
from tests.fakes.sources_process import Sources
from tests.fakes.sources_query import BadQuery, parse
from tests.fakes.sources_scholar import BadRequest, Scholar, own_id, vector
from tests.support.standins import Upstream

PAPER = invented.landmark()
Get = Callable[..., Any]


@pytest.fixture
def corpus() -> Corpus:
    return invented.days()


def record(**more: Any) -> Record:
    fields: dict[str, Any] = {
        "id": "2602.90001", "title": "Lanterns for Small Models", "authors": ("Zoë Inkwell",),
        "abstract": "We light a lantern.", "categories": ("cs.CL", "cs.AI"), "comment": "12 pages",
        "published": datetime(2026, 2, 23, 12, 30, tzinfo=UTC), "listed": date(2026, 2, 24),
    }  # fmt: skip
    return Record(**fields | more)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cat:cs.CL", True),
        ("cat:cs.C", False),
        ("cat:cs.*", True),
        ("cat:stat.*", False),
        ("ti:lantern", True),
        ("ti:light", False),
        ("abs:light AND ti:small", True),
        ("abs:light ANDNOT ti:small", False),
        ('ti:"small models"', True),
        ('ti:"models small"', False),
        ("au:inkwell", True),
        ("co:pages", True),
        ("lantern", True),
        ("(cat:cs.CV OR cat:cs.AI) AND submittedDate:[202602231200 TO 202602231300]", True),
        ("cat:cs.AI AND submittedDate:[20260224 TO 20260225]", False),
        ("cat:cs.CV OR cat:cs.RO AND ti:lantern", False),
    ],
)
def test_arxivs_search_language(query: str, found: bool) -> None:
    assert parse(query)(record()) is found


@pytest.mark.parametrize(
    "query", ["", "AND", "cat:cs.CL AND", "(cat:cs.CL", "cat:cs.CL)", "xx:word", "submittedDate:[2026 TO 2027]"]
)
def test_arxiv_refuses_what_is_no_query(query: str) -> None:
    with pytest.raises(BadQuery):
        parse(query)


def test_arxiv_gives_pages_newest_first(corpus: Corpus) -> None:
    asked = {"search_query": "cat:cs.CL", "sortBy": "submittedDate", "max_results": "40"}
    first, second = (read_feed(answer(corpus, asked | {"start": start})[1].encode()) for start in ("0", "40"))
    papers = [*first.papers, *second.papers]

    assert first.total == second.total == sum("cs.CL" in r.categories for r in corpus.known() if r.announced)
    assert (len(first.papers), first.dropped) == (40, 0)
    assert [p.published for p in papers] == sorted((p.published for p in papers), reverse=True)
    assert len({p.id for p in papers}) == len(papers)


def test_arxiv_gives_records_by_their_ids(corpus: Corpus) -> None:
    hidden = next(r for r in corpus.known() if not r.announced)
    status, text = answer(corpus, {"id_list": f"{PAPER.id},2602.99999,{hidden.versioned},{PAPER.id}v9"})

    assert status == 200
    assert [paper.arxiv_id for paper in read_feed(text.encode()).papers] == [PAPER.id, hidden.id]


@pytest.mark.parametrize("query", [{"id_list": "abc"}, {"search_query": "xx:a"}, {"start": "-1", "search_query": "a"}])
def test_arxiv_refuses_with_a_feed(corpus: Corpus, query: dict[str, str]) -> None:
    status, text = answer(corpus, query)
    feed = read_feed(text.encode())

    assert status == 400
    assert feed.error
    assert not feed.papers


def test_nothing_of_tomorrow_is_known(corpus: Corpus) -> None:
    corpus.today = date(2026, 2, 25)

    assert corpus.find(PAPER.id) is None
    assert max(r.listed for r in corpus.known()) == corpus.today


def test_a_folder_of_recordings_is_read(tmp_path: Path) -> None:
    (tmp_path / "arxiv").mkdir()
    (tmp_path / "hf").mkdir()
    row = '{"id": "%s", "title": "T", "authors": ["A"], "summary": "S.", "categories": ["cs.CL"]}\n'
    listed = "".join(row % number for number in ("2602.90002", "2602.90001", "2511.90003"))
    (tmp_path / "arxiv" / "listing_2026-02-23.jsonl").write_text(listed)
    item = '{"paper": {"id": "%s", "title": "T", "authors": [{"name": "A"}], "summary": "S.", "publishedAt": "%s"}}'
    items = ", ".join(item % (number, "2026-02-20T08:00:00.000Z") for number in ("2602.90002", "2602.90009"))
    (tmp_path / "hf" / "daily_papers_2026-02-23.json").write_text(f"[{items}]")

    found = sources_corpus.load(tmp_path)

    assert found.today == date(2026, 2, 23)
    start, end = sources_corpus.submission_span(found.today)
    assert (start.day, end.day) == (19, 20)  # of a Monday: from Thursday to Friday
    assert start < found.records["2602.90001"].published < end
    assert found.records["2602.90002"].published == datetime(2026, 2, 20, 8, tzinfo=UTC)
    assert found.records["2511.90003"].published.month == 11
    assert not found.records["2602.90009"].announced


def test_semantic_scholar_finds_by_every_name(corpus: Corpus) -> None:
    scholar = Scholar(corpus)
    fields = {"fields": "title,externalIds,embedding.specter_v2"}
    names = (f"ARXIV:{PAPER.id}", f"arXiv:{PAPER.id}", f"DOI:10.48550/arXiv.{PAPER.id}", own_id(PAPER))

    rows = [scholar.paper(name, fields)[1] for name in names]

    assert all(row == rows[0] for row in rows)
    assert isinstance(rows[0], dict)
    assert rows[0]["title"] == PAPER.title
    assert len(rows[0]["embedding"]["vector"]) == 768
    assert scholar.paper(f"ARXIV:{PAPER.id}v1", {})[0] == 404
    assert scholar.match({"query": PAPER.title.lower()})[1] == {
        "data": [{"paperId": own_id(PAPER), "title": PAPER.title, "matchScore": 100.0}]
    }


def test_semantic_scholar_searches_phrases_and_dates(corpus: Corpus) -> None:
    asked = {"query": '"language model" | "canal locks"', "sort": "publicationDate:desc", "fields": "abstract"}
    status, found = Scholar(corpus).bulk(asked | {"publicationDateOrYear": "2026-02-24:2026-02-25"})

    assert status == 200
    assert isinstance(found, dict)
    assert found["total"] == len(found["data"]) > 10
    assert all("language model" in row["abstract"] or "canal lock" in row["abstract"] for row in found["data"])


@pytest.mark.parametrize(
    "ask",
    [
        lambda scholar: scholar.bulk({"query": "a", "fields": "tldr"}),
        lambda scholar: scholar.search({"query": "a", "fields": "nonsense"}),
        lambda scholar: scholar.search({"query": ""}),
        lambda scholar: scholar.search({"query": "a", "limit": "101"}),
        lambda scholar: scholar.batch({}, {"ids": []}),
        lambda scholar: scholar.batch({}, {"ids": ["ARXIV:2602.99999"]}),
        lambda scholar: scholar.batch({}, {"ids": ["x"] * 501}),
    ],
)
def test_semantic_scholar_refuses(corpus: Corpus, ask: Callable[[Scholar], object]) -> None:
    with pytest.raises(BadRequest):
        ask(Scholar(corpus))


def test_semantic_scholar_recommends_what_is_alike(corpus: Corpus) -> None:
    theme = invented.LANDMARK.theme
    other = next(p.record for p in invented.papers().values() if p.facts.theme != theme)
    liked, disliked = [f"ARXIV:{PAPER.id}"], [f"ARXIV:{other.id}"]

    _, found = Scholar(corpus).recommended(liked, disliked, {"fields": "title", "limit": "10"})

    assert isinstance(found, dict)
    titles = [row["title"] for row in found["recommendedPapers"]]
    assert len(titles) == 10
    assert sum(theme == invented.papers()[title].facts.theme for title in titles) >= 8
    assert PAPER.title not in titles
    assert float(vector(PAPER) @ vector(PAPER)) == pytest.approx(1)


@pytest.mark.parametrize("spec", ["", "arxiv", "nobody:503", "arxiv:sulk", "arxiv:503:often", "arxiv:50"])
def test_what_is_no_fault_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="is no fault"):
        parse_fault(spec)


@pytest.fixture
async def get() -> AsyncIterator[Get]:
    """Asks a server of its own: (status, text)."""
    server = TestServer(Sources(invented.days(), 0).app())
    await server.start_server()
    async with aiohttp.ClientSession(str(server.make_url("/"))) as session:

        async def ask(path: str, **more: Any) -> tuple[int, str]:
            async with session.get(path, **more) as response:
                return response.status, await response.text()

        yield ask
    await server.close()


async def test_every_fifth_caller_without_a_key_meets_the_crowd(get: Get) -> None:
    path = f"/graph/v1/paper/ARXIV:{PAPER.id}"

    assert [(await get(path))[0] for _ in range(6)] == [200, 200, 200, 200, 429, 200]
    assert [(await get(path, headers={"x-api-key": "any"}))[0] for _ in range(6)] == [200] * 6


async def test_the_feed_of_today(get: Get) -> None:
    status, text = await get("/rss/cs.CL+cs.CV")
    items = etree.fromstring(text.encode()).findall(".//item")
    today = invented.days().listing(date(2026, 2, 27))

    assert status == 200
    assert len(items) == sum(bool({"cs.CL", "cs.CV"} & {*r.categories}) for r in today)
    assert {item.findtext("{http://arxiv.org/schemas/atom}announce_type") for item in items} <= {"new", "cross"}


async def test_hugging_face_knows_its_lists(get: Get) -> None:
    newest, ordered = await get("/api/daily_papers"), await get("/api/daily_papers?date=2026-02-27&limit=3&p=1")

    assert newest[0] == ordered[0] == 200
    assert (await get("/api/daily_papers?date=2026-02-28"))[0] == 400
    assert (await get("/api/daily_papers?date=yesterday"))[0] == 400
    assert (await get("/api/daily_papers?date=2026-02-22")) == (200, "[]")
    assert (await get(f"/api/papers/{PAPER.id}"))[0] == 200
    assert (await get("/api/papers/2602.99999"))[0] == 404


async def test_arxiv_has_pages_of_the_papers_that_it_has_listed(get: Get) -> None:
    status, text = await get(f"/html/{PAPER.id}")

    assert status == 200
    assert f"arXiv:{PAPER.versioned} [cs.CL]" in text
    assert (await get(f"/html/{PAPER.id}v{PAPER.version}")) == (200, text)
    for name in (f"{PAPER.id}v{PAPER.version + 1}", "2602.99999", f"{PAPER.id}/", f"{PAPER.id}v0", "x"):
        assert (await get(f"/html/{name}"))[0] == 404
        assert (await get(f"/pdf/{name}"))[0] == 404
    assert (await get(f"/pdf/{PAPER.id}"))[0] == 404


def test_pages_take_the_form_that_a_test_asks_for(upstream: Upstream) -> None:
    upstream.pages("2016")
    with pytest.raises(ValueError, match="is not a valid Frame"):
        upstream.pages("1999")


def test_a_test_can_give_arxiv_a_pdf() -> None:
    files = ArxivFiles(invented.days())
    files.pdfs[PAPER.versioned] = b"%PDF-"

    assert files.pdf(PAPER.id) == files.pdf(PAPER.versioned) == b"%PDF-"
    assert files.pdf(f"{PAPER.id}v{PAPER.version + 1}") is None
