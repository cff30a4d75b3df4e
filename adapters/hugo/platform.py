"""Posts on disk: written whole or not at all, never over somebody else's, and read back."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from adapters.hugo.edits import edited
from adapters.hugo.parse import parse
from adapters.hugo.post import Post, to_digest
from adapters.hugo.render import Math, render
from bot.errors import InputError, OutputError, PermanentError, TransientError
from bot.models import Absent, DeliveryKey, Digest, Found, MessageRef, Page, Part, Place
from bot.words import words_for
from bot.words.languages import language_tag
from bot.words.sentences import empty

NAME = "hugo"
RETRY_SECONDS = 60.0  # a full disk or a missing mount takes a person to fix
LARGEST_POST = 2_000_000  # bytes; five papers need 20,000

logger = logging.getLogger(__name__)


class HugoPlatform:
    """The blog as a platform: a channel's name is its directory, and a page is a message.

    Writing the same page twice is harmless, so nothing here is ever ambiguous.
    """

    def __init__(self, math: Math = Math.SOURCE) -> None:
        self._math = math

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:  # noqa: ARG002  # the port's
        """Write the page's bundle. A blog accepts no other part. Raises PermanentError and TransientError."""
        return await self._write(Path(place.channel.name), part)

    async def edit(self, ref: MessageRef, part: Part) -> None:
        """Rewrite the page where it is. Raises as `post` does."""
        await self._write(Path(ref.value).parent.parent, part)

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:  # noqa: ARG002  # the port's
        """Return Absent, always: writing again changes nothing."""
        return Absent()

    async def _write(self, directory: Path, part: Part) -> MessageRef:
        if not isinstance(part, Page):
            raise PermanentError("platform.rejected", whole_channel=False, platform=NAME)
        try:
            return MessageRef(NAME, str(await asyncio.to_thread(write, part.digest, directory, self._math)))
        except OutputError as error:
            if error.code == "output.unwritable":
                raise TransientError("platform.unavailable", seconds=RETRY_SECONDS, platform=NAME) from error
            logger.warning("a post of the blog stays as it is: %s", error)
            raise PermanentError("platform.rejected", whole_channel=False, platform=NAME) from error


def write(digest: Digest, directory: Path, math: Math = Math.SOURCE) -> Path:
    """Write the digest's page bundle below the directory and return the page's path.

    The page is `<date>-llm-papers-daily/index.md`, or `index.<language>.md` if that one is in another language. Writing
    the same digest again leaves the file untouched, or replaces it if a summary was added.

    Raises InputError `input.language`; OutputError `digest.no_papers` for a digest without entries, `output.foreign` if
    the date's page has other papers or is not a post, `output.edited` if a person changed it, `output.unwritable`.
    """
    if not digest.entries:
        reason = empty(words_for(digest.language), digest)
        raise OutputError("digest.no_papers", date=digest.date, reason=reason)
    tag = _tag(digest.language)
    bundle = directory / f"{digest.date.isoformat()}-llm-papers-daily"
    target = bundle / "index.md"
    try:
        existing = _own(target, digest)
        if existing and existing[1].language != tag:
            target = bundle / f"index.{tag.lower()}.md"
            existing = _own(target, digest)
        words = words_for(digest.language)
        content = render(digest, words, math)
        if existing and existing[0] != content and edited(*existing, digest, words):
            raise OutputError("output.edited", path=str(target))
        _put(target, content.encode())
    except OSError as error:
        path = error.filename or target
        raise OutputError("output.unwritable", path=str(path), problem=error.strerror or str(error)) from error
    return target


def read_posts(directory: Path) -> Iterator[tuple[Path, Post | InputError]]:
    """Yield every Markdown file below the directory (or the one file that it is), in the order of their paths.

    A file that is not a post comes with the reason. Raises InputError `input.file` for a missing directory.
    """
    if not directory.exists():
        raise InputError("input.file", path=str(directory), reason="hugo.missing")
    paths = [directory] if directory.is_file() else sorted(filter(Path.is_file, directory.rglob("*.md")))
    for path in paths:
        try:
            yield path, _read(path)[1]
        except InputError as error:
            yield path, error
        except OSError as error:
            yield path, InputError("input.file", path=str(path), reason=error.strerror or str(error))


def _read(path: Path) -> tuple[str, Post]:
    """Return the file's text, and what it reads as. Raises InputError if it is not a post, OSError if it is no file."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a pipe would never open: nobody writes to it
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    with path.open("rb") as stream:
        content = stream.read(LARGEST_POST + 1)
    if len(content) > LARGEST_POST:
        raise InputError("input.post", path=str(path), line=1, reason="hugo.size")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("input.post", path=str(path), line=line, reason="hugo.encoding") from None
    return text, parse(text, str(path))


def _own(path: Path, digest: Digest) -> tuple[str, Post] | None:
    """Return the post at the path with its text, or None if there is none. Raises OutputError if it is not a post of
    this digest's papers.
    """
    try:
        text, post = _read(path)
    except FileNotFoundError:
        return None
    except InputError as error:
        raise OutputError("output.foreign", path=str(path)) from error
    theirs = to_digest(post, digest.channel).entries
    same = len(theirs) == len(digest.entries) and all(
        set(their.paper.keys) & set(our.paper.keys) for their, our in zip(theirs, digest.entries, strict=True)
    )
    if post.date != digest.date or not same:
        raise OutputError("output.foreign", path=str(path))
    return text, post


def _tag(language: str) -> str:
    try:
        return language_tag(language)
    except ValueError:
        raise InputError("input.language", text=language) from None


def _put(path: Path, content: bytes) -> None:
    """Replace the file atomically, with its content on disk before its name."""
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".index.", dir=path.parent)  # Hugo ignores names with a leading dot
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
