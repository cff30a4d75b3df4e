"""Measure embeds as Discord does, and pack them into messages. Pure.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.common.cutting import units
from adapters.discord.buttons import Json

TITLE, DESCRIPTION, FOOTER = 256, 4096, 2048
TOTAL, EMBEDS = 6000, 10  # per message: units of all texts, number of embeds
COLOUR = 0xB5452C  # of our embeds: the vermilion of a print's seal


def length(embeds: Iterable[Json]) -> int:
    """Return the units of all text that counts towards Discord's total."""
    total = 0
    for embed in embeds:
        texts = [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
        texts += [text for one in embed.get("fields", ()) for text in (one["name"], one["value"])]
        total += sum(map(units, texts))
    return total


def packed(embeds: Iterable[Json]) -> list[list[Json]]:
    """Distribute the embeds, in order, over as few messages as possible."""
    messages: list[list[Json]] = []
    for embed in embeds:
        last = messages[-1] if messages else None
        if last is None or len(last) == EMBEDS or length([*last, embed]) > TOTAL:
            messages.append([embed])
        else:
            last.append(embed)
    return messages
