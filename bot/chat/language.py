"""The one rule for the language of an answer: the channel's, and where nobody has subscribed it, the asker's."""

from __future__ import annotations

from dataclasses import replace

from bot.models import Asker, Channel, ChannelSettings
from bot.words.languages import language_tag

_COUNTRY_MATTERS = ("zh",)  # written differently from country to country


def settings_for(channel: Channel | None, asker: Asker, defaults: ChannelSettings) -> ChannelSettings:
    """Return the channel's settings; where it has none, those of a new channel, in the asker's language.

    `defaults` has the language where the platform does not report the asker's.
    """
    if channel:
        return channel.settings
    return replace(defaults, language=own_language(asker.language) or defaults.language)


def own_language(tag: str) -> str:
    """Return the language that a platform reports of a person or a server, "" if it is none.

    The country is left out, so that `en-US` and `en-GB` share their summaries, but for Chinese: `zh-TW` stays.
    """
    try:
        language, *rest = language_tag(tag).split("-")
    except ValueError:
        return ""
    kept = rest if language in _COUNTRY_MATTERS else [part for part in rest if len(part) == 4]  # a script
    return "-".join([language, *kept])
