"""Read a paper from a file: HTML or PDF, told apart by what is in it, else by its name."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.errors import InputError, ReadingError
from bot.models import FullText
from bot.reading.pdf import PdfReader
from bot.reading.reader import pdf_text

LARGEST = 64 * 2**20  # bytes
_PDF_BEGINS_WITHIN = 1024  # bytes; Acrobat accepts as much before `%PDF-`


async def read_file(path: Path) -> FullText:
    """Return the file's text. Raises InputError `input.file`, or ReadingError as the readers of HTML and PDF do."""
    data = await asyncio.to_thread(_bytes, path)
    if b"%PDF-" in data[:_PDF_BEGINS_WITHIN] or path.suffix.lower() == ".pdf":
        return pdf_text(await PdfReader().read(data, paper=path.name))
    from bot.reading.html import read_html

    return await asyncio.to_thread(read_html, data)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise InputError("input.file", path=path, reason=error.strerror or type(error).__name__) from None
    if len(data) > LARGEST:
        raise ReadingError("reading.too_large", limit=LARGEST // 2**20)
    return data
