"""Posts on disk: written whole or not at all, never over somebody else's, and read back."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from adapters.hugo.parse import parse
from adapters.hugo.post import Post, to_digest
from adapters.hugo.render import render
from bot.errors import InputError, OutputError, PermanentError, TransientError
from bot.models import Absent, DeliveryKey, Digest, Found, MessageRef, Page, Part, Place
from bot.words import words_for
from bot.words.languages import language_tag
from bot.words.sentences import empty

NAME = "hugo"
RETRY_SECONDS = 60.0  # a full disk or a missing mount takes a person to mend
LARGEST_POST = 2_000_000  # bytes; five papers need 20,000


class HugoPlatform:
    """The blog as a place to deliver to: a channel's name is its directory, a page its message.

    Writing the same page twice is harmless, so nothing here is ever ambiguous.
    """

    async def post(self, place: Place, part: Part, key: DeliveryKey) -> MessageRef:  # noqa: ARG002  # the port's
        """Write the page's bundle; other parts have no place in a blog. Raises PermanentError and TransientError."""
        return await self._write(Path(place.channel.name), part)

    async def edit(self, ref: MessageRef, part: Part) -> None:
        """Write the page anew where it is. Raises as `post`."""
        await self._write(Path(ref.value).parent.parent, part)

    async def find(self, place: Place, key: DeliveryKey, since: datetime) -> Found:  # noqa: ARG002  # the port's
        """Always Absent: writing again changes nothing."""
        return Absent()

    async def _write(self, directory: Path, part: Part) -> MessageRef:
        if not isinstance(part, Page):
            raise PermanentError("platform.rejected", whole_channel=False, platform=NAME)
        try:
            return MessageRef(NAME, str(await asyncio.to_thread(write, part.digest, directory)))
        except OutputError as error:
            if error.code == "output.unwritable":
                raise TransientError("platform.unavailable", seconds=RETRY_SECONDS, platform=NAME) from error
            raise PermanentError("platform.rejected", whole_channel=False, platform=NAME) from error


def write(digest: Digest, directory: Path) -> Path:
    """Write the digest's page bundle below the directory and return the page's path.

    The page is `<date>-llm-papers-daily/index.md`, or `index.<language>.md` where that one is in another language. The
    same digest again leaves the file untouched or, where a summary came later, replaces it.
    Raises InputError `input.language`; OutputError `digest.no_papers` for a digest without entries, `output.foreign`
    where the date's page holds other papers or is no post, `output.unwritable`.
    """
    if not digest.entries:
        reason = empty(words_for(digest.language), digest)
        raise OutputError("digest.no_papers", date=digest.date, reason=reason)
    tag = _tag(digest.language)
    bundle = directory / f"{digest.date.isoformat()}-llm-papers-daily"
    target = bundle / "index.md"
    try:
        there = _own(target, digest)
        if there and there.language != tag:
            target = bundle / f"index.{tag.lower()}.md"
            _own(target, digest)
        _put(target, render(digest, words_for(digest.language)).encode())
    except OSError as error:
        path = error.filename or target
        raise OutputError("output.unwritable", path=str(path), problem=error.strerror or str(error)) from error
    return target


def read_posts(directory: Path) -> Iterator[tuple[Path, Post | InputError]]:
    """Every Markdown file below the directory (or the one file that it is), in the order of their paths.

    A file that is no post comes with the reason. Raises InputError `input.file` for a directory that is not there.
    """
    if not directory.exists():
        raise InputError("input.file", path=str(directory), reason="hugo.missing")
    paths = [directory] if directory.is_file() else sorted(filter(Path.is_file, directory.rglob("*.md")))
    for path in paths:
        try:
            yield path, _read(path)
        except InputError as error:
            yield path, error
        except OSError as error:
            yield path, InputError("input.file", path=str(path), reason=error.strerror or str(error))


def _read(path: Path) -> Post:
    with path.open("rb") as stream:
        content = stream.read(LARGEST_POST + 1)
    if len(content) > LARGEST_POST:
        raise InputError("input.post", path=str(path), line=1, reason="hugo.size")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("input.post", path=str(path), line=line, reason="hugo.encoding") from None
    return parse(text, str(path))


def _own(path: Path, digest: Digest) -> Post | None:
    """The post at the path, None where there is none. Raises OutputError for anything but this digest's papers."""
    try:
        post = _read(path)
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
    return post


def _tag(language: str) -> str:
    try:
        return language_tag(language)
    except ValueError:
        raise InputError("input.language", text=language) from None


def _put(path: Path, content: bytes) -> None:
    """Replace the file in one step, with its content on the disk before its name is."""
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".index.", dir=path.parent)  # Hugo passes over names with a dot before
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
