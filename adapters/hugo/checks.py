"""What `doctor` can find out about the blog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.hugo.settings import HugoSettings
from bot.models import say
from bot.operations.doctor import check_writable
from bot.ports import Check, Finding


def checks(settings: HugoSettings) -> Sequence[Check]:
    """Check that the folder can be written; nothing without one."""
    directory = settings.hugo_content_dir
    return [Check("blog", lambda: _writable(directory))] if directory else []


async def _writable(directory: Path) -> Finding:
    """Returns the folder. Raises OutputError."""
    check_writable(directory)
    return Finding(say("cli.doctor.found.blog", path=directory.absolute()))
