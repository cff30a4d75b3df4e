"""The digests of a blog, read back from its posts."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from adapters.hugo.platform import NAME, read_posts
from adapters.hugo.post import to_digest
from bot.digests.imports import Published
from bot.errors import BotError, InputError
from bot.models import ChannelKey


def published(directory: Path) -> Published:
    """Read every post below the directory as a digest of the blog's own channel.

    Raises InputError (`input.file`) where the directory cannot be read.
    """
    if not directory.is_dir():
        why_not = errno.ENOTDIR if directory.exists() else errno.ENOENT
        raise InputError("input.file", path=directory, reason=os.strerror(why_not))
    channel = ChannelKey(NAME, str(directory.resolve()))
    digests, unreadable = [], []
    for path, post in read_posts(directory):
        if isinstance(post, BotError):
            unreadable.append((path, post))
        else:
            digests.append(to_digest(post, channel))
    return Published(tuple(digests), tuple(unreadable))
