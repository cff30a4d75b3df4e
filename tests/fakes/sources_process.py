"""The paper sources as one server of its own: arXiv, Hugging Face and Semantic Scholar on recorded days.

    python -m tests.fakes.sources_process [--port N] [--recordings FOLDER] [--interval SECONDS]

Without a folder the days are invented ones. The first line that it prints is its address.
`tests.support.standins.Upstream` moves its day, breaks it, and reads what it was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes import invented, sources_arxiv, sources_corpus, sources_faults, sources_huggingface
from tests.fakes.arxiv_files import ArxivFiles
from tests.fakes.serving import serve
from tests.fakes.sources_corpus import Corpus, Json
from tests.fakes.sources_scholar import Answer, BadRequest, Scholar

_EARLY = 0.98  # the share of arXiv's interval after which it takes the next request
_KEYLESS = 5  # each such call without a key meets the pool that all users share


class Sources:
    """The three sources with their request log and the faults in force."""

    def __init__(self, corpus: Corpus, interval: float) -> None:
        self.corpus = corpus
        self.scholar = Scholar(corpus)
        self.interval = interval
        self.forget()

    def forget(self) -> None:
        self.corpus.restore()
        self.log: list[Json] = []
        self.faults: list[sources_faults.Fault] = []
        self.files = ArxivFiles(self.corpus)
        self._without_key = 0
        self._under_way = 0
        self._last = -self.interval

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**24)
        for path, source, answer in (
            ("/api/query", "arxiv", self._arxiv),
            ("/rss/{feeds}", "arxiv", self._rss),
            ("/html/{name:.+}", "arxiv", self._page),
            ("/pdf/{name:.+}", "arxiv", self._pdf),
            ("/api/daily_papers", "hf", self._daily),
            ("/api/papers/{id}", "hf", self._listed),
            ("/graph/v1/paper/search", "s2", self._scholarly(self.scholar.search)),
            ("/graph/v1/paper/search/bulk", "s2", self._scholarly(self.scholar.bulk)),
            ("/graph/v1/paper/search/match", "s2", self._scholarly(self.scholar.match)),
            ("/graph/v1/paper/{id:.+}", "s2", self._paper),
            ("/recommendations/v1/papers/forpaper/{id:.+}", "s2", self._recommended_for),
        ):
            app.router.add_get(path, self._watched(source, answer))
        app.router.add_post("/graph/v1/paper/batch", self._watched("s2", self._batch))
        app.router.add_post("/recommendations/v1/papers", self._watched("s2", self._recommended))
        app.router.add_get("/_log", self._get_log)
        app.router.add_post("/_reset", self._reset)
        app.router.add_post("/_today", self._today)
        app.router.add_post("/_revise", self._revise)
        app.router.add_post("/_fault", self._fault)
        app.router.add_post("/_pages", self._set_pages)
        app.router.add_put("/_pdf/{name:.+}", self._put_pdf)
        return app

    def _watched(
        self, source: str, answer: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Wrap a handler in the source's rate limit, the faults and the request log."""

        async def handle(request: web.Request) -> web.StreamResponse:
            entry: Json = {
                "at": time.time(), "source": source, "method": request.method, "path": request.path,
                "query": dict(request.query), "user_agent": request.headers.get("User-Agent"),
                "status": None, "note": None,
            }  # fmt: skip
            self.log.append(entry)
            refusal = self._refusal(source, request)
            if refusal is not None:
                entry["note"], entry["status"] = "too hasty", refusal.status
                return refusal
            self._under_way += source == "arxiv"
            try:
                fault = sources_faults.taken(self.faults, source)
                if fault is None:
                    response: web.StreamResponse = await answer(request)
                else:
                    entry["note"] = f"fault: {fault.kind}"
                    response = await sources_faults.suffer(fault, request, lambda: answer(request), _empty(request))
            finally:
                self._under_way -= source == "arxiv"
            entry["status"] = response.status
            return response

        return handle

    def _refusal(self, source: str, request: web.Request) -> web.Response | None:
        """Return the 429 of a source that was asked too much, or None if it takes the request."""
        if source == "arxiv":
            return self._impolite()
        return self._crowded(request) if source == "s2" else None

    def _impolite(self) -> web.Response | None:
        """Apply arXiv's terms: one connection at a time, and an interval between the starts of two requests."""
        now = time.monotonic()
        if not self.interval or (not self._under_way and now - self._last >= _EARLY * self.interval):
            self._last = now
            return None
        return web.Response(
            status=429, text="Rate exceeded.", headers={"Retry-After": str(max(1, round(self.interval)))}
        )

    def _crowded(self, request: web.Request) -> web.Response | None:
        if request.headers.get("x-api-key"):
            return None
        self._without_key += 1
        refused = self._without_key % _KEYLESS == 0
        return web.json_response({"message": "Too Many Requests.", "code": "429"}, status=429) if refused else None

    async def _arxiv(self, request: web.Request) -> web.Response:
        status, text = sources_arxiv.answer(self.corpus, request.query)
        return web.Response(status=status, text=text, content_type="application/atom+xml")

    async def _rss(self, request: web.Request) -> web.Response:
        text = sources_arxiv.rss(self.corpus, request.match_info["feeds"].split("+"))
        return web.Response(text=text, content_type="text/xml")

    async def _page(self, request: web.Request) -> web.Response:
        status, text = self.files.page(request.match_info["name"])
        return web.Response(status=status, text=text, content_type="text/html")

    async def _pdf(self, request: web.Request) -> web.Response:
        document = self.files.pdf(request.match_info["name"])
        if document is None:
            return web.Response(status=404, text="<h1>No PDF</h1>", content_type="text/html")
        return web.Response(body=document, content_type="application/pdf")

    async def _set_pages(self, request: web.Request) -> web.Response:
        try:
            self.files.form = (await _body(request))["form"]
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})

    async def _put_pdf(self, request: web.Request) -> web.Response:
        self.files.pdfs[request.match_info["name"]] = await request.read()
        return web.json_response({})

    async def _daily(self, request: web.Request) -> web.Response:
        return _json(sources_huggingface.daily_papers(self.corpus, request.query))

    async def _listed(self, request: web.Request) -> web.Response:
        return _json(sources_huggingface.paper(self.corpus, request.match_info["id"]))

    def _scholarly(self, answer: Callable[[Any], Answer]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            return _scholarly(lambda: answer(request.query))

        return handle

    async def _batch(self, request: web.Request) -> web.Response:
        body = await _body(request)
        return _scholarly(lambda: self.scholar.batch(request.query, body))

    async def _paper(self, request: web.Request) -> web.Response:
        return _scholarly(lambda: self.scholar.paper(request.match_info["id"], request.query))

    async def _recommended(self, request: web.Request) -> web.Response:
        body = await _body(request)
        liked, disliked = body.get("positivePaperIds") or [], body.get("negativePaperIds") or []
        return _scholarly(lambda: self.scholar.recommended(liked, disliked, request.query))

    async def _recommended_for(self, request: web.Request) -> web.Response:
        return _scholarly(lambda: self.scholar.recommended([request.match_info["id"]], [], request.query))

    async def _get_log(self, _: web.Request) -> web.Response:
        return web.json_response(self.log)

    async def _reset(self, _: web.Request) -> web.Response:
        self.forget()
        return web.json_response({})

    async def _today(self, request: web.Request) -> web.Response:
        self.corpus.today = date.fromisoformat((await _body(request))["today"])
        return web.json_response({})

    async def _revise(self, request: web.Request) -> web.Response:
        self.corpus.revise(**await _body(request))
        return web.json_response({})

    async def _fault(self, request: web.Request) -> web.Response:
        try:
            self.faults.append(sources_faults.parse(str((await _body(request)).get("spec"))))
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})


def _empty(request: web.Request) -> web.Response:
    """Return a well-formed answer without content."""
    if request.path.startswith(("/html/", "/pdf/")):
        return web.Response(text="", content_type="text/html" if request.path[1] == "h" else "application/pdf")
    if request.path == "/api/query":
        return web.Response(text=sources_arxiv.nothing(), content_type="application/atom+xml")
    if request.path.startswith("/api/"):
        return web.json_response([])
    return web.json_response({"total": 0, "offset": 0, "token": None, "data": []})


def _json(answer: Answer) -> web.Response:
    return web.json_response(answer[1], status=answer[0])


def _scholarly(answer: Callable[[], Answer]) -> web.Response:
    try:
        return _json(answer())
    except BadRequest as error:
        return web.json_response({"error": str(error)}, status=400)


async def _body(request: web.Request) -> Json:
    body: Json = await request.json()
    return body


def main() -> None:
    parser = argparse.ArgumentParser(description="The paper sources, for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one (default)")
    parser.add_argument("--recordings", type=Path, help="a folder with recorded days (default: invented ones)")
    parser.add_argument("--interval", type=float, default=3.0, help="seconds between two requests to arXiv; 0: none")
    asked = parser.parse_args()
    corpus = sources_corpus.load(asked.recordings) if asked.recordings else invented.days()
    asyncio.run(serve(Sources(corpus, asked.interval).app(), asked.port))


if __name__ == "__main__":
    main()
