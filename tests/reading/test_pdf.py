"""The process that reads a PDF: what it answers, and that no file takes the bot with it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import ReadingError
from bot.reading import pdf as module
from bot.reading.pdf import PdfReader
from bot.reading.pdf_values import Limits, PdfText
from tests.support.needs import ROOT
from tests.support.pdfs import A4, PdfPage, bomb, loops, pdf
from tests.support.typeset import Look, paper

SENTENCE = "This is the only sentence of the file."


def page(text: str = SENTENCE) -> PdfPage:
    one = PdfPage()
    one.text(60, 700, text)
    return one


def scan(**layer: Any) -> bytes:
    one = PdfPage()
    one.picture(0, 0, *A4)
    if layer:
        one.text(60, 700, "What a program saw in the picture.", **layer)
    return pdf([one])


WHOLE = pdf([page()])
UNREADABLE = {
    "nothing": (b"", "pdf_empty"),
    "blanks": (b"\0\0  \n", "pdf_empty"),
    "a web page": (b"<html><body>Not a PDF</body></html>", "pdf_damaged"),
    "noise": (b"%PDF-1.4\n" + bytes(range(256)) * 200 + b"%%EOF", "pdf_damaged"),
    "cut in half": (paper(1, Look(pages=2)).data[:6000], "pdf_damaged"),
    "cut at the end": (WHOLE[:-8], "pdf_damaged"),
    "no pages": (pdf([]), "pdf_damaged"),
    "a password": (pdf([page()], password="sesame"), "pdf_locked"),
    "a scan": (scan(), "pdf_scan"),
    "a scan with a layer": (scan(mode=3), "pdf_scan"),
    "an empty page": (pdf([PdfPage()]), "pdf_scan"),
    "300 pages": (pdf([page(f"Page {number} of a thesis.") for number in range(300)]), "pdf_too_long"),
    "pages that are their own": (loops()["pages"], "pdf_damaged"),
    "content that is its own": (loops()["contents"], "pdf_scan"),
    "a length that is its own": (loops()["length"], "pdf_scan"),
    "a form within itself": (loops()["form"], "pdf_scan"),
}


class Workers(list[asyncio.subprocess.Process]):
    """The processes that a test has started; `started` is set with the first."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()


@pytest.fixture
async def workers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workers]:
    workers = Workers()
    start = asyncio.create_subprocess_exec

    async def recorded(*arguments: Any, **options: Any) -> asyncio.subprocess.Process:
        workers.append(await start(*arguments, **options))
        workers.started.set()
        return workers[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", recorded)
    yield workers
    assert all(worker.returncode is not None for worker in workers)


async def test_a_file_is_read() -> None:
    text = await PdfReader().read(WHOLE, paper="a paper")

    assert [block.sentences for section in text.sections for block in section.blocks] == [(SENTENCE,)]
    assert text.pages == 1


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_cannot_be_read_says_why(name: str) -> None:
    data, code = UNREADABLE[name]
    with pytest.raises(ReadingError) as caught:
        await PdfReader().read(data, paper="a paper")

    assert caught.value.code == f"reading.{code}"
    assert caught.value.arguments["paper"] == "a paper"


async def test_a_length_is_told_with_the_limit() -> None:
    with pytest.raises(ReadingError) as caught:
        await PdfReader(Limits(pages=2)).read(pdf([page()] * 3), paper="a thesis")

    assert (caught.value.arguments["pages"], caught.value.arguments["limit"]) == (3, 2)


async def test_too_many_characters_are_too_much() -> None:
    with pytest.raises(ReadingError) as caught:
        await PdfReader(Limits(characters=20)).read(WHOLE, paper="a paper")

    assert caught.value.code == "reading.pdf_too_complex"


async def test_a_large_file_starts_no_process(monkeypatch: pytest.MonkeyPatch, workers: Workers) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(ReadingError) as caught:
        await PdfReader().read(WHOLE, paper="a paper")

    assert caught.value.code == "reading.pdf_too_large"
    assert workers == []


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        pytest.param(bomb(256), PdfReader(Limits(memory=300 * 2**20)), id="memory"),
        pytest.param(bomb(128), PdfReader(Limits(seconds=1)), id="processor time"),
        pytest.param(WHOLE, PdfReader(seconds=0.001), id="time by the clock"),
        pytest.param(WHOLE, PdfReader(Limits(memory=1)), id="no memory at all"),
    ],
)
async def test_a_file_that_takes_too_much_is_given_up(data: bytes, reader: PdfReader, workers: Workers) -> None:
    with pytest.raises(ReadingError) as caught:
        await reader.read(data, paper="a bomb")

    assert caught.value.code == "reading.pdf_too_complex"
    assert len(workers) == 1


async def test_the_next_file_is_read_after_one_that_killed_its_worker() -> None:
    reader = PdfReader(Limits(memory=300 * 2**20))
    with pytest.raises(ReadingError):
        await reader.read(bomb(256), paper="a bomb")

    assert (await reader.read(WHOLE, paper="a paper")).pages == 1


async def test_cancelled_it_ends_the_process_and_lets_the_next_one_in(
    workers: Workers,
) -> None:
    reader = PdfReader()
    task = asyncio.create_task(reader.read(bomb(128), paper="a bomb"))
    await workers.started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert workers[0].returncode is not None
    assert (await reader.read(WHOLE, paper="a paper")).pages == 1


async def test_one_process_at_a_time_however_many_ask(workers: Workers) -> None:
    reader = PdfReader()
    running: list[int] = []

    async def ask() -> None:
        await reader.read(WHOLE, paper="a paper")
        running.append(sum(worker.returncode is None for worker in workers))

    await asyncio.gather(*(ask() for _ in range(4)))

    assert len(workers) == 4
    assert max(running) <= 1


async def test_the_bot_itself_never_loads_what_opens_pdfs() -> None:
    """Faults of native code stay in the worker: what starts it, and all that knows it, has no PDFium."""
    code = "import sys, bot.app.opening, bot.reading.files, bot.reading.pdf; sys.exit('pypdfium2' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT)

    assert await process.wait() == 0


async def test_the_process_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")

    assert "SLACK_BOT_TOKEN" not in module._environment()
    assert os.environ["SLACK_BOT_TOKEN"] not in module._environment().values()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.integers(0, 2**16), min_size=1, max_size=60),
    values=st.binary(min_size=60, max_size=60),
)
async def test_damage_anywhere_is_survived(places: list[int], values: bytes) -> None:
    data = bytearray(DAMAGED)
    for place, value in zip(places, values, strict=False):
        data[place % len(data)] = value
    reader = PdfReader(Limits(seconds=20))
    outcome = (await asyncio.gather(reader.read(bytes(data), paper="a paper"), return_exceptions=True))[0]

    assert isinstance(outcome, PdfText) or (
        isinstance(outcome, ReadingError) and outcome.code.startswith("reading.pdf_")
    )


DAMAGED = paper(5, Look(pages=2)).data
