"""Semantic Scholar: rows, aligned batches, keys and what it may cost."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.models import PaperId, PaperRef, RefKind, Signal, SignalKind, SourceName, Vector
from bot.sources.http import Manner
from bot.sources.semantic_scholar import SemanticScholar
from tests.fakes import invented
from tests.fakes.sources_scholar import Scholar
from tests.support.source_fakes import (
    ANYTHING,
    BASE_URL,
    NOW,
    FakePace,
    Reply,
    Script,
    Waits,
    listed,
    ok,
    paper,
    week_to,
)

WINDOW = week_to(2026, 2, 27)
TOPICS = ("cs.CL", "cs.RO")
S2_ID = "f" * 40


def scholar(script: httpx.AsyncBaseTransport, key: str | None = "key", pace: FakePace | None = None) -> SemanticScholar:
    return SemanticScholar(
        BASE_URL, Manner("test", transport=script, sleep=Waits()), clock=lambda: NOW, api_key=key, pace=pace
    )


def row(**fields: object) -> dict[str, Any]:
    """One row, of a paper that arXiv does not have."""
    found: dict[str, Any] = {
        "paperId": S2_ID,
        "externalIds": {"DOI": "10.1000/ABC", "CorpusId": 7},
        "url": f"https://www.semanticscholar.org/paper/{S2_ID}",
        "title": "Invented lanterns for\n small models",
        "abstract": "We invent lanterns.",
        "publicationDate": "2026-02-26",
        "year": 2026,
        "authors": [{"authorId": "1", "name": "Ada Lamp"}],
        "citationCount": 0,
        "tldr": {"model": "tldr@v2.0.0", "text": "Lanterns work."},
        "embedding": {"model": "specter_v2", "vector": [0.5, -1, 0]},
    }
    return found | fields


def of_arxiv(arxiv_id: str = "2602.00001", **fields: object) -> dict[str, Any]:
    return row(externalIds={"ArXiv": arxiv_id, "DOI": f"10.48550/arXiv.{arxiv_id}"}, **fields)


def found(*rows: object) -> httpx.Response:
    return ok({"total": len(rows), "token": None, "data": rows})


# --- collecting -------------------------------------------------------------------------------


async def test_one_request_for_what_is_new() -> None:
    script = Script(found(row()))
    batch = await scholar(script).collect(WINDOW, TOPICS)
    (paper_found,) = batch.papers
    assert (paper_found.id, paper_found.s2_id, paper_found.doi) == (PaperId.doi("10.1000/abc"), S2_ID, "10.1000/abc")
    assert (paper_found.title, paper_found.authors) == ("Invented lanterns for small models", ("Ada Lamp",))
    end_of_day = datetime(2026, 2, 26, 23, 59, 59, tzinfo=UTC)
    assert paper_found.signals == (Signal(SourceName.SEMANTIC_SCHOLAR, SignalKind.LISTED, 1.0, end_of_day),)
    assert script.requests[0].url.path == "/graph/v1/paper/search/bulk"
    assert script.queries == [
        {
            "query": '"language model" | "natural language processing" | "robot learning" | "robotics" | "embodied"',
            "publicationDateOrYear": "2026-02-21:2026-02-27",
            "fieldsOfStudy": "Computer Science",
            "fields": "title,abstract,externalIds,publicationDate,year,authors,url",
            "sort": "publicationDate:desc",
        }
    ]


async def test_the_markup_of_publishers_is_read_and_namesakes_stay_two() -> None:
    authors = [{"name": name} for name in ("Ada O&#39;Lamp", "Wei Wang", "Wei Wang", ":")]
    made = row(
        title="<i>Bright</i> H<sub>2</sub>O &amp; lanterns",
        abstract="<jats:p>We &lt;b&gt;invent&lt;/b&gt;</jats:p>\n10<sup>3</sup> lanterns.",
        tldr={"text": "R&amp;D <i>works</i>."},
        authors=authors,
    )
    (paper,) = (await scholar(Script(found(made))).collect(WINDOW, TOPICS)).papers

    assert (paper.title, paper.tldr) == ("Bright H₂O & lanterns", "R&D works.")
    assert paper.abstract == "We invent\n10³ lanterns."
    assert paper.authors == ("Ada O'Lamp", "Wei Wang", "Wei Wang")


async def test_unknown_topics_search_for_the_field_as_a_whole() -> None:
    script = Script(found(row()))
    await scholar(script).collect(WINDOW, ("math.AG",))
    assert script.queries[0]["query"] == '"language model" | "machine learning"'


def numbered(numbers: range) -> list[dict[str, Any]]:
    return [row(externalIds={"DOI": f"10.1000/{n}"}, title=f"The invented lantern number {n}") for n in numbers]


def scripted(total: int, size: int = 4) -> Script:
    """A server of `total` papers, `size` a page."""

    def reply(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("token", 0))
        end = min(start + size, total)
        return ok({"total": total, "token": str(end) if end < total else None, "data": numbered(range(start, end))})

    return Script(reply)


async def test_the_pages_after_the_first_are_asked_for() -> None:
    script = scripted(10)
    batch = await scholar(script).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (10, 0, None)
    assert [q.get("token") for q in script.queries] == [None, "4", "8"]


async def test_what_lies_behind_the_last_page_is_named() -> None:
    batch = await scholar(scripted(20)).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (12, 8, None)


async def test_a_later_page_that_fails_costs_only_itself() -> None:
    first = ok({"total": 9, "token": "x", "data": numbered(range(4))})
    batch = await scholar(Script(first, httpx.Response(404))).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (4, 5, "source.status")


async def test_a_page_that_is_short_or_empty_is_asked_for_again() -> None:
    short, whole = (ok({"total": 8, "token": None, "data": numbered(range(n))}) for n in (2, 8))
    for first in (short, found()):
        batch = await scholar(Script(first, whole)).collect(WINDOW, TOPICS)
        assert (len(batch.papers), batch.missing) == (8, 0)
    batch = await scholar(Script(short)).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (2, 6, None)
    batch = await scholar(Script(short, httpx.Response(404))).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (2, 6, "source.status")


@pytest.mark.parametrize("total", [9, None, "many", -3, float("nan")])
async def test_an_estimate_of_the_results_may_be_off(total: object) -> None:
    script = Script(ok({"total": total, "token": "", "data": numbered(range(9))}))
    batch = await scholar(script).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, len(script.requests)) == (9, 0, 1)


async def test_a_whole_archive_searches_for_all_its_categories() -> None:
    script = Script(found(row()))
    await scholar(script).collect(WINDOW, ("stat", "eess"))
    assert script.queries[0]["query"] == (
        '"machine learning" | "statistical learning" | "speech recognition" | "speech synthesis"'
    )


async def test_arxiv_decides_when_its_papers_are_new() -> None:
    batch = await scholar(Script(found(of_arxiv(abstract=None)))).collect(WINDOW, TOPICS)
    (paper_found,) = batch.papers
    assert (paper_found.id, paper_found.signals) == (PaperId.arxiv("2602.00001"), ())
    assert (paper_found.doi, paper_found.url) == (None, "https://arxiv.org/abs/2602.00001")


async def test_fault_1_ids_lose_their_version() -> None:
    batch = await scholar(Script(found(of_arxiv("2602.00001v2")))).collect(WINDOW, TOPICS)
    assert batch.papers[0].arxiv_id == "2602.00001"
    by_doi_alone = row(externalIds={"DOI": "10.48550/ARXIV.2602.00002"})
    batch = await scholar(Script(found(by_doi_alone))).collect(WINDOW, TOPICS)
    assert batch.papers[0].arxiv_id == "2602.00002"


@pytest.mark.parametrize(
    "broken",
    [
        row(abstract=None),
        row(title=""),
        row(publicationDate=None, year=None),
        row(paperId=None, externalIds=None),
        {},
        None,
        "x",
        [],
    ],
)
async def test_a_malformed_row_is_dropped_and_counted(broken: object) -> None:
    batch = await scholar(Script(found(broken, of_arxiv()))).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.dropped) == (1, 1)


async def test_what_was_published_outside_of_the_window_is_not_new() -> None:
    other = [row(publicationDate=day) for day in ("2026-02-28", "2026-02-20", "2031-01-01")]
    batch = await scholar(Script(found(*other))).collect(WINDOW, TOPICS)
    assert (batch.papers, batch.dropped) == ((), 0)


async def test_a_paper_without_doi_goes_by_semantic_scholar_s_id() -> None:
    batch = await scholar(Script(found(row(externalIds={"CorpusId": 7}, url="javascript:x")))).collect(WINDOW, TOPICS)
    assert batch.papers[0].id == PaperId("s2", S2_ID)
    assert batch.papers[0].url == f"https://www.semanticscholar.org/paper/{S2_ID}"


@pytest.mark.parametrize("body", [[], {"data": None}, {"error": "?"}, 3, {"total": 1}])
async def test_an_answer_of_another_form_is_malformed(body: object) -> None:
    with pytest.raises(SourceError, match=r"source\.malformed"):
        await scholar(Script(ok(body))).collect(WINDOW, TOPICS)


async def test_a_week_without_any_paper_is_no_answer() -> None:
    with pytest.raises(SourceError, match=r"source\.empty"):
        await scholar(Script(found())).collect(WINDOW, TOPICS)


# --- keys and rates ---------------------------------------------------------------------------


async def test_the_key_is_sent_and_a_bad_one_named() -> None:
    script = Script(httpx.Response(403, json={"message": "Forbidden"}))
    source = scholar(script)
    with pytest.raises(SourceError, match=r"source\.key"):
        await source.collect(WINDOW, TOPICS)
    with pytest.raises(SourceError, match=r"source\.key"):
        await source.enrich([paper(f"2602.{n:05}") for n in range(1200)], NOW)
    assert len(script.requests) == 2
    assert script.requests[0].headers["x-api-key"] == "key"


@pytest.mark.parametrize(("key", "requests"), [(None, 2), ("key", 3)])
async def test_without_a_key_there_is_one_retry(key: str | None, requests: int) -> None:
    script = Script(httpx.Response(429))
    with pytest.raises(SourceError, match=r"source\.rate_limited"):
        await scholar(script, key).collect(WINDOW, TOPICS)
    assert len(script.requests) == requests


async def test_without_a_key_one_look_up_has_one_retry_in_all() -> None:
    refused = httpx.Response(429)
    script = Script(refused, _rows_for, refused)
    batch = await scholar(script, None).enrich([paper(f"2602.{n:05}") for n in range(1600)], NOW)
    assert (len(batch.papers), batch.problem) == (500, "source.rate_limited")
    assert len(script.requests) == 3


async def test_requests_take_turns() -> None:
    pace = FakePace()
    await scholar(Script(found(row())), pace=pace).collect(WINDOW, TOPICS)
    assert pace.turns == [("semantic_scholar", 1.0)]


# --- adding to papers of others ---------------------------------------------------------------


def _rows_for(request: httpx.Request) -> httpx.Response:
    ids = json.loads(request.content)["ids"]
    assert len(ids) <= 500
    return ok([of_arxiv(i.removeprefix("ARXIV:")) for i in ids])


async def test_a_batch_is_aligned_with_its_papers() -> None:
    papers = [
        paper("2602.00001", signals=(listed(SourceName.ARXIV),)),
        paper("2602.00002"),
        paper(None, "Another lantern altogether", doi="10.1000/abc"),
        replace(paper(None, "A third lantern altogether"), s2_id=S2_ID),
        paper(None, "Nobody's lantern"),
    ]
    script = Script(ok([of_arxiv(citationCount=4), None, row(tldr=None), row(embedding=None)]))
    batch = await scholar(script).enrich(papers, NOW)
    assert json.loads(script.requests[0].content) == {
        "ids": ["ARXIV:2602.00001", "ARXIV:2602.00002", "DOI:10.1000/abc", S2_ID]
    }
    assert script.queries == [{"fields": "title,externalIds,citationCount,tldr,embedding.specter_v2"}]
    first, third, fourth = batch.papers
    assert first == replace(
        papers[0],
        s2_id=S2_ID,
        tldr="Lanterns work.",
        signals=(Signal(SourceName.SEMANTIC_SCHOLAR, SignalKind.CITATIONS, 4, NOW),),
    )
    assert (third.id, third.tldr, third.signals[0].value) == (papers[2].id, None, 0)
    assert fourth.doi == "10.1000/abc"
    assert batch.vectors == {
        p.id: Vector("specter_v2", (0.5, -1.0, 0.0)) for p in (papers[0], papers[2])
    }  # the fourth has none yet
    assert (batch.dropped, batch.problem) == (0, None)


async def test_many_papers_come_in_batches() -> None:
    script = Script(_rows_for)
    batch = await scholar(script).enrich([paper(f"2602.{n:05}") for n in range(1001)], NOW)
    assert (len(batch.papers), len(batch.vectors), len(script.requests)) == (1001, 1001, 3)


async def test_a_batch_of_unknown_papers_is_empty_and_no_error() -> None:
    reply = httpx.Response(400, json={"error": "No valid paper ids given"})
    assert (await scholar(Script(reply)).enrich([paper()], NOW)).papers == ()


@pytest.mark.parametrize(
    "reply",
    [
        ok([]),
        ok([None, None]),
        ok({"total": 0, "data": []}),
        ok(b"<html>"),
        httpx.Response(400, json={"error": "Unrecognized or unsupported fields: [x]"}),
        httpx.Response(400, content=b"no"),
    ],
)
async def test_an_answer_that_is_not_aligned_is_malformed(reply: Reply) -> None:
    with pytest.raises(SourceError, match=r"source\.malformed"):
        await scholar(Script(reply)).enrich([paper()], NOW)


@pytest.mark.parametrize("broken", [3, "x", {}, of_arxiv("2602.00009"), row(paperId=None, externalIds={})])
async def test_a_row_about_nothing_or_another_paper_is_dropped(broken: object) -> None:
    batch = await scholar(Script(ok([broken]))).enrich([paper()], NOW)
    assert (batch.papers, batch.dropped, batch.vectors) == ((), 1, {})


@pytest.mark.parametrize(
    "vector", [None, [], "x", [1, "2"], [1, None], [float("nan")], [float("inf")], [True], [10**400], [0.1] * 5000]
)
async def test_a_vector_that_is_none_is_left_out(vector: object) -> None:
    rows = json.dumps([of_arxiv(embedding={"model": "specter_v2", "vector": vector})]).encode()
    batch = await scholar(Script(ok(rows))).enrich([paper()], NOW)
    assert (len(batch.papers), batch.vectors) == (1, {})


async def test_a_batch_that_fails_does_not_cost_the_others() -> None:
    papers = [paper(f"2602.{n:05}") for n in range(501)]
    batch = await scholar(Script(httpx.Response(404), _rows_for)).enrich(papers, NOW)
    assert (len(batch.papers), batch.problem) == (1, "source.status")
    with pytest.raises(SourceError):
        await scholar(Script(httpx.Response(404))).enrich(papers, NOW)


async def test_nothing_to_look_up_costs_nothing() -> None:
    script = Script(ok([]))
    assert (await scholar(script).enrich([paper(None)], NOW)).papers == ()
    assert script.requests == []


# --- looking up -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "asked"),
    [
        (PaperRef(RefKind.ARXIV, "cs/0112017"), "ARXIV:cs/0112017"),
        (PaperRef(RefKind.DOI, "10.1000/a?b#c/../d"), "DOI:10.1000/a?b#c/../d"),
        (PaperRef(RefKind.SEMANTIC_SCHOLAR, S2_ID), S2_ID),
        (PaperRef(RefKind.SEMANTIC_SCHOLAR, "CorpusId:7"), "CorpusId:7"),
    ],
)
async def test_a_paper_is_found_by_any_id(ref: PaperRef, asked: str) -> None:
    script = Script(ok([row(citationCount=3)]))
    one = await scholar(script).find(ref)
    assert one is not None
    assert json.loads(script.requests[0].content) == {"ids": [asked]}
    assert one.tldr == "Lanterns work."
    assert Signal(SourceName.SEMANTIC_SCHOLAR, SignalKind.CITATIONS, 3, NOW) in one.signals


async def test_who_is_not_there_is_nobody() -> None:
    unknown = httpx.Response(400, json={"error": "No valid paper ids given"})
    for reply in (ok([None]), ok([{}]), unknown):
        assert await scholar(Script(reply)).find(PaperRef(RefKind.ARXIV, "2602.00001")) is None
    assert await scholar(Script(ok([row()]))).find(PaperRef(RefKind.TITLE, "Lanterns")) is None


async def test_a_count_that_is_none_is_no_signal() -> None:
    batch = await scholar(Script(ok([of_arxiv(citationCount="4")]))).enrich([paper()], NOW)
    assert batch.papers[0].signals == ()


async def test_a_year_will_do_where_the_day_is_unknown() -> None:
    one = await scholar(Script(ok([row(publicationDate=None, year=1950)]))).find(PaperRef(RefKind.DOI, "10.1000/abc"))
    assert one is not None
    assert one.published == datetime(1950, 1, 1, tzinfo=UTC)


async def test_the_server_s_clock_can_be_compared() -> None:
    reply = ok([None])
    reply.headers["Date"] = "Thu, 05 Mar 2026 12:00:00 GMT"
    source = scholar(Script(reply))
    assert source.server_time is None
    await source.find(PaperRef(RefKind.ARXIV, "2602.00001"))
    assert source.server_time == NOW
    await source.aclose()


async def test_titles_are_searched_without_hyphens() -> None:
    script = Script(found(row(), None, of_arxiv()))
    papers = await scholar(script).search(" small-model  lanterns", 500)
    assert [p.id.scheme for p in papers] == ["doi", "arxiv"]
    assert (script.queries[0]["query"], script.queries[0]["limit"]) == ("small model lanterns", "100")
    assert await scholar(script).search(" - ", 5) == ()


# --- anything ---------------------------------------------------------------------------------

hostile_rows = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(row(), ANYTHING) | {"externalIds": st.dictionaries(st.sampled_from("DA"), ANYTHING)}
)


@settings(max_examples=60)
@given(st.lists(ANYTHING | hostile_rows, max_size=4))
async def test_no_rows_raise_and_each_is_a_paper_or_counted(rows: list[object]) -> None:
    batch = await scholar(Script(ok(json.dumps({"data": [*rows, of_arxiv()]}).encode()))).collect(WINDOW, TOPICS)
    assert PaperId.arxiv("2602.00001") in {p.id for p in batch.papers}
    assert batch.dropped <= len(rows)
    batch = await scholar(Script(ok(json.dumps(rows).encode()))).enrich([paper()] * len(rows), NOW)
    assert batch.dropped <= len(rows)


@settings(max_examples=60)
@given(ANYTHING)
async def test_no_json_raises_anything_but_a_source_error(body: object) -> None:
    source = scholar(Script(ok(json.dumps(body).encode())))
    ref = PaperRef(RefKind.ARXIV, "2602.00001")
    for call in (source.collect(WINDOW, ()), source.find(ref), source.search("a", 3), source.enrich([paper()], NOW)):
        with suppress(SourceError):
            await call


async def test_invented_answers_are_read() -> None:
    corpus = invented.days()
    listed = corpus.listing(date(2026, 2, 24))[:5]
    papers = [paper(record.id, record.title) for record in listed] + [paper("2602.99999", "The lantern that is not")]
    _, rows = Scholar(corpus).batch(
        {"fields": "externalIds,citationCount,tldr,embedding.specter_v2"},
        {"ids": [f"ARXIV:{one.arxiv_id}" for one in papers]},
    )
    batch = await scholar(Script(ok(rows))).enrich(papers, NOW)
    assert (len(batch.papers), batch.dropped, len(batch.vectors)) == (5, 0, 5)
    assert any(one.tldr for one in batch.papers)
    _, found = Scholar(corpus).bulk({"query": "reasoning", "fields": "title,externalIds,publicationDate,authors"})
    bulk = await scholar(Script(ok(found))).collect(WINDOW, TOPICS)
    assert (len(bulk.papers) > 20, bulk.dropped) == (True, 0)
    assert {one.arxiv_id for one in bulk.papers} <= corpus.records.keys()


async def test_recorded_answers_are_read(shared: Path) -> None:
    def recorded(name: str) -> object:
        return json.loads((shared / "recordings" / "s2" / f"{name}.json").read_text())["body"]

    rows = recorded("get_papers_return_not_found")
    assert isinstance(rows, list)
    papers = [paper(None, f"The invented lantern {n}", doi=f"10.1000/{n}") for n in range(len(rows))]
    batch = await scholar(Script(ok(rows))).enrich(papers, NOW)
    assert (len(batch.papers), batch.dropped) == (len(rows) - 1, 0)
    bulk = await scholar(Script(ok(recorded("search_paper_bulk_retrieval_next_page")))).collect(WINDOW, TOPICS)
    assert (bulk.papers, bulk.dropped) == ((), 5)  # rows that were asked for their titles alone


# --- similar papers ---------------------------------------------------------------------------


async def test_similar_papers_come_by_one_request() -> None:
    other = row(paperId="a" * 40, externalIds={"DOI": "10.1000/other"}, title="Lanterns elsewhere")
    script = Script(ok({"recommendedPapers": [of_arxiv("2602.00002"), {"title": "nobody's"}, None, other]}))
    similar = await scholar(script).recommend(paper("2602.00001"), 10)

    assert [str(one.id) for one in similar] == ["arxiv:2602.00002", "doi:10.1000/other"]
    (request,) = script.requests
    assert request.url.path == "/recommendations/v1/papers/forpaper/ARXIV:2602.00001"
    assert script.queries == [
        {
            "fields": "title,abstract,externalIds,publicationDate,year,authors,url",
            "limit": "10",
            "from": "recent",
        }
    ]


async def test_no_more_similar_papers_are_taken_than_asked_for() -> None:
    rows = [of_arxiv(f"2602.{number:05}") for number in range(1, 9)]
    assert len(await scholar(Script(ok({"recommendedPapers": rows}))).recommend(paper("2602.99999"), 3)) == 3


async def test_a_paper_that_is_unknown_or_has_no_id_has_no_similar_ones() -> None:
    unknown = httpx.Response(404, json={"error": "Paper with id ARXIV:2602.00001 not found"})
    assert await scholar(Script(unknown)).recommend(paper("2602.00001"), 5) == ()
    script = Script(unknown)
    assert await scholar(script).recommend(paper(None, "Nobody's lantern"), 5) == ()
    assert script.requests == []


@pytest.mark.parametrize(
    "answer",
    [ok({}), ok([]), ok({"recommendedPapers": {}}), ok(b"<html>"), httpx.Response(404, text="Not here")],
)
async def test_similar_papers_in_another_form_are_malformed(answer: httpx.Response) -> None:
    with pytest.raises(SourceError, match=r"source\.malformed"):
        await scholar(Script(answer)).recommend(paper("2602.00001"), 5)


@given(ANYTHING)
async def test_any_answer_about_similar_papers_is_papers_or_malformed(value: object) -> None:
    with suppress(SourceError):
        for one in await scholar(Script(ok({"recommendedPapers": value}))).recommend(paper("2602.00001"), 5):
            assert one.title


@pytest.mark.parametrize("name", ["10.1000/a?b#c", "10.1000/../../x", "10.1000/a b%2F"])
async def test_an_id_cannot_leave_its_place_in_the_address(name: str) -> None:
    script = Script(httpx.Response(404, json={"error": "unknown"}))
    await scholar(script).recommend(paper(None, doi=name), 5)
    (request,) = script.requests
    assert request.url.raw_path.startswith(b"/recommendations/v1/papers/forpaper/DOI:10.1000%2F")
    assert set(request.url.params) == {"fields", "limit", "from"}


async def test_a_title_that_says_so_is_a_withdrawal() -> None:
    elsewhere = paper(None, "A lantern that was sold twice", doi="10.1000/abc")
    script = Script(ok([row(title="RETRACTED: A lantern that was sold twice")]))
    (record,) = (await scholar(script).enrich([elsewhere], NOW)).papers
    assert record.withdrawn


async def test_more_rows_than_any_page_has_are_malformed() -> None:
    script = Script(ok({"total": 1, "data": [{}] * 50_000}))
    with pytest.raises(SourceError, match=r"source\.malformed"):
        await scholar(script).collect(WINDOW, TOPICS)
