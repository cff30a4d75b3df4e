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
    """Build the home tab: each channel's digest, how to vote, and the commands."""
    say = words.say
    blocks = [b.header(say("home.title")), b.rich(b.line(*b.sentence(say("home.about")))), b.divider()]
    blocks.append(b.header(say("home.channels")))
    listed = [one for one in channels if one.state is not ChannelState.OFF]
    if not listed:
        blocks.append(b.rich(b.line(*b.sentence(say("home.channels.none")))))
    for channel in listed[:_MOST_CHANNELS]:
        identifier = channel_of(channel.key.name)
        blocks.append(
            b.rich(b.line(b.channel(identifier, say("chat.direct")), b.text(f"\n{_state_line(channel, words)}")))
        )
        blocks.append(b.actions(b.button(say("button.settings"), FORM, identifier), block=f"home.{identifier}"))
    if len(listed) > _MOST_CHANNELS:
        blocks.append(b.context(words.count("home.channels.more", len(listed) - _MOST_CHANNELS)))
    blocks += [b.divider(), b.header(say("home.votes"))]
    blocks.append(b.rich(b.bullets(b.line(*b.sentence(say(f"home.votes.{one}"))) for one in ("thumbs", "numbers"))))
    blocks.append(b.header(say("home.commands")))
    blocks.append(
        b.rich(b.bullets(b.line(*b.sentence(say(f"home.commands.{one}"))) for one in ("paper", "digest", "dm")))
    )
    return {"type": "home", "blocks": blocks}


def _state_line(channel: Channel, words: Words) -> str:
    """Return the channel's state in one line, in the channel's time zone."""
    reply = Reply(words.language, channel.settings.timezone, (state(channel),))
    return reply_lines(words, reply)[0].replace("`", "")
