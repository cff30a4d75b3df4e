"""Ask arXiv for a paper's HTML or PDF: one request in three seconds, shared with collecting, and bounded in all else.

Terms: https://info.arxiv.org/help/api/tou.html; a refusal (403, 429) is not answered with another request. A 404 means
that there is no such text.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from bot.common.wire import is_safely_packed
from bot.errors import ReadingError
from bot.models import SourceName
from bot.ports import Pace
from bot.reading import Told

REDIRECTS = 3
TRIES = 2  # of a request whose connection broke
LONGEST_PAUSE = 600.0  # seconds
_MISSING = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """`timeout` is in seconds, from the request to the last byte, `largest` in bytes after decompression."""

    timeout: float = 60.0
    connect: float = 10.0
    largest: int = 48 * 2**20


class ArxivFiles:
    """Fetches files from arXiv's website, or from what stands in for it."""

    def __init__(
        self,
        base_url: str,
        user_agent: str,
        *,
        pace: Pace,
        interval: float = 3.0,
        limits: FetchLimits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`interval` is in seconds, counted together with every other request to arXiv under the same pace."""
        self._base_url = base_url.rstrip("/")
        self._limits = limits or FetchLimits()
        self._pace = pace
        self._interval = interval
        self._headers = {"User-Agent": user_agent}
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        if self._client:
            await self._client.aclose()

    async def get(self, path: str, content_type: str, told: Told | None = None) -> bytes | None:
        """Return the file at a path such as `/html/2602.21548v1`, None if arXiv has none.

        `told` is called with the kilobytes that have come and the kilobytes in all, 0 if that is unknown. Raises
        ReadingError: `reading.refused` (403, 429), `reading.unavailable` (other errors), `reading.unreachable`,
        `reading.timeout`, `reading.redirected` (to a foreign host), `reading.wrong_type`, `reading.too_large`.
        """
        tries = 0
        while True:
            tries += 1
            try:
                async with self._pace.turn(SourceName.ARXIV, self._interval):
                    async with asyncio.timeout(self._limits.timeout):
                        return await self._follow(self._base_url + path, content_type, told)
            except (TimeoutError, httpx.TimeoutException) as error:
                failure = ReadingError("reading.timeout", seconds=round(self._limits.timeout))
                failure.__cause__ = error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                failure = ReadingError("reading.unreachable", problem=str(error) or type(error).__name__)
                failure.__cause__ = error
            if tries >= TRIES:
                raise failure

    async def _follow(self, url: str, content_type: str, told: Told | None) -> bytes | None:
        """Follow redirects by hand: httpx would follow them to any host."""
        for _ in range(REDIRECTS + 1):
            async with self._http().stream("GET", url) as response:
                if not response.has_redirect_location:
                    return await self._read(response, content_type, told)
                target = response.url.join(response.headers["Location"])
            if not self._is_arxivs(str(target)):
                raise ReadingError("reading.redirected", host=urlsplit(str(target)).hostname or "?")
            url = str(target)
        raise ReadingError("reading.redirected", host=urlsplit(url).hostname or "?")

    async def _read(self, response: httpx.Response, content_type: str, told: Told | None) -> bytes | None:
        status = response.status_code
        if status in _MISSING:
            return None
        if status in (403, 429):
            wait = _seconds(response.headers.get("Retry-After", ""))
            await self._pace.pause(SourceName.ARXIV, min(max(wait, self._interval), LONGEST_PAUSE))
            raise ReadingError("reading.refused", status=status)
        if status != 200:
            raise ReadingError("reading.unavailable", status=status)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != content_type and not (content_type == "text/html" and kind == "application/xhtml+xml"):
            raise ReadingError("reading.wrong_type", found=kind or "?")
        if not is_safely_packed(response.headers.get("Content-Encoding", "")):
            raise httpx.DecodingError("packed in a way that could fill the memory", request=response.request)
        length = response.headers.get("Content-Length", "")
        total = int(length) // 1024 if re.fullmatch(r"[0-9]{1,12}", length) else 0
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > self._limits.largest:
                raise ReadingError("reading.too_large", limit=self._limits.largest // 2**20)
            if told:
                told(response.num_bytes_downloaded // 1024, total)
        return bytes(body)

    def _is_arxivs(self, url: str) -> bool:
        """Return whether an address is arXiv's own, or that of what stands in for it."""
        target, base = urlsplit(url), urlsplit(self._base_url)
        if (target.scheme, target.netloc) == (base.scheme, base.netloc):
            return True
        host = target.hostname or ""
        return target.scheme == "https" and (host == "arxiv.org" or host.endswith(".arxiv.org"))

    def _http(self) -> httpx.AsyncClient:
        """Return the client, made at the first request: loading the certificates takes time, and few commands read."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                headers=self._headers,
                timeout=httpx.Timeout(self._limits.timeout, connect=min(self._limits.connect, self._limits.timeout)),
                transport=self._transport,
                follow_redirects=False,
            )
        return self._client


def _seconds(text: str) -> float:
    """Return the seconds of a Retry-After header, 0 for its other form, a date, or none."""
    return float(text) if re.fullmatch(r"[0-9]{1,6}", text.strip()) else 0.0
