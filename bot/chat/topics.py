"""Check topics from commands, forms and stored requests against arXiv's list of categories."""

from __future__ import annotations

from collections.abc import Iterable

from bot.errors import InputError, shortened
from bot.models.categories import category, suggestion

MAX_TOPICS = 20


def checked(names: Iterable[str]) -> tuple[str, ...]:
    """Return the categories and archives in arXiv's spelling, each once, in the order in which they were named.

    Raises InputError: `input.topics_meant` if each unknown name resembles a category, otherwise `input.topics`, also
    for no names and for more than `MAX_TOPICS`.
    """
    typed = tuple(names)
    known = {name: category(name) for name in typed}
    unknown = [name for name, found in known.items() if found is None]
    if unknown:
        text = shortened(" ".join(unknown))
        meant = list(dict.fromkeys(map(suggestion, unknown)))
        if len(meant) > MAX_TOPICS or None in meant:
            raise InputError("input.topics", text=text)
        raise InputError("input.topics_meant", text=text, meant=" ".join(filter(None, meant)))
    topics = tuple(dict.fromkeys(found for found in known.values() if found))
    if not 0 < len(topics) <= MAX_TOPICS:
        raise InputError("input.topics", text=shortened(" ".join(typed)))
    return topics
