"""Decide who may change what a channel gets. Pure."""

from __future__ import annotations

from bot.models import Asker, Channel, ChannelKey, Person, Sentence, Term, say


def may_change(asker: Asker, channel: Channel | None) -> bool:
    """Return whether this person may change what the channel gets. `channel` is None if it was never subscribed."""
    if asker.is_admin:
        return True
    if channel is None:
        return asker.may_subscribe
    return bool(asker.user) and asker.user in (channel.subscribed_by, *channel.settings.managers)


def refusal(key: ChannelKey, channel: Channel | None) -> Sentence:
    """Return the sentence that says who may change the channel instead."""
    who = Term(f"channels.managed.{key.platform}", "channels.managed")
    named = [channel.subscribed_by, *channel.settings.managers] if channel else []
    people = tuple(Person(user) for user in dict.fromkeys(named) if user)
    return say("channels.refused.people", who=who, people=people) if people else say("channels.refused", who=who)
