"""Claude's list prices in US dollars for a million tokens.

Source: https://platform.claude.com/docs/en/about-claude/pricing, read 2026-11-22. Standard tier, no batch discount. A
write to the five-minute prompt cache costs 1.25 times the input price, a read a share of it that depends on the model.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from bot.models import Usage

_CACHE_WRITE = 1.25
_PER = 1_000_000
_DATED = re.compile(r"-\d{8}$")


@dataclass(frozen=True, slots=True)
class Price:
    """Prices: `input` and `output` for a million tokens, `cache_read` as a share of `input`.

    Some models cost more for long prompts: `beyond` is the price of the whole request if its prompt, including cached
    tokens, is longer than `limit` tokens.
    """

    input: float
    output: float
    cache_read: float = 0.1
    limit: float = math.inf
    beyond: Price | None = None

    def at(self, prompt_tokens: int) -> Price:
        """Return the price for a prompt of this length."""
        return self.beyond if self.beyond and prompt_tokens > self.limit else self


_FABLE = Price(10, 50)
_OPUS = Price(5, 25)
_SONNET = Price(3, 15)

PRICES = {
    "claude-fable-5-2": Price(8, 40),
    "claude-fable-5-1": _FABLE,
    "claude-fable-5": _FABLE,
    "claude-mythos-5-1": _FABLE,
    "claude-mythos-5": _FABLE,
    "claude-opus-5-5": Price(4, 20, cache_read=0.05),
    "claude-opus-5": _OPUS,
    "claude-opus-4-8": _OPUS,
    "claude-opus-4-7": _OPUS,
    "claude-opus-4-6": _OPUS,
    "claude-opus-4-5": _OPUS,
    "claude-sonnet-5-5": Price(2, 10, cache_read=0.05),
    "claude-sonnet-5": Price(2, 10),
    "claude-sonnet-4-6": _SONNET,
    "claude-sonnet-4-5": _SONNET,
    "claude-haiku-5-5": Price(0.10, 0.50, limit=100_000, beyond=Price(0.50, 2.50)),
    "claude-haiku-4-5": Price(1, 5),
}
DEAREST = max(PRICES.values(), key=lambda price: (price.output, price.input))


def price_of(model: str) -> Price:
    """Return the model's price. An unknown model costs as much as the dearest known one, to stay within the cap."""
    return PRICES.get(_DATED.sub("", model), DEAREST)


def cost(model: str, usage: Usage) -> float:
    """Return the US dollars for one answered call, from its four token counts."""
    price = price_of(model).at(usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens)
    read = usage.input_tokens + _CACHE_WRITE * usage.cache_write_tokens + price.cache_read * usage.cache_read_tokens
    return (price.input * read + price.output * usage.output_tokens) / _PER


def estimate(model: str, prompt_bytes: int, max_tokens: int) -> float:
    """Return the most US dollars that one call should cost, before it is made.

    `prompt_bytes` is the UTF-8 length of everything sent. Two bytes a token overestimates both English and Japanese
    text (about three). All of it counts as a cache write, the most expensive kind of input.
    """
    tokens = math.ceil(prompt_bytes / 2)
    return cost(model, Usage(output_tokens=max_tokens, cache_write_tokens=tokens))
