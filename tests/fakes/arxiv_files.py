"""arXiv's pages and PDFs of the papers that its stand-in knows, by version; strict about what is no paper's name."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.fakes.arxiv_content import Content, content_of
from tests.fakes.arxiv_pages import Frame, no_page, page
from tests.fakes.sources_corpus import Corpus, Record

NONE = "none"  # no paper has HTML
_NAME = re.compile(r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v([1-9][0-9]?))?")


def full_content(record: Record) -> Content:
    """Return what the paper says in full: its abstract as in its record, and the same for all its versions."""
    abstract = tuple((sentence,) for sentence in re.split(r"(?<=[.!?])\s+", record.abstract.strip()))
    return replace(content_of(record.id, record.title, record.authors), abstract=abstract)


class ArxivFiles:
    """`form` is how every page looks: a `Frame`'s value, or NONE. `pdfs` are documents by id, with or without a
    version.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._form: Frame | None = Frame.TODAY
        self.pdfs: dict[str, bytes] = {}

    @property
    def form(self) -> str:
        return self._form.value if self._form else NONE

    @form.setter
    def form(self, name: str) -> None:
        """Raises ValueError for a form that there is not."""
        self._form = None if name == NONE else Frame(name)

    def page(self, name: str) -> tuple[int, str]:
        """Answer `/html/<name>` with a status and HTML."""
        found = self._find(name)
        if found is None or self._form is None:
            return 404, no_page(name)
        record, version = found
        return 200, page(full_content(record), f"{record.id}v{version}", self._form)

    def pdf(self, name: str) -> bytes | None:
        """Answer `/pdf/<name>` with a document, None where there is none."""
        found = self._find(name)
        if found is None:
            return None
        record, version = found
        return self.pdfs.get(f"{record.id}v{version}") or self.pdfs.get(record.id)

    def _find(self, name: str) -> tuple[Record, int] | None:
        match = _NAME.fullmatch(name)
        record = self._corpus.find(match[1]) if match else None
        if match is None or record is None or int(match[2] or record.version) > record.version:
            return None
        return record, int(match[2] or record.version)
