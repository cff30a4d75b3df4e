"""The process that opens a PDF: `python -m bot.reading.pdf_worker`, one for each file, started by `bot.reading.pdf`.

A PDF comes from anywhere, and what reads it is a large native library. So the process is given no secret, takes the
file from its standard input, answers once on its standard output, and ends. Before it looks at the file it has the
kernel limit its time and memory, and can from then on open no file and no connection.

    bot → worker   `Limits` as one line of JSON, then the file
    worker → bot   `Answer` as JSON
"""

from __future__ import annotations

import heapq  # noqa: F401  # `Counter` imports it late, and later no file can be opened
import os
import resource
import sys
from collections import Counter

import msgspec
import pypdfium2 as pdfium  # type: ignore[import-untyped]  # it ships no types
from pypdfium2 import raw

from bot.reading.pdf_glyphs import read_page
from bot.reading.pdf_lines import lines
from bot.reading.pdf_text import text_of
from bot.reading.pdf_values import Answer, Limits

_TAIL = 16 * 1024  # bytes at the end of a file, where its end is marked


def main() -> None:
    """Read one file from standard input and answer on standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever native code prints is no answer
    limits = msgspec.json.decode(sys.stdin.buffer.readline(), type=Limits)
    data = sys.stdin.buffer.read()
    _confine(limits)
    try:
        answer = read(data, limits)
    except MemoryError:
        answer = Answer(code="reading.pdf_too_complex")
    answers.write(msgspec.json.encode(answer))
    answers.close()


def _confine(limits: Limits) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (lowest, lowest))


def read(data: bytes, limits: Limits) -> Answer:
    """Return the text of a PDF, or why there is none. A part of a paper is no text of it.

    Raises MemoryError where that limit is reached in Python; in native code it ends the process.
    """
    if not data.strip(b"\0 \r\n\t"):
        return Answer(code="reading.pdf_empty")
    if b"%%EOF" not in data[-_TAIL:]:  # cut off; PDFium would make up for what is missing
        return Answer(code="reading.pdf_damaged")
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
        if count > limits.pages:
            return Answer(code="reading.pdf_too_long", pages=count)
        return _read(document, count, limits.characters)
    except pdfium.PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        return Answer(code="reading.pdf_locked" if locked else "reading.pdf_damaged")


def _read(document: pdfium.PdfDocument, count: int, most: int) -> Answer:
    dropped: Counter[str] = Counter()
    pages, characters = [], 0
    for number in range(1, count + 1):
        width, glyphs = read_page(document[number - 1], dropped)
        characters += len(glyphs)
        if characters > most:
            return Answer(code="reading.pdf_too_complex", pages=count)
        dropped["textless"] += not glyphs
        pages.append((width, lines(number, glyphs)))
    if not count:
        return Answer(code="reading.pdf_damaged")
    text = text_of(pages, dropped)
    if 2 * dropped["textless"] > count or not (text.sections or text.references):
        return Answer(code="reading.pdf_scan", pages=count)
    return Answer(text, pages=count)


if __name__ == "__main__":
    main()
