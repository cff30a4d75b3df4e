"""arXiv: its feeds, and what is asked of it when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.models import PaperId, PaperRef, RefKind, Signal, SignalKind, SourceName, Window
from bot.sources.arxiv import Arxiv
from bot.sources.arxiv_feed import MOST_ENTRIES, Feed, read_feed
from bot.sources.http import Malformed, Manner
from tests.fakes import invented
from tests.fakes.sources_arxiv import answer
from tests.support.source_fakes import BASE_URL, NOW, FakePace, Script, Waits, atom, entry, ok, paper, week_to

WINDOW = week_to(2026, 2, 27)
TOPICS = ("cs.CL", "cs.AI")


def arxiv(script: httpx.AsyncBaseTransport, pace: FakePace | None = None, page_size: int = 3) -> Arxiv:
    return Arxiv(
        BASE_URL, Manner("test", transport=script, sleep=Waits()), pace=pace or FakePace(), page_size=page_size
    )


def pages(total: int, page_size: int = 3) -> Callable[[httpx.Request], httpx.Response]:
    """A server of `total` papers."""

    def reply(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["start"])
        numbers = range(start, min(start + page_size, total))
        return ok(atom([entry(f"2602.{n:05}v2", f"The invented lantern number {n}") for n in numbers], total))

    return reply


# --- feeds ------------------------------------------------------------------------------------


def test_a_team_s_colon_is_nobody_and_namesakes_stay_two() -> None:
    more = "".join(f"<author><name>{name}</name></author>" for name in (":", "Wei Wang", "Wei Wang"))
    (found,) = read_feed(atom([entry("2602.00001v1", "Lanterns", more=more)])).papers

    assert found.authors == ("Ada Lamp", "Wei Wang", "Wei Wang")


def test_an_entry_in_full() -> None:
    more = (
        "<arxiv:comment>9 pages,\n 2 figures</arxiv:comment><arxiv:doi>10.1000/ABC</arxiv:doi>"
        '<category term="cs.AI" scheme="http://arxiv.org/schemas/atom"/><category term="I.2.7"/>'
        "<author><name>Ben Wick</name></author>"
    )
    (found,) = read_feed(atom([entry("2602.00001v2", "A &amp; B\n  of lanterns", more=more)])).papers
    assert found == replace(
        found,
        id=PaperId.arxiv("2602.00001"),
        arxiv_id="2602.00001",
        url="https://arxiv.org/abs/2602.00001",
        title="A & B of lanterns",
        abstract="We invent lanterns.",
        authors=("Ada Lamp", "Ben Wick"),
        published=datetime(2026, 2, 26, 15, tzinfo=UTC),
        comment="9 pages, 2 figures",
        doi="10.1000/abc",
        categories=("cs.CL", "cs.AI"),
        withdrawn=False,
        # 10:00 in New York on Thursday: announced at 20:00.
        signals=(Signal(SourceName.ARXIV, SignalKind.LISTED, 1.0, datetime(2026, 2, 27, 1, tzinfo=UTC)),),
    )


def test_fault_1_ids_lose_their_version() -> None:
    ids = ["2602.00001v12", "1412.0001v1", "cs/0112017v3", "math.GT/0309136v1", "astro-ph/0601001"]
    found = read_feed(atom(entry(i, f"The invented lantern {i}") for i in ids)).papers
    assert [p.arxiv_id for p in found] == ["2602.00001", "1412.0001", "cs/0112017", "math/0309136", "astro-ph/0601001"]


@pytest.mark.parametrize(
    ("comment", "abstract", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error", "Lanterns.", True),
        ("Withdrawn: see v3", "Lanterns.", True),
        ("Article withdrawn by arXiv administrators", "Lanterns.", True),
        ("", "This article has been withdrawn because of a mistake in Lemma 2.", True),
        ("9 pages; an earlier lantern was withdrawn", "Lanterns.", False),
        ("", "We study money that was withdrawn by users of banks.", False),
    ],
)
def test_withdrawals_are_seen(comment: str, abstract: str, withdrawn: bool) -> None:
    (found,) = read_feed(
        atom([entry(summary=abstract, more=f"<arxiv:comment>{comment}</arxiv:comment>")]),
    ).papers
    assert found.withdrawn is withdrawn


@pytest.mark.parametrize(
    "broken",
    [
        entry("abc"),
        entry(""),
        entry("2613.00001v1"),
        entry(title=" "),
        entry(title="x" * 2000),
        entry(summary=""),
        entry(published="yesterday"),
        entry(published="0001-01-01T00:00:00Z"),
        "<entry/>",
        "<entry><id>http://evil.example/abs/2602.00001v1</id></entry>",
    ],
)
def test_a_malformed_entry_is_dropped_and_counted(broken: str) -> None:
    feed = read_feed(atom([entry("2602.00002v1"), broken]))
    assert ([p.arxiv_id for p in feed.papers], feed.dropped) == (["2602.00002"], 1)


def test_what_is_optional_may_be_missing_or_strange() -> None:
    bare = entry().replace("<updated>2026-02-26T15:00:00Z</updated>", "").replace("<name>Ada Lamp</name>", "")
    bare = bare.replace('<arxiv:primary_category term="cs.CL"/>', "<arxiv:primary_category/>")
    (found,) = read_feed(atom([bare.replace('term="cs.CL"', 'term="cs.CL) OR (a"')])).papers
    assert (found.updated, found.authors, found.categories) == (None, (), ())


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html><body>Please wait</body></html>",
        b'{"papers": [<<<',
        atom([entry()])[:-40],
        b"<feed/>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
        atom([entry()]).replace(b">1<", b">many<"),
        b'<?xml version="1.0" encoding="no-such"?><feed/>',
    ],
)
def test_what_is_no_feed_is_malformed(document: bytes) -> None:
    with pytest.raises(Malformed):
        read_feed(document)


def test_more_entries_than_arxiv_gives_at_once_are_malformed() -> None:
    head = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>"
    document = f"{head}<o:totalResults>1</o:totalResults>{'<entry/>' * (MOST_ENTRIES + 1)}</feed>"
    with pytest.raises(Malformed):
        read_feed(document.encode())
    assert read_feed(document.replace("<entry/>", "", 1).encode()).dropped == MOST_ENTRIES


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret lantern")
    doctype = f'<!DOCTYPE feed [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "lol">]>'.encode()
    hostile = atom([entry(title="A &x; and &y; lantern")]).replace(b"<feed", doctype + b"<feed")
    assert "secret" not in repr(read_feed(hostile))
    bomb = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 50) for n in range(1, 12))
    hostile = atom([entry(title="&e11;")]).replace(b"<feed", b'<!DOCTYPE feed [<!ENTITY e0 "x">' + bomb + b"]><feed")
    with pytest.raises(Malformed):
        read_feed(hostile)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_malformed(document: bytes) -> None:
    with suppress(Malformed):
        read_feed(document)


xml_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace("\ufffe", "").replace("\uffff", "")
)


@given(st.lists(st.builds(entry, xml_text, xml_text, xml_text, xml_text), max_size=4))
def test_no_entry_raises(entries: list[str]) -> None:
    feed = read_feed(atom([*entries, entry()]))
    assert feed.papers[-1].title == "Invented lanterns for small models"
    assert feed.dropped + len(feed.papers) == len(entries) + 1


def test_invented_answers_are_read() -> None:
    def answered(**query: str) -> Feed:
        return read_feed(answer(invented.days(), query)[1].encode())

    page = answered(search_query="all:lanterns", start="5", max_results="10")
    assert (page.total > 20, len(page.papers), page.dropped) == (True, 10, 0)
    assert all(p.authors and p.categories and p.published for p in page.papers)
    known = invented.landmark()
    (found,) = answered(id_list=f"2602.99999,{known.id}").papers
    assert (found.arxiv_id, found.title, found.abstract) == (known.id, known.title, known.abstract)
    assert (found.authors, found.categories, found.comment) == (known.authors, known.categories, known.comment)
    assert answered(id_list="0000.0000").is_empty
    refused = answered(id_list="abc")
    assert (refused.error, refused.papers, refused.is_empty) == ("incorrect id format for abc", (), True)


def test_recorded_answers_are_read(shared: Path) -> None:
    def recorded(name: str) -> bytes:
        return (shared / "recordings" / "arxiv" / name).read_bytes()

    page = read_feed(recorded("search_page_start5_max10.http200.xml"))
    assert (page.total, len(page.papers), page.dropped) == (214881, 10, 0)
    assert all(p.authors and p.categories and p.published for p in page.papers)
    (old,) = read_feed(recorded("oldstyle_astro-ph_0601001.http200.xml")).papers
    assert (old.arxiv_id, old.url) == ("astro-ph/0601001", "https://arxiv.org/abs/astro-ph/0601001")
    (zero,) = read_feed(recorded("versioned_title_zero_2104.12255v1.http200.xml")).papers
    assert (zero.title, zero.arxiv_id) == ("0", "2104.12255")
    (found,) = read_feed(recorded("two_ids_one_missing.http200.xml")).papers
    assert found.arxiv_id == "1707.08567"
    assert len(found.authors) > 20
    assert read_feed(recorded("empty_or_error_id_0000.0000.http200.xml")).is_empty
    refused = read_feed(recorded("error_400_bad_id.http400.xml"))
    assert (refused.error, refused.papers, refused.is_empty) == ("incorrect id format for abc", (), True)


# --- collecting -------------------------------------------------------------------------------


async def test_a_week_is_asked_for_in_pages() -> None:
    script, pace = Script(pages(7)), FakePace()
    batch = await arxiv(script, pace).collect(WINDOW, TOPICS)
    assert [p.arxiv_id for p in batch.papers] == [f"2602.{n:05}" for n in range(7)]
    assert (batch.source, batch.dropped, batch.problem) == (SourceName.ARXIV, 0, None)
    assert [q["start"] for q in script.queries] == ["0", "3", "6"]
    assert script.queries[0] == {
        "search_query": "(cat:cs.CL OR cat:cs.AI) AND submittedDate:[202602191900 TO 202602261900]",
        "start": "0",
        "max_results": "3",
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }
    assert [key for key, _ in pace.turns] == ["arxiv"] * 3
    assert all(interval >= 3 for _, interval in pace.turns)


async def test_only_what_is_announced_in_the_window_is_taken() -> None:
    at_cut_off = entry("2602.00002v1", published="2026-02-26T19:00:00Z")
    batch = await arxiv(Script(ok(atom([entry(), at_cut_off])))).collect(WINDOW, TOPICS)
    assert [p.arxiv_id for p in batch.papers] == ["2602.00001"]


async def test_a_weekend_costs_no_request() -> None:
    script = Script(pages(1))
    window = Window(datetime(2026, 2, 21, tzinfo=UTC), datetime(2026, 2, 23, tzinfo=UTC))
    assert (await arxiv(script).collect(replace(window, start=window.start.replace(hour=2)), TOPICS)).papers == ()
    assert (await arxiv(script).collect(WINDOW, ["cs.CL) OR (cat:x", ""])).papers == ()
    assert script.requests == []


async def test_a_paper_on_two_pages_is_one() -> None:
    batch = await arxiv(Script(ok(atom([entry(f"2602.0000{n}v1") for n in (1, 2, 3)], 5)))).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing) == (3, 2)


async def test_an_empty_page_is_asked_for_once_more() -> None:
    script = Script(ok(atom([], 0)), pages(2))
    assert len((await arxiv(script).collect(WINDOW, TOPICS)).papers) == 2
    script = Script(pages(5), ok(atom([], 5)), pages(5))
    assert len((await arxiv(script).collect(WINDOW, TOPICS)).papers) == 5


async def test_a_week_without_any_paper_is_no_answer() -> None:
    script = Script(ok(atom([], 0)))
    with pytest.raises(SourceError, match=r"source\.empty"):
        await arxiv(script).collect(WINDOW, TOPICS)
    assert [q["search_query"].count("cat:") for q in script.queries] == [2, 2, 0]
    assert script.queries[-1]["max_results"] == "1"


async def test_a_week_without_a_paper_of_a_small_category_is_an_answer() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return ok(atom([], 0) if "cat:" in request.url.params["search_query"] else atom([entry()], 900))

    batch = await arxiv(Script(reply)).collect(WINDOW, ["cs.GL"])
    assert (batch.papers, batch.problem, batch.missing) == ((), None, 0)


async def test_topics_are_arxiv_s_categories_and_archives() -> None:
    script = Script(pages(1))
    await arxiv(script).collect(WINDOW, ["cs.SY", "eess.SY", "CS.AI", "stat", "hep-th", "cs.XX", "AI"])
    (query,) = {q["search_query"] for q in script.queries}
    assert query.startswith("(cat:eess.SY OR cat:cs.AI OR cat:stat.* OR cat:hep-th) AND submittedDate:[")


async def test_what_a_short_page_leaves_out_is_asked_for_again_and_then_named() -> None:
    def short(request: httpx.Request) -> httpx.Response:
        first = request.url.params["start"] == "0"
        numbers = (0, 1) if first else ()
        return ok(atom([entry(f"2602.{n:05}v1") for n in numbers], 7))

    script = Script(short)
    batch = await arxiv(script).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (2, 5, "source.empty")
    assert [q["start"] for q in script.queries] == ["0", "0", "2", "2"]
    script = Script(short, pages(7))
    batch = await arxiv(script).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (7, 0, None)


async def test_a_number_of_results_that_is_too_low_ends_nothing() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        answer = pages(7)(request)
        return ok(answer.content.replace(b">7<", b">3<"))

    batch = await arxiv(Script(reply)).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.missing, batch.problem) == (7, 0, None)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (httpx.Response(503), "source.status"),
        (httpx.Response(400, content=b"<x/>"), "source.status"),
        (ok(atom([], 7)), "source.empty"),
        (ok(b"<html>"), "source.malformed"),
        (httpx.ReadTimeout("slow"), "source.timeout"),
    ],
)
async def test_a_page_that_fails_costs_only_the_older_papers(trouble: httpx.Response | Exception, code: str) -> None:
    batch = await arxiv(Script(pages(7), trouble)).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.problem) == (3, code)


async def test_malformed_entries_of_all_pages_are_counted() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        start = request.url.params["start"]
        return ok(atom([entry(f"2602.0000{start}v1"), "<entry/>", "<entry/>"] if int(start) < 6 else [], 6))

    batch = await arxiv(Script(reply)).collect(WINDOW, TOPICS)
    assert (len(batch.papers), batch.dropped) == (2, 4)


async def test_haste_is_answered_by_waiting_for_all_processes() -> None:
    script, pace = Script(httpx.Response(429, headers={"Retry-After": "11"}), pages(2)), FakePace()
    assert len((await arxiv(script, pace).collect(WINDOW, TOPICS)).papers) == 2
    assert pace.pauses == [("arxiv", 11.0)]


async def test_an_error_feed_with_status_200_is_no_answer() -> None:
    error = "<entry><id>http://arxiv.org/api/errors#x</id><summary>bad\n query</summary></entry>"
    with pytest.raises(SourceError, match=r"source\.malformed"):
        await arxiv(Script(ok(atom([error])))).collect(WINDOW, TOPICS)


# --- looking up -------------------------------------------------------------------------------


def ref(value: str, kind: RefKind = RefKind.ARXIV) -> PaperRef:
    return PaperRef(kind, value)


async def test_a_paper_is_found_by_its_id_or_arxiv_s_doi() -> None:
    script = Script(ok(atom([entry("cs/0112017v2", "Lanterns before small models")])))
    for wanted in (ref("cs/0112017"), ref("10.48550/arXiv.cs/0112017", RefKind.DOI)):
        found = await arxiv(script).find(wanted)
        assert found is not None
        assert found.arxiv_id == "cs/0112017"
    assert script.queries[0]["id_list"] == "cs/0112017"


async def test_what_arxiv_cannot_know_is_not_asked() -> None:
    script = Script(ok(atom([entry()])))
    for unknown in (
        ref("10.1000/a", RefKind.DOI),
        ref("f" * 40, RefKind.SEMANTIC_SCHOLAR),
        ref("Lanterns", RefKind.TITLE),
        ref("not an id"),
        ref("2613.00001"),
    ):
        assert await arxiv(script).find(unknown) is None
    assert script.requests == []


async def test_an_unknown_id_is_nobody() -> None:
    error = "<entry><id>https://arxiv.org/api/errors#incorrect</id><summary>incorrect id</summary></entry>"
    assert await arxiv(Script(ok(atom([])))).find(ref("2602.99999")) is None
    assert await arxiv(Script(httpx.Response(400, content=atom([error])))).find(ref("2602.99999")) is None
    assert await arxiv(Script(ok(atom([entry("2602.00001v1")])))).find(ref("2602.99999")) is None


async def test_the_server_s_clock_can_be_compared() -> None:
    reply = ok(atom([entry()]))
    reply.headers["Date"] = "Thu, 05 Mar 2026 12:00:00 GMT"
    source = arxiv(Script(reply))
    assert source.server_time is None
    await source.find(PaperRef(RefKind.ARXIV, "2602.00001"))
    assert source.server_time == NOW
    await source.aclose()


async def test_titles_are_searched_by_their_telling_words() -> None:
    script = Script(ok(atom([entry()])))
    (found,) = await arxiv(script).search('The "lanterns" of small-models) OR au:x', 4)
    assert found.arxiv_id == "2602.00001"
    assert script.queries[0]["search_query"] == "ti:lanterns AND ti:small AND ti:models AND ti:au AND ti:x"
    assert script.queries[0]["max_results"] == "4"
    assert await arxiv(script).search("…!", 4) == ()
    await arxiv(script).search("to be in", 4)
    assert script.queries[-1]["search_query"] == "ti:be"
    await arxiv(script).search("of the", 4)
    assert script.queries[-1]["search_query"] == "ti:of AND ti:the"


async def test_records_of_others_papers_come_in_large_portions() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        ids = request.url.params["id_list"].split(",")
        assert request.url.params["max_results"] == str(len(ids))
        return ok(atom(entry(f"{i}v3", f"The invented lantern {i}") for i in ids))

    script = Script(reply)
    wanted = [paper(f"2602.{n:05}") for n in range(401)]
    batch = await arxiv(script).enrich([*wanted, *wanted, paper(None)], NOW)
    assert [p.arxiv_id for p in batch.papers] == [p.arxiv_id for p in wanted]
    assert len(script.requests) == 3
    assert all(p.categories == ("cs.CL",) and p.sources == (SourceName.ARXIV,) for p in batch.papers)


async def test_a_portion_that_fails_does_not_cost_the_others() -> None:
    script = Script(httpx.Response(404), ok(atom([entry("2602.00300v1")])))
    batch = await arxiv(script).enrich([paper(f"2602.{n:05}") for n in range(301)], NOW)
    assert ([p.arxiv_id for p in batch.papers], batch.problem) == (["2602.00300"], "source.status")
    with pytest.raises(SourceError):
        await arxiv(Script(httpx.Response(404))).enrich([paper()], NOW)


async def test_records_that_are_counted_but_not_sent_are_asked_for_again_and_then_missing() -> None:
    wanted = [paper(f"2602.{n:05}") for n in (1, 2, 3)]
    one, two = (ok(atom([entry(f"2602.0000{n}v1")], 2)) for n in (1, 2))
    batch = await arxiv(Script(one, two)).enrich(wanted, NOW)
    assert ([p.arxiv_id for p in batch.papers], batch.missing) == (["2602.00001", "2602.00002"], 0)
    script = Script(one)
    batch = await arxiv(script).enrich(wanted, NOW)
    assert (len(batch.papers), batch.missing, len(script.requests)) == (1, 1, 2)
    batch = await arxiv(Script(one, httpx.Response(404))).enrich(wanted, NOW)
    assert (len(batch.papers), batch.missing, batch.problem) == (1, 1, None)


async def test_nothing_to_look_up_costs_nothing() -> None:
    script = Script(ok(atom([])))
    assert (await arxiv(script).enrich([paper(None)], NOW)).papers == ()
    assert script.requests == []


@pytest.mark.parametrize(
    ("name", "version"), [("2602.00001v1", 1), ("2602.00001v12", 12), ("2602.00001", None), ("cs/0112017v3", 3)]
)
def test_a_record_names_its_version(name: str, version: int | None) -> None:
    (found,) = read_feed(atom([entry(name)])).papers
    assert found.version == version
    assert found.arxiv_id == name.partition("v")[0]
