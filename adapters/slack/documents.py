"""Send a reply's documents as files in direct messages: only the asker may see them, and files cannot be ephemeral."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

from adapters.slack.answers import Asked
from adapters.slack.files import MOST, Files, Upload
from bot.errors import SCOPE_MISSING, AmbiguousError, PlatformError
from bot.models import Document, Reply, Sentence, fault, say
from bot.words import words_for
from bot.words.replies import reply_lines

logger = logging.getLogger(__name__)


class Documents:
    """Sends what is to be kept; what cannot be sent stays in the reply, as text with a sentence that says why."""

    def __init__(self, files: Files) -> None:
        self._files = files

    async def sent(self, asked: Asked, replies: AsyncIterator[Reply]) -> AsyncIterator[Reply]:
        """Yield the replies, with their files sent. Raises whatever `replies` raises."""
        async for reply in replies:
            kept = [one for one in reply.documents if one.kept and one.text]
            yield await self._sent(asked, reply, kept[:MOST]) if kept else reply

    async def _sent(self, asked: Asked, reply: Reply, kept: list[Document]) -> Reply:
        comment = " ".join(reply_lines(words_for(reply.language), reply))
        try:
            channel = await self._files.direct(asked.team, asked.user)
            uploads = [Upload(one.name, one.text.encode()) for one in kept]
            await self._files.post(asked.team, channel, uploads, comment=comment)
        except PlatformError as error:
            logger.warning("an export is shown as text: %s", error)
            return replace(reply, sentences=(*reply.sentences, *_why(error)))
        rest = tuple(one for one in reply.documents if one not in kept)
        return replace(reply, sentences=(*reply.sentences, say("chat.files.direct")), documents=rest)


def _why(error: PlatformError) -> tuple[Sentence, ...]:
    if isinstance(error, AmbiguousError):
        return (say("chat.files.unsure"),)
    if error.code == SCOPE_MISSING:
        return (say("chat.files.unsent"), fault(error))
    return (say("chat.files.unsent"),)
