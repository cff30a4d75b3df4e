"""Which text counts: HTML if it is plausible, else the PDF, else the abstract, and nothing that may change is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bot.errors import ReadingError
from bot.models import BlockKind, FullText, PaperId, TextBlock, TextSection, TextSource
from bot.reading import Told
from bot.reading.reader import MOST_FETCHING, PaperReader, is_plausible
from tests.fakes.arxiv_content import content_of
from tests.fakes.arxiv_pages import Frame, page
from tests.support.source_fakes import paper

PAPER = paper("2602.90001")
PAGE = page(content_of("reader"), "2602.90001v2").encode()


class FakeFiles:
    """Answers by path; a path that is not there has no file."""

    def __init__(self, **files: bytes | ReadingError) -> None:
        self.asked: list[str] = []
        self._files = files

    async def get(self, path: str, content_type: str, told: Told | None = None) -> bytes | None:
        self.asked.append(path)
        await asyncio.sleep(0)
        found = self._files.get(path.split("/")[1])
        if isinstance(found, ReadingError):
            raise found
        return found


class FakeTexts:
    def __init__(self) -> None:
        self.kept: dict[tuple[PaperId, int], FullText] = {}

    async def get(self, paper: PaperId, version: int) -> FullText | None:
        return self.kept.get((paper, version))

    async def put(self, paper: PaperId, version: int, text: FullText) -> None:
        self.kept[paper, version] = text


SECTION = TextSection("s1", "Method", 1, (TextBlock("p1.b1", BlockKind.PARAGRAPH, ("From the PDF.",), "page=1"),))


@dataclass(frozen=True)
class ReadPdf:
    title: str = "Lanterns"
    sections: tuple[TextSection, ...] = (SECTION,)
    references: tuple[str, ...] = ("Wick, 1901.",)
    dropped: tuple[tuple[str, int], ...] = (("margin", 40),)


@dataclass
class FakePdfs:
    answer: ReadPdf | ReadingError = field(default_factory=ReadPdf)
    read_of: list[str] = field(default_factory=list)

    async def read(self, data: bytes, *, paper: str) -> ReadPdf:
        self.read_of.append(paper)
        if isinstance(self.answer, ReadingError):
            raise self.answer
        return self.answer


async def test_html_comes_first_and_names_its_version() -> None:
    files, pdfs = FakeFiles(html=PAGE, pdf=b"%PDF-"), FakePdfs()
    text = await PaperReader(files, FakeTexts(), pdfs).read(PAPER)

    assert (text.source, text.paper, text.version, text.unread) == (TextSource.HTML, PAPER.id, 2, ())
    assert text.url == "https://arxiv.org/html/2602.90001v2"
    assert files.asked == ["/html/2602.90001"]
    assert pdfs.read_of == []


async def test_a_version_is_asked_for_by_its_name() -> None:
    files = FakeFiles(html=PAGE)

    await PaperReader(files, FakeTexts(), FakePdfs()).read(PAPER, 2)

    assert files.asked == ["/html/2602.90001v2"]


@pytest.mark.parametrize(
    ("html", "code"),
    [
        (None, "no_html"),
        (page(content_of("x"), "2602.90001v1", Frame.FAILED).encode(), "implausible"),
        (page(content_of("x", sections=1), "2602.90001v1").encode(), "implausible"),
        (b"<html>Back soon</html>", "no_article"),
        (b"<div>" * 100_000, "damaged"),
        (page(content_of("x"), "2602.90009v1").encode(), "other_paper"),
        (ReadingError("reading.too_large", limit=48), "too_large"),
    ],
)
async def test_where_html_does_not_do_the_pdf_is_read(html: bytes | ReadingError | None, code: str) -> None:
    files = FakeFiles(**({"html": html} if html else {}), pdf=b"%PDF-")
    text = await PaperReader(files, FakeTexts(), FakePdfs()).read(PAPER, 1)

    assert (text.source, text.url, text.version) == (TextSource.PDF, "https://arxiv.org/pdf/2602.90001v1", 1)
    assert (text.sections, text.references, text.dropped) == ((SECTION,), ("Wick, 1901.",), (("margin", 40),))
    assert text.unread == (f"reading.{code}",)


@pytest.mark.parametrize(
    ("files", "pdfs", "code"),
    [
        (FakeFiles(), FakePdfs(), "no_pdf"),
        (FakeFiles(pdf=b"%PDF-"), FakePdfs(ReadingError("reading.pdf_scan")), "pdf_scan"),
        (FakeFiles(pdf=b"%PDF-"), None, "no_pdf"),
        (FakeFiles(pdf=ReadingError("reading.too_large", limit=48)), FakePdfs(), "too_large"),
    ],
)
async def test_where_neither_does_the_abstract_is_read_and_says_why(
    files: FakeFiles, pdfs: FakePdfs | None, code: str
) -> None:
    text = await PaperReader(files, FakeTexts(), pdfs).read(PAPER)

    assert text.source is TextSource.ABSTRACT
    assert [sentence for _, sentence in text.sentences()] == ["We invent lanterns."]
    assert text.unread == ("reading.no_html", f"reading.{code}")
    assert text.url == PAPER.url


async def test_a_paper_that_is_not_arxivs_has_its_abstract() -> None:
    files = FakeFiles(html=PAGE)
    text = await PaperReader(files, FakeTexts(), FakePdfs()).read(paper(None))

    assert (text.source, text.unread, files.asked) == (TextSource.ABSTRACT, ("reading.not_arxiv",), [])


async def test_an_id_that_is_none_reaches_no_address() -> None:
    files = FakeFiles(html=PAGE)
    text = await PaperReader(files, FakeTexts(), FakePdfs()).read(replace(PAPER, arxiv_id="../../secrets"))

    assert (text.source, files.asked) == (TextSource.ABSTRACT, [])


async def test_without_text_and_abstract_nothing_can_be_read() -> None:
    with pytest.raises(ReadingError, match=r"reading\.nothing"):
        await PaperReader(FakeFiles(), FakeTexts(), FakePdfs()).read(replace(PAPER, abstract=" \n"))


@pytest.mark.parametrize("code", ["refused", "unavailable", "unreachable", "timeout", "redirected", "wrong_type"])
@pytest.mark.parametrize("where", ["html", "pdf"])
async def test_what_may_pass_is_told_and_not_kept(code: str, where: str) -> None:
    texts = FakeTexts()
    files = FakeFiles(**{where: ReadingError(f"reading.{code}")})

    with pytest.raises(ReadingError, match=rf"reading\.{code}"):
        await PaperReader(files, texts, FakePdfs()).read(PAPER)

    assert texts.kept == {}


async def test_ten_who_ask_at_once_cost_one_request() -> None:
    files = FakeFiles(html=PAGE)
    reader = PaperReader(files, FakeTexts(), FakePdfs())

    texts = await asyncio.gather(*(reader.read(PAPER) for _ in range(10)))

    assert files.asked == ["/html/2602.90001"]
    assert len(set(map(id, texts))) == 1


async def test_a_kept_text_needs_no_request() -> None:
    texts = FakeTexts()
    first = await PaperReader(FakeFiles(html=PAGE), texts, FakePdfs()).read(PAPER)
    files = FakeFiles()

    assert await PaperReader(files, texts, FakePdfs()).read(PAPER) == first
    assert files.asked == []


def test_a_text_is_plausible_with_two_sections_and_four_thousand_characters() -> None:
    def text(sections: int, characters: int) -> FullText:
        block = TextBlock("b", BlockKind.PARAGRAPH, ("x" * (characters // sections),))
        parts = tuple(TextSection(f"S{n}", f"Part {n}", 1, (block,)) for n in range(sections))
        return FullText(None, TextSource.HTML, parts)

    assert is_plausible(text(2, 4_000))
    assert not is_plausible(text(2, 3_990))
    assert not is_plausible(text(1, 40_000))


async def test_a_flood_of_papers_keeps_nobody_waiting() -> None:
    release = asyncio.Event()

    class SlowFiles(FakeFiles):
        async def get(self, path: str, content_type: str, told: Told | None = None) -> bytes | None:
            await release.wait()
            return await super().get(path, content_type, told)

    reader = PaperReader(SlowFiles(), FakeTexts())
    reading = [asyncio.create_task(reader.read(paper(f"2602.{number:05}"))) for number in range(50)]
    waiting = set(reading)
    async with asyncio.timeout(60):
        while len(waiting) > MOST_FETCHING:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            assert all(str(task.exception()).startswith("reading.busy") for task in done)
    release.set()

    texts = await asyncio.gather(*waiting)
    assert {text.source for text in texts} == {TextSource.ABSTRACT}
    assert (await reader.read(paper("2602.00049"))).source is TextSource.ABSTRACT
