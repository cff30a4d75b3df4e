"""The addresses that take the content of a file, each once: raw, or as the one file of a form."""

from __future__ import annotations

from aiohttp import web

from tests.fakes.slack_api import SlackApi
from tests.fakes.slack_faults import TAKEN_FIRST
from tests.fakes.slack_state import SlackState


class Uploads:
    """`serve` answers what `files.getUploadURLExternal` named. Faults know it as the method `upload`."""

    def __init__(self, state: SlackState, api: SlackApi) -> None:
        self.state = state
        self.api = api

    async def serve(self, request: web.Request) -> web.StreamResponse:
        content = await _content(request)
        trouble = self.api.faults.meet("upload", {})
        answer = web.Response(text=f"OK - {len(content)}")
        if trouble is None or trouble.what in TAKEN_FIRST:
            answer = self.take(request.path, content) or answer
        return answer if trouble is None else await self.api.spoilt("upload", request, trouble, answer)

    def take(self, path: str, content: bytes) -> web.Response | None:
        """Keep the content; gives the refusal, None where it was taken."""
        file = self.state.files.get(self.state.uploads.get(path, ""))
        if file is None or file.content is not None:
            return web.Response(status=404, text="not found")
        if len(content) != file.length:
            return web.Response(status=400, text="the length is another than announced")
        file.content = content
        return None


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    form = await request.post()
    (field,) = (value for value in form.values() if isinstance(value, web.FileField))
    return field.file.read()
