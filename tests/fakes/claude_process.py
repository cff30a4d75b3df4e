"""The Claude API as a server of its own, which writes about invented papers, and about others as far as it can.

    python -m tests.fakes.claude_process [--port N]

The first line that it prints is its address. `tests.support.standins.Claude` changes its mode and reads its log.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.fakes import claude_answers, claude_api, claude_stream
from tests.fakes.claude_api import Json, Rejected
from tests.fakes.claude_modes import ERRORS, STREAMS, Modes, Rule
from tests.fakes.claude_writing import TWISTS, twisted, written
from tests.fakes.serving import serve

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_TAGGED = "<{0}>\n(.*?)\n</{0}>"


class Subject:
    """The paper between a request's tags, and the language of its task."""

    def __init__(self, content: str) -> None:
        paper, task = _tagged(content, "paper"), _tagged(content, "task")
        self.title = str(paper.get("title", ""))
        self.abstract = str(paper.get("abstract", "" if paper else content))
        self.language = str(task.get("language_tag", "en")).replace("_", "-").partition("-")[0]


def _tagged(content: str, tag: str) -> Json:
    found = re.search(_TAGGED.format(tag), content, re.DOTALL)
    return json.loads(found[1]) if found else {}


class Claude:
    """The API with its modes, its prompt cache and its request log."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.modes = Modes()
        self.cache = claude_api.PromptCache()
        self.log: list[Json] = []
        self.answered: set[str] = set()
        self.under_way = self.most_under_way = 0
        self.over = asyncio.Event()  # set when answers that hang may end

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=2**25)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", self._count_tokens)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/v1/models/{id}", self._model)
        app.router.add_get("/_log", self._get_log)
        app.router.add_post("/_reset", self._reset)
        app.router.add_get("/_mode", self._get_mode)
        app.router.add_post("/_mode", self._set_mode)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse requests without a key, and give every refusal the API's shape."""
        try:
            if request.path.startswith("/v1/") and not _has_key(request):
                raise Rejected(401, "authentication_error", "x-api-key header is required")
            return await handler(request)
        except Rejected as rejected:
            self._note(request.path, {}, status=rejected.status)
            return self._error(rejected.status, rejected.kind, str(rejected))

    def _note(self, path: str, body: Json, **more: Any) -> Json:
        content = _content(body)
        subject = Subject(content)
        entry = {name: body.get(name) for name in ("model", "system", "messages", "max_tokens")} | {
            "at": time.time(), "path": path, "title": subject.title, "language": subject.language,
            "duplicate": bool(content) and content in self.answered, "mode": None, "status": None, "usage": None,
        }  # fmt: skip
        self.log.append(entry | more)
        return self.log[-1]

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body: Json = await request.json()
        if "anthropic-version" not in request.headers:
            raise Rejected(400, "invalid_request_error", "anthropic-version: header is required")
        claude_api.validate(body)
        rule = self.modes.of(json.dumps(body, ensure_ascii=False))
        entry = self._note(request.path, body, mode=rule.mode)
        usage = self.cache.usage(body)
        response: web.StreamResponse
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(rule.seconds)
            if body.get("stream") and rule.mode not in ERRORS:
                response = await self._stream(request, body, rule, entry, usage)
            else:
                response = self._answer(body, rule, entry, usage)
        finally:
            self.under_way -= 1
        entry["status"] = response.status
        return response

    def _answer(self, body: Json, rule: Rule, entry: Json, usage: Json) -> web.Response:
        if rule.mode in ERRORS:
            return self._error(*ERRORS[rule.mode])
        if rule.mode == "bad_body":
            return web.Response(text='{"id": "msg_', content_type="application/json")
        text = _text(body, rule.mode)
        stop = {"truncated": "max_tokens", "refusal": "refusal"}.get(rule.mode, "end_turn")
        message = claude_api.message(len(self.log), body["model"], text, stop, usage)
        entry["usage"] = message["usage"]
        self.answered.add(_content(body))
        return web.json_response(message, headers={"request-id": f"req_{len(self.log):024}"})

    async def _stream(
        self, request: web.Request, body: Json, rule: Rule, entry: Json, usage: Json
    ) -> web.StreamResponse:
        task = _tagged(_content(body), "task")
        documents = [
            (str(document.get("title")), claude_api.sentences_of(document))
            for document in claude_api.documents_of(body)
        ]
        asked = claude_answers.Task(
            documents, str(task.get("question", "")), str(task.get("language_tag", "en")).replace("_", "-")
        )
        stop = {"truncated": "max_tokens", "refusal": "refusal"}.get(rule.mode, "end_turn")
        blocks = claude_answers.blocks(asked, rule.mode)
        events = list(claude_stream.events(len(self.log), body["model"], blocks, stop, usage))
        last = next(event for event in events if event["type"] == "message_delta")
        if rule.mode not in STREAMS:
            entry["usage"] = usage | last["usage"]
        entry |= {"title": " / ".join(title for title, _ in documents), "language": asked.language}
        self.answered.add(_content(body))
        return await claude_stream.send(request, events, rule.mode, self.over)

    def _error(self, status: int, kind: str, text: str) -> web.Response:
        body = claude_api.error(len(self.log), kind, text)
        headers = {"request-id": body["request_id"]} | ({"retry-after": "1"} if status == 429 else {})
        return web.json_response(body, status=status, headers=headers)

    async def _count_tokens(self, request: web.Request) -> web.Response:
        body: Json = await request.json()
        claude_api.validate(body, counted=True)
        return web.json_response({"input_tokens": claude_api.input_tokens(body)})

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"data": list(map(claude_api.model, claude_api.MODELS)), "has_more": False})

    async def _model(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if name not in claude_api.MODELS:
            raise Rejected(404, "not_found_error", f"model: {name}")
        return web.json_response(claude_api.model(name))

    async def _get_log(self, _: web.Request) -> web.Response:
        used = [entry["usage"] for entry in self.log if entry["usage"]]
        names = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        totals = {name: sum(usage[name] for usage in used) for name in names} | {
            "calls": len(self.log),
            "answered": len(used),
            "duplicates": sum(entry["duplicate"] for entry in self.log),
            "max_concurrency": self.most_under_way,
        }
        return web.json_response({"requests": self.log, "totals": totals})

    async def _reset(self, _: web.Request) -> web.Response:
        self.over.set()
        self.forget()
        return web.json_response({})

    async def _get_mode(self, _: web.Request) -> web.Response:
        return web.json_response({"default": asdict(self.modes.default), "rules": list(map(asdict, self.modes.rules))})

    async def _set_mode(self, request: web.Request) -> web.Response:
        try:
            self.modes.add(Rule(**await request.json()))
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})


def _has_key(request: web.Request) -> bool:
    """Return whether a key came along, as `x-api-key: …` or `Authorization: Bearer …`."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer")
    return bool(request.headers.get("x-api-key", "").strip() or bearer.strip())


def _content(body: Json) -> str:
    """Return the text of all turns."""
    return "\n".join(claude_api.texts_of(message.get("content")) for message in body.get("messages") or [])


def _text(body: Json, mode: str) -> str:
    """Return the answer's text: an object with the fields of the request's schema, or prose if there is none."""
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema and "questions" in schema["properties"]:
        return json.dumps({"questions": claude_answers.next_questions(_tagged(_content(body), "task"))})
    subject = Subject(_content(body))
    texts = written(subject.title, subject.abstract, subject.language)
    if mode in TWISTS:
        texts = twisted(texts, mode, subject.title, subject.abstract, subject.language)
    if schema is None:
        return texts.summary
    if unknown := schema["properties"].keys() - asdict(texts).keys():
        raise Rejected(500, "api_error", f"the tests' Claude has nothing to say for {', '.join(sorted(unknown))}")
    answer = json.dumps({name: getattr(texts, name) for name in schema["properties"]}, ensure_ascii=False)
    return answer[: len(answer) // 2] if mode in ("truncated", "bad_json") else answer


def main() -> None:
    parser = argparse.ArgumentParser(description="The Claude API, for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one (default)")
    asyncio.run(serve(Claude().app(), parser.parse_args().port))


if __name__ == "__main__":
    main()
