"""The blog's environment variables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import AdapterSettings, Problem

if TYPE_CHECKING:
    from bot.ports import Adapter


class HugoSettings(AdapterSettings):
    """Settings for the blog, which needs no secrets."""

    hugo_content_dir: Path | None = None

    @property
    def wanted(self) -> bool:
        return self.hugo_content_dir is not None

    @property
    def missing(self) -> Sequence[Problem]:
        if self.hugo_content_dir is None or str(self.hugo_content_dir).strip():
            return ()
        return [("HUGO_CONTENT_DIR", "settings.hugo_content_dir", "")]

    def adapter(self) -> Adapter[object]:
        from adapters.hugo.adapter import build

        return build(self)
