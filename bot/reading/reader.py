"""Read a paper from where it reads best: arXiv's HTML if that is plausible, else its PDF, else the abstract.

A text that cannot be had now (arXiv refuses, the network fails) is an error, so that it is asked for again later; a
text that does not exist or cannot be read leads to the next one, and `FullText.unread` says why.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol
from weakref import WeakValueDictionary

from bot.errors import ReadingError
from bot.models import BlockKind, FullText, Paper, PaperId, TextBlock, TextSection, TextSource
from bot.models.papers import ARXIV_ID
from bot.reading import ARXIV, Told
from bot.reading.sentences import split

# Published conversions exist that stop after the abstract, or never begin.
LEAST_SECTIONS = 2
LEAST_CHARACTERS = 4_000

# Papers at a time. Each takes two turns of three seconds with arXiv, where collecting queues too, and up to 50 MB.
MOST_FETCHING = 8


class Files(Protocol):
    """Fetches a file from arXiv; see `bot.reading.fetch.ArxivFiles`."""

    async def get(self, path: str, content_type: str, told: Told | None = None) -> bytes | None: ...


class PdfText(Protocol):
    """What a PDF says."""

    @property
    def title(self) -> str: ...
    @property
    def sections(self) -> tuple[TextSection, ...]: ...
    @property
    def references(self) -> tuple[str, ...]: ...
    @property
    def dropped(self) -> tuple[tuple[str, int], ...]: ...


class Texts(Protocol):
    """Keeps texts for a while; see `bot.store.fulltexts`. Version 0 is the newest one as of when it was read."""

    async def get(self, paper: PaperId, version: int) -> FullText | None: ...
    async def put(self, paper: PaperId, version: int, text: FullText) -> None: ...


class Pdfs(Protocol):
    """Reads PDFs; see `bot.reading.pdf.PdfReader`. Raises ReadingError."""

    async def read(self, data: bytes, *, paper: str) -> PdfText: ...


class PaperReader:
    """A `bot.ports.Reader`. Several who ask for one paper at a time cost one request."""

    def __init__(self, files: Files, texts: Texts, pdfs: Pdfs | None = None) -> None:
        self._files = files
        self._texts = texts
        self._pdfs = pdfs
        self._fetching = 0
        self._turns: WeakValueDictionary[tuple[PaperId, int], asyncio.Lock] = WeakValueDictionary()

    async def read(self, paper: Paper, version: int | None = None, told: Told | None = None) -> FullText:
        """Return the paper's full text of a version, or of the newest one.

        `told` is called with the kilobytes that have come and the kilobytes to come, which may be unknown (0). Raises
        ReadingError: what `ArxivFiles.get` raises but for `reading.too_large`; `reading.nothing` for a paper with
        neither a readable text nor an abstract; `reading.busy` while many others are being fetched.
        """
        key = paper.id, version or 0
        turn = self._turns.setdefault(key, asyncio.Lock())
        async with turn:
            if kept := await self._texts.get(*key):
                return kept
            if self._fetching >= MOST_FETCHING:
                raise ReadingError("reading.busy")
            self._fetching += 1
            try:
                text = await self._fetched(paper, version, told)
            finally:
                self._fetching -= 1
            await self._texts.put(*key, text)
            return text

    async def _fetched(self, paper: Paper, version: int | None, told: Told | None) -> FullText:
        if not paper.arxiv_id or not ARXIV_ID.fullmatch(paper.arxiv_id):
            return abstract_of(paper, ("reading.not_arxiv",))
        name = f"{paper.arxiv_id}v{version}" if version else paper.arxiv_id
        unread: list[str] = []
        for read in (self._html, self._pdf):
            try:
                return replace(await read(paper, name, version, told), unread=tuple(unread))
            except _Unreadable as found:
                unread.append(found.code)
        return abstract_of(paper, tuple(unread), version)

    async def _html(self, paper: Paper, name: str, version: int | None, told: Told | None) -> FullText:
        page = await self._file(f"/html/{name}", "text/html", told)
        if page is None:
            raise _Unreadable("reading.no_html")
        from bot.reading.html import read_html  # lxml is needed by few commands

        try:
            text = await asyncio.to_thread(read_html, page, paper=PaperId.arxiv(name), version=version)
        except ReadingError as error:
            raise _Unreadable(error.code) from error
        if not is_plausible(text):
            raise _Unreadable("reading.implausible")
        return _of(paper, text)

    async def _pdf(self, paper: Paper, name: str, version: int | None, told: Told | None) -> FullText:
        if self._pdfs is None:
            raise _Unreadable("reading.no_pdf")
        document = await self._file(f"/pdf/{name}", "application/pdf", told)
        if document is None:
            raise _Unreadable("reading.no_pdf")
        try:
            found = await self._pdfs.read(document, paper=name)
        except ReadingError as error:
            raise _Unreadable(error.code) from error
        return pdf_text(found, paper=paper.id, version=version, url=f"{ARXIV}/pdf/{name}", title=paper.title)

    async def _file(self, path: str, content_type: str, told: Told | None) -> bytes | None:
        try:
            return await self._files.get(path, content_type, told)
        except ReadingError as error:
            if error.code == "reading.too_large":
                raise _Unreadable(error.code) from error
            raise


class _Unreadable(Exception):
    """There is no such text, or it cannot be read, whenever it is asked for."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_plausible(text: FullText) -> bool:
    """Return whether the text may be a whole paper."""
    titled = sum(bool(section.title and section.blocks) for section in text.sections if section.title != text.title)
    return titled >= LEAST_SECTIONS and sum(len(sentence) for _, sentence in text.sentences()) >= LEAST_CHARACTERS


def abstract_of(paper: Paper, unread: tuple[str, ...], version: int | None = None) -> FullText:
    """Return the abstract as a text. Raises ReadingError `reading.nothing` if there is none."""
    sentences = split(" ".join(paper.abstract.split()))
    if not sentences:
        raise ReadingError("reading.nothing", paper=paper.title)
    block = TextBlock("abstract.b", BlockKind.PARAGRAPH, sentences)
    section = TextSection("abstract", "Abstract", 1, (block,))
    return FullText(
        paper.id, TextSource.ABSTRACT, (section,), url=paper.url, version=version, title=paper.title, unread=unread
    )


def pdf_text(
    found: PdfText, *, paper: PaperId | None = None, version: int | None = None, url: str = "", title: str = ""
) -> FullText:
    """Return what a PDF says as a text."""
    return FullText(
        paper,
        TextSource.PDF,
        found.sections,
        url=url,
        version=version,
        references=found.references,
        dropped=found.dropped,
        title=found.title or title,
    )


def _of(paper: Paper, text: FullText) -> FullText:
    """Return the text under the id by which the paper is stored."""
    return replace(text, paper=paper.id, title=text.title or paper.title)
