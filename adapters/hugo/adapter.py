"""The blog as an adapter: it only sends."""

from __future__ import annotations

from adapters.hugo.platform import NAME, HugoPlatform
from bot.ports import Adapter


def build() -> Adapter:
    """The adapter for every channel whose platform is `hugo`."""
    return Adapter(NAME, HugoPlatform())
