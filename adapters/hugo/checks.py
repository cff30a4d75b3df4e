"""What `doctor` can find out about the blog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.hugo.settings import HugoSettings
from bot.models import say
from bot.operations.doctor import check_writable
from bot.ports import CheckReport, HealthCheck


def checks(settings: HugoSettings) -> Sequence[HealthCheck]:
    """Check that the folder can be written; nothing without one."""
    directory = settings.hugo_content_dir
    return [HealthCheck("blog", lambda: _writable(directory))] if directory else []


async def _writable(directory: Path) -> CheckReport:
    """Returns the folder. Raises OutputError."""
    check_writable(directory)
    found = "blog" if directory.exists() else "blog_later"
    return CheckReport(say(f"cli.doctor.found.{found}", path=directory.absolute()))
