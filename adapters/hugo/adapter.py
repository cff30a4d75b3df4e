"""The blog as an adapter, which only sends."""

from __future__ import annotations

from adapters.hugo.checks import checks
from adapters.hugo.platform import NAME, HugoPlatform
from adapters.hugo.render import Math
from adapters.hugo.settings import HugoSettings
from bot.models import ChannelKey, Layout
from bot.ports import Adapter, Connection, PlatformFacts

RATE = 1000.0  # pages a second: a disk has no limit worth keeping


def build(settings: HugoSettings) -> Adapter[object]:
    """Build the adapter for the blog; it subscribes the folder that its settings name."""
    directory = settings.hugo_content_dir
    return Adapter(
        PlatformFacts(NAME, rates={NAME: RATE}, layouts=(Layout.PAGE,)),
        lambda _: Connection(HugoPlatform(Math(settings.hugo_math))),
        checks=checks(settings),
        channels={ChannelKey(NAME, str(directory.resolve())): Layout.PAGE} if directory else {},
    )
