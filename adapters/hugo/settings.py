"""The blog's environment variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from bot.settings import AdapterSettings, Folder, Problem

if TYPE_CHECKING:
    from bot.ports import Adapter


class HugoSettings(AdapterSettings):
    """Settings for the blog: its folder, and how it writes formulas. None of them is secret."""

    codes: ClassVar[Mapping[str, str]] = {"hugo_math": "settings.hugo_math"}

    hugo_content_dir: Folder | None = None
    hugo_math: Literal["source", "text", "passthrough"] = "source"  # the values of `adapters.hugo.render.Math`

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
