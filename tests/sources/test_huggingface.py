"""Hugging Face: untrusted items, dates, and days that fail alone."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.models import Paper, PaperId, PaperRef, RefKind, SignalKind, SourceName, Window
from bot.sources.http import Manner
from bot.sources.huggingface import HuggingFace
from tests.fakes import invented
from tests.support.source_fakes import ANYTHING, BASE_URL, NOW, Script, Waits, ok, paper, week_to

WINDOW = week_to(2026, 2, 27)


def hugging_face(script: httpx.AsyncBaseTransport, now: datetime = NOW) -> HuggingFace:
    return HuggingFace(BASE_URL, Manner("test", transport=script, sleep=Waits()), clock=lambda: now)


def item(**inner: object) -> dict[str, Any]:
    """One item of a daily list."""
    found: dict[str, Any] = {
        "id": "2602.00001",
        "title": "Invented lanterns\n for small models",
        "summary": "Line one.\nLine two.",
        "authors": [{"name": "Ada Lamp", "hidden": False}, {"name": "Ben Wick", "hidden": True}],
        "publishedAt": "2026-02-25T15:00:00.000Z",
        "submittedOnDailyAt": "2026-02-27T00:24:05.560Z",
        "upvotes": 12,
        "ai_keywords": ["light", "oil"],
        "githubRepo": "https://code.example/lantern",
        "githubStars": 7,
        "projectPage": "https://lantern.example/",
    }
    return {"paper": {k: v for k, v in (found | inner).items() if v is not None}, "numComments": 3}


async def read(*items: object, day: date = date(2026, 2, 27)) -> tuple[tuple[Paper, ...], int]:
    """The papers of a day's list, and how many items were dropped."""

    def reply(request: httpx.Request) -> httpx.Response:
        return ok(items if request.url.params["date"] == day.isoformat() else [])

    batch = await hugging_face(Script(reply)).collect(WINDOW, ())
    return batch.papers, batch.dropped


async def test_an_item_in_full() -> None:
    (found,), dropped = await read(item())
    assert dropped == 0
    assert (found.id, found.arxiv_id, found.url) == (
        PaperId.arxiv("2602.00001"),
        "2602.00001",
        "https://arxiv.org/abs/2602.00001",
    )
    assert (found.title, found.abstract) == ("Invented lanterns for small models", "Line one.\nLine two.")
    assert found.authors == ("Ada Lamp", "Ben Wick")
    assert found.published == datetime(2026, 2, 25, 15, tzinfo=UTC)
    assert (found.keywords, found.code_url) == (("light", "oil"), "https://code.example/lantern")
    assert found.project_url == "https://lantern.example/"
    assert {(s.kind, s.value, s.seen_at) for s in found.signals} == {
        (SignalKind.LISTED, 1, datetime(2026, 2, 27, 0, 24, 5, 560000, UTC)),
        (SignalKind.UPVOTES, 12, WINDOW.end),
        (SignalKind.COMMENTS, 3, WINDOW.end),
        (SignalKind.STARS, 7, WINDOW.end),
    }
    assert found.sources == (SourceName.HUGGINGFACE,)


async def test_fault_1_ids_lose_their_version() -> None:
    (found,), _ = await read(item(id="2602.00001v3"))
    assert found.id == PaperId.arxiv("2602.00001")


async def test_fault_4_counts_are_as_of_now_while_the_window_is_open() -> None:
    now = datetime(2026, 2, 27, 9, tzinfo=UTC)
    batch = await hugging_face(Script(ok([item()])), now).collect(WINDOW, ())
    assert {s.seen_at for s in batch.papers[0].signals if s.kind is not SignalKind.LISTED} == {now}


async def test_every_field_may_be_missing() -> None:
    (found,), dropped = await read({"paper": {"title": "Invented lanterns for small models"}})
    assert dropped == 0
    assert found.id == PaperId.title(found.title)
    assert found.published == datetime(2026, 2, 27, 12, tzinfo=UTC)
    assert [(s.kind, s.seen_at) for s in found.signals] == [(SignalKind.LISTED, found.published)]
    assert (found.abstract, found.authors, found.url) == ("", (), "https://huggingface.co/papers/")


async def test_the_outer_level_helps_out() -> None:
    (found,), _ = await read({"paper": {"id": "2602.00001"}, "title": "Lanterns", "summary": "Outer."})
    assert (found.title, found.abstract) == ("Lanterns", "Outer.")


@pytest.mark.parametrize("broken", [None, 3, "x", [], {}, {"paper": None}, {"paper": {"title": " "}}, {"title": 5}])
async def test_a_malformed_item_is_dropped_and_counted(broken: object) -> None:
    papers, dropped = await read(broken, item())
    assert (len(papers), dropped) == (1, 1)


async def test_an_item_without_id_and_telling_title_is_dropped() -> None:
    assert await read(item(id="?", title="…!")) == ((), 1)


@pytest.mark.parametrize("value", ["12", True, -1, float("nan"), float("inf"), 10**400, None, [], {}])
async def test_a_strange_count_is_no_count(value: object) -> None:
    (found,), dropped = await read(item(upvotes=value))
    assert dropped == 0
    assert SignalKind.UPVOTES not in {s.kind for s in found.signals}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x.example", "https://", "https://[", "https://a b", 'https://x"y', 7, ""]
)
async def test_only_web_addresses_are_kept(url: object) -> None:
    (found,), _ = await read(item(githubRepo=url, projectPage=url))
    assert (found.code_url, found.project_url) == (None, None)


async def test_text_that_no_database_takes_is_cleaned() -> None:
    (found,), _ = await read(item(title="A\x00 lantern\x1b[31m of\ud800 light", summary="a\x00\nb"))
    assert found.title == "A lantern[31m of\ufffd light"
    assert found.abstract == "a\nb"
    assert str(found).encode()


async def test_another_day_s_item_is_not_taken() -> None:
    assert await read(item(submittedOnDailyAt="2026-02-10T00:00:00Z")) == ((), 0)
    papers, _ = await read(item(submittedOnDailyAt="no date"))
    assert papers[0].listings[0].seen_at == datetime(2026, 2, 27, 12, tzinfo=UTC)


async def test_a_paper_on_two_days_is_one() -> None:
    batch = await hugging_face(Script(ok([item()]))).collect(WINDOW, ())
    assert len(batch.papers) == 1


# --- days -------------------------------------------------------------------------------------


async def test_one_request_a_date() -> None:
    script = Script(ok([item()]))
    await hugging_face(script).collect(WINDOW, ())
    assert script.queries == [{"date": f"2026-02-{day}", "limit": "100"} for day in range(21, 28)]
    script = Script(ok([item()]))
    morning = Window(datetime(2026, 2, 20, 22, tzinfo=UTC), datetime(2026, 2, 27, 22, tzinfo=UTC))
    await hugging_face(script).collect(morning, ())
    assert len(script.requests) == 8


async def test_the_future_is_not_asked_for() -> None:
    script = Script(ok([item()]))
    await hugging_face(script, datetime(2026, 2, 23, 1, tzinfo=UTC)).collect(WINDOW, ())
    assert [q["date"] for q in script.queries] == ["2026-02-21", "2026-02-22", "2026-02-23"]
    script = Script(ok([]))
    assert (await hugging_face(script, WINDOW.start).collect(WINDOW, ())).papers == ()


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (httpx.Response(400), "source.status"),
        (httpx.Response(500), "source.status"),
        (ok({"error": "?"}), "source.malformed"),
        (ok(b"<html>"), "source.malformed"),
    ],
)
async def test_a_day_that_fails_does_not_cost_the_others(reply: httpx.Response, code: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply if request.url.params["date"] == "2026-02-24" else ok([item()])

    batch = await hugging_face(Script(answer)).collect(WINDOW, ())
    assert (len(batch.papers), batch.problem) == (1, code)


async def test_when_every_day_fails_it_is_an_error() -> None:
    script = Script(httpx.Response(500))
    with pytest.raises(SourceError, match=r"source\.status"):
        await hugging_face(script).collect(WINDOW, ())
    assert len(script.requests) == 7 + 4


def numbered(numbers: range) -> list[dict[str, Any]]:
    return [item(id=f"2602.{n:05}", title=f"The invented lantern number {n}") for n in numbers]


async def test_a_full_page_is_followed_by_the_next() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        start = 100 * int(asked.get("p", 0))
        return ok(numbered(range(start, min(start + 100, 230))) if asked["date"] == "2026-02-26" else [])

    script = Script(reply)
    batch = await hugging_face(script).collect(WINDOW, ())
    assert (len(batch.papers), batch.problem) == (230, None)
    assert [q.get("p") for q in script.queries if q["date"] == "2026-02-26"] == [None, "1", "2"]


async def test_a_server_without_pages_and_a_page_that_fails_end_a_list() -> None:
    script = Script(ok(numbered(range(100))))
    assert len((await hugging_face(script).collect(WINDOW, ())).papers) == 100
    assert len(script.requests) == 14

    def failing(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if "p" in request.url.params else ok(numbered(range(100)))

    batch = await hugging_face(Script(failing)).collect(WINDOW, ())
    assert (len(batch.papers), batch.problem) == (100, "source.status")


async def test_an_empty_list_of_a_past_weekday_is_asked_for_again() -> None:
    empty = {"2026-02-25", "2026-02-26", "2026-02-27"}

    def reply(request: httpx.Request) -> httpx.Response:
        day = request.url.params["date"]
        if day in empty:
            empty.remove(day)
            return ok([])
        return ok([item(id=f"2602.000{day[-2:]}", submittedOnDailyAt=f"{day}T09:00:00Z")])

    script = Script(reply)
    batch = await hugging_face(script).collect(WINDOW, ())
    assert (len(batch.papers), batch.problem, len(script.requests)) == (7, None, 10)


async def test_a_list_that_stays_empty_costs_one_request_more() -> None:
    script = Script(lambda r: ok([item()] if r.url.params["date"] == "2026-02-23" else []))
    batch = await hugging_face(script).collect(WINDOW, ())
    assert (batch.problem, len(script.requests)) == (None, 8)
    assert script.queries[-1]["date"] == "2026-02-27"


async def test_empty_lists_of_past_weekdays_are_no_answer() -> None:
    with pytest.raises(SourceError, match=r"source\.empty"):
        await hugging_face(Script(ok([]))).collect(WINDOW, ())
    weekend = Window(datetime(2026, 2, 21, tzinfo=UTC), datetime(2026, 2, 23, tzinfo=UTC))
    assert (await hugging_face(Script(ok([]))).collect(weekend, ())).papers == ()
    today = Window(datetime(2026, 3, 5, tzinfo=UTC), NOW)
    assert (await hugging_face(Script(ok([]))).collect(today, ())).papers == ()


# --- looking up -------------------------------------------------------------------------------


async def test_a_paper_is_found_by_its_id() -> None:
    script = Script(ok(item()["paper"]))
    found = await hugging_face(script).find(PaperRef(RefKind.ARXIV, "2602.00001"))
    assert found is not None
    assert Counter(s.kind for s in found.signals) == {
        SignalKind.LISTED: 1,
        SignalKind.UPVOTES: 1,
        SignalKind.STARS: 1,
    }
    assert {s.seen_at for s in found.signals if s.kind is SignalKind.UPVOTES} == {NOW}
    assert script.requests[0].url.path == "/api/papers/2602.00001"
    assert await hugging_face(script).find(PaperRef(RefKind.DOI, "10.48550/arxiv.2602.00001")) == found


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(404, json={"error": "Paper not found"}),
        ok({}),
        ok({"title": 4}),
        ok({"title": "Undated lanterns"}),
        ok(item(id="2602.9")["paper"]),
    ],
)
async def test_who_is_not_there_is_nobody(reply: httpx.Response) -> None:
    assert await hugging_face(Script(reply)).find(PaperRef(RefKind.ARXIV, "2602.00001")) is None


@pytest.mark.parametrize("page", [b"", b"<html>No such page</html>", b"[]"])
async def test_a_page_on_the_way_does_not_say_that_there_is_no_such_paper(page: bytes) -> None:
    with pytest.raises(SourceError, match=r"source\.malformed"):
        await hugging_face(Script(httpx.Response(404, content=page))).find(PaperRef(RefKind.ARXIV, "2602.00001"))


async def test_what_it_cannot_know_is_not_asked() -> None:
    script = Script(ok({}))
    for ref in (PaperRef(RefKind.TITLE, "Lanterns"), PaperRef(RefKind.DOI, "10.1000/a"), PaperRef(RefKind.ARXIV, "x")):
        assert await hugging_face(script).find(ref) is None
    assert await hugging_face(script).search("lanterns", 5) == ()
    assert script.requests == []


async def test_the_server_s_clock_can_be_compared() -> None:
    reply = ok({})
    reply.headers["Date"] = "Thu, 05 Mar 2026 12:00:00 GMT"
    source = hugging_face(Script(reply))
    assert source.server_time is None
    await source.find(PaperRef(RefKind.ARXIV, "2602.00001"))
    assert source.server_time == NOW
    await source.aclose()


async def test_a_list_where_a_paper_should_be_is_malformed() -> None:
    with pytest.raises(SourceError, match=r"source\.malformed"):
        await hugging_face(Script(ok([1]))).find(PaperRef(RefKind.ARXIV, "2602.00001"))


# --- anything ---------------------------------------------------------------------------------

FIELDS = sorted(item()["paper"])
hostile_items = st.fixed_dictionaries(
    {"paper": st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANYTHING))},
    optional={"numComments": ANYTHING, "title": ANYTHING, "summary": ANYTHING},
)


@settings(max_examples=60)
@given(st.lists(ANYTHING | hostile_items, max_size=4))
async def test_no_items_raise_and_each_is_a_paper_or_counted(items: list[object]) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        found = [*items, item()] if request.url.params["date"] == "2026-02-27" else []
        return ok(json.dumps(found).encode())

    batch = await hugging_face(Script(reply)).collect(WINDOW, ())
    assert PaperId.arxiv("2602.00001") in {p.id for p in batch.papers}
    assert batch.dropped <= len(items)
    assert all(str(p).encode() and p.title and p.published.tzinfo for p in batch.papers)


@settings(max_examples=60)
@given(ANYTHING)
async def test_no_json_raises_anything_but_a_source_error(body: object) -> None:
    source = hugging_face(Script(ok(json.dumps(body).encode())))
    for call in (source.collect(WINDOW, ()), source.find(PaperRef(RefKind.ARXIV, "2602.00001"))):
        with suppress(SourceError):
            await call


async def test_invented_days_are_read() -> None:
    daily = invented.days().daily

    def reply(request: httpx.Request) -> httpx.Response:
        return ok(json.dumps(daily.get(date.fromisoformat(request.url.params["date"]), [])).encode())

    batch = await hugging_face(Script(reply)).collect(WINDOW, ())
    sizes = {day.day: len(items) for day, items in daily.items() if day.day >= 23}
    assert (len(batch.papers), batch.dropped, batch.problem) == (sum(sizes.values()), 0, None)
    assert Counter(p.listings[0].seen_at.date().day for p in batch.papers) == sizes
    assert all(p.arxiv_id and p.authors and p.abstract for p in batch.papers)
    assert any("\n" in p.abstract for p in batch.papers)


async def test_recorded_days_are_read(shared: Path) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        file = shared / "recordings" / "hf" / f"daily_papers_{request.url.params['date']}.json"
        return ok(file.read_bytes() if file.exists() else b"[]")

    batch = await hugging_face(Script(reply)).collect(WINDOW, ())
    assert (len(batch.papers), batch.dropped, batch.problem) == (71, 0, None)
    listed_on = Counter(p.listings[0].seen_at.date().day for p in batch.papers)
    assert listed_on == {23: 6, 24: 12, 25: 20, 26: 17, 27: 16}
    assert all(p.arxiv_id and p.authors and p.abstract for p in batch.papers)
    assert any("\n" in p.abstract for p in batch.papers)


# --- many papers ------------------------------------------------------------------------------


def known_by(papers: dict[str, object]) -> Script:
    """A server that knows these papers by their ids, and may answer with something else for one."""

    def reply(request: httpx.Request) -> httpx.Response:
        found = papers.get(request.url.path.rpartition("/")[2])
        if isinstance(found, httpx.Response):
            return httpx.Response(found.status_code, content=found.content)
        return ok(found) if found else httpx.Response(404, json={"error": "Paper not found"})

    return Script(reply)


async def test_each_paper_is_asked_for_and_unknown_ones_are_left_out() -> None:
    script = known_by({"2602.00001": item()["paper"]})
    batch = await hugging_face(script).enrich([paper("2602.00001"), paper("2602.00002"), paper(None)], NOW)
    assert [(str(one.id), one.code_url) for one in batch.papers] == [
        ("arxiv:2602.00001", "https://code.example/lantern")
    ]
    assert (batch.problem, batch.missing) == (None, 0)
    assert [request.url.path for request in script.requests] == ["/api/papers/2602.00001", "/api/papers/2602.00002"]


async def test_a_failure_ends_the_look_up_and_is_said() -> None:
    script = known_by({"2602.00001": item()["paper"], "2602.00002": httpx.Response(400)})
    papers = [paper(f"2602.{number:05}") for number in (1, 2, 3)]
    batch = await hugging_face(script).enrich(papers, NOW)
    assert [str(one.id) for one in batch.papers] == ["arxiv:2602.00001"]
    assert batch.problem
    assert batch.missing == 2


async def test_a_failure_of_the_first_is_raised() -> None:
    with pytest.raises(SourceError):
        await hugging_face(known_by({"2602.00001": httpx.Response(400)})).enrich([paper("2602.00001")], NOW)


async def test_another_paper_under_the_id_is_not_taken() -> None:
    script = known_by({"2602.00002": item()["paper"]})
    assert (await hugging_face(script).enrich([paper("2602.00002")], NOW)).papers == ()


async def test_a_list_without_an_end_is_malformed_and_takes_no_time() -> None:
    answers = iter(range(1_000))

    def reply(_: httpx.Request) -> httpx.Response:
        page = next(answers)
        return ok([{"n": n + page * 50_000} for n in range(50_000)])

    async with asyncio.timeout(20):
        with pytest.raises(SourceError, match=r"source\.malformed"):
            await hugging_face(Script(reply)).collect(WINDOW, ())
