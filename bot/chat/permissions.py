"""Decide who may change what a channel gets, and say what the bot itself may not do there. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.models import Asker, Channel, ChannelKey, Lacking, Person, Sentence, Term, say


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


def cannot_post(lacking: Lacking) -> tuple[Sentence, ...]:
    """Return the sentence that names the permissions without which the bot can post no digest, if any is lacking."""
    return (say("channels.lacking", permissions=_names(lacking.posting)),) if lacking.posting else ()


def cannot_thread(lacking: Lacking) -> tuple[Sentence, ...]:
    """Return the sentence that says why the summaries stand in the channel, if they cannot be in a thread."""
    if lacking.posting or not lacking.threads:
        return ()
    return (say("channels.lacking.threads", permissions=_names(lacking.threads)),)


def _names(permissions: Iterable[str]) -> tuple[Term, ...]:
    return tuple(Term(f"permission.{name}", name) for name in permissions)
