"""A PDF read as text, in a process of its own that can be ended: `PdfReader`.

The way of a file: `pdf_glyphs` (what PDFium gives), `pdf_visibility` (what of it can be seen), `pdf_lines`,
`pdf_margins`, `pdf_columns`, `pdf_blocks`, `pdf_text`; all of that in the process of `pdf_worker`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from bot.errors import ReadingError
from bot.reading.pdf_values import Answer, Limits, PdfText

MOST_BYTES = 50 * 1024 * 1024  # of a file; the longest theses on arXiv have less
_MOST_ANSWER = 64 * 1024 * 1024
_SECONDS = 90.0  # by the clock; a busy machine gives the worker its seconds of processor time more slowly
_ROOT = Path(__file__).parents[2]
_CHUNK = 1 << 16


class PdfReader:
    """Reads PDFs one after the other, each in a new process: no file can reach what comes after it."""

    def __init__(self, limits: Limits | None = None, seconds: float = _SECONDS) -> None:
        self._limits = limits or Limits()
        self._seconds = seconds
        self._turn = asyncio.Lock()

    async def read(self, data: bytes, *, paper: str) -> PdfText:
        """Return the text of a PDF. `paper` is how errors name it.

        Raises ReadingError: `reading.pdf_empty`, `.pdf_damaged`, `.pdf_locked` (a password), `.pdf_scan` (no text),
        `.pdf_too_large` (bytes), `.pdf_too_long` (pages), `.pdf_too_complex` (time, memory or characters). Cancelled,
        it ends the process first.
        """
        if len(data) > MOST_BYTES:
            raise ReadingError("reading.pdf_too_large", paper=paper, limit=MOST_BYTES // 1024**2)
        async with self._turn:
            answer = await self._ask(data)
        if answer is None:
            raise ReadingError("reading.pdf_too_complex", paper=paper)
        if answer.text is None:
            raise ReadingError(answer.code, paper=paper, pages=answer.pages, limit=self._limits.pages)
        return answer.text

    async def _ask(self, data: bytes) -> Answer | None:
        """Return the worker's answer, None if it died, took too long or answered with something else."""
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "bot.reading.pdf_worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
        )
        try:
            async with asyncio.timeout(self._seconds):
                output = await self._exchange(worker, data)
                await worker.wait()
        except TimeoutError:
            return None
        finally:
            if worker.returncode is None:
                worker.kill()
                await asyncio.shield(worker.wait())
        if worker.returncode != 0:
            return None
        try:
            return msgspec.json.decode(output, type=Answer)
        except msgspec.MsgspecError:
            return None

    async def _exchange(self, worker: asyncio.subprocess.Process, data: bytes) -> bytes:
        if worker.stdin is None or worker.stdout is None:
            raise ValueError("the worker has no pipes")
        reading = asyncio.ensure_future(_bounded(worker.stdout))
        try:
            worker.stdin.write(msgspec.json.encode(self._limits) + b"\n")
            worker.stdin.write(data)
            await worker.stdin.drain()
            worker.stdin.close()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it died; its answer, or that there is none, says the rest
        try:
            return await reading
        finally:
            reading.cancel()


async def _bounded(stream: asyncio.StreamReader) -> bytes:
    """Return all that comes, at most `_MOST_ANSWER` bytes."""
    parts, size = [], 0
    while size < _MOST_ANSWER and (part := await stream.read(_CHUNK)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _environment() -> dict[str, str]:
    """Return the worker's environment: where our code is, and none of the bot's secrets."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
