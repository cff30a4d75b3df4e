"""The home tab: a workspace at a glance. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack import blocks as b
from adapters.slack.blocks import Json
from adapters.slack.render import FORM, channel_of
from bot.chat.overview import state
from bot.models import Channel, ChannelState, Reply
from bot.words import Words
from bot.words.replies import reply_lines

_MOST_CHANNELS = 30  # of at most 100 blocks


def home(channels: Sequence[Channel], words: Words) -> Json:
    """The workspace at a glance: what comes where and when, and how to vote."""
    say = words.say
    made = [b.header(say("home.title")), b.rich(b.line(*b.sentence(say("home.about")))), b.divider()]
    made.append(b.header(say("home.channels")))
    shown = [one for one in channels if one.state is not ChannelState.OFF]
    if not shown:
        made.append(b.rich(b.line(*b.sentence(say("home.channels.none")))))
    for channel in shown[:_MOST_CHANNELS]:
        identifier = channel_of(channel.key.name)
        made.append(b.rich(b.line(b.channel(identifier), b.text(f"\n{_told(channel, words)}"))))
        made.append(b.actions(b.button(say("button.settings"), FORM, identifier), block=f"home.{identifier}"))
    if len(shown) > _MOST_CHANNELS:
        made.append(b.context(words.count("home.channels.more", len(shown) - _MOST_CHANNELS)))
    made += [b.divider(), b.header(say("home.votes"))]
    made.append(b.rich(b.bullets(b.line(*b.sentence(say(f"home.votes.{one}"))) for one in ("thumbs", "numbers"))))
    made.append(b.header(say("home.commands")))
    made.append(
        b.rich(b.bullets(b.line(*b.sentence(say(f"home.commands.{one}"))) for one in ("paper", "digest", "dm")))
    )
    return {"type": "home", "blocks": made}


def _told(channel: Channel, words: Words) -> str:
    """Its state in one line, in the channel's own time."""
    reply = Reply(words.language, channel.settings.timezone, (state(channel),))
    return reply_lines(words, reply)[0].replace("`", "")
