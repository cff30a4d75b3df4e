"""What Claude costs: list prices in US dollars for a million tokens.

Source: https://platform.claude.com/docs/en/about-claude/pricing, read 2026-11-22. Standard tier, no batch discount.
A write into the prompt cache for five minutes costs 1.25 times the input price; a read its own share of it.
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
    """`input` and `output` for a million tokens; `cache_read` as a share of `input`.

    A model may cost more for long prompts: then `beyond` is the price of the whole request once its prompt, cached
    tokens included, is longer than `limit` tokens.
    """

    input: float
    output: float
    cache_read: float = 0.1
    limit: float = math.inf
    beyond: Price | None = None

    def at(self, prompt_tokens: int) -> Price:
        """The price that a prompt of this length pays."""
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
    """The model's price; an unknown model costs as much as the dearest known one, so that no cap is passed unseen."""
    return PRICES.get(_DATED.sub("", model), DEAREST)


def cost(model: str, usage: Usage) -> float:
    """US dollars for one answered call, by its four counts of tokens."""
    price = price_of(model).at(usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens)
    read = usage.input_tokens + _CACHE_WRITE * usage.cache_write_tokens + price.cache_read * usage.cache_read_tokens
    return (price.input * read + price.output * usage.output_tokens) / _PER


def estimate(model: str, prompt_bytes: int, max_tokens: int) -> float:
    """The most US dollars that one call should cost, before it is made.

    `prompt_bytes` is the length of everything sent, in UTF-8: two bytes a token is more tokens than English
    (about three) or Japanese (about three) text gives. All of it counts as a cache write, the dearest kind of input.
    """
    tokens = math.ceil(prompt_bytes / 2)
    return cost(model, Usage(output_tokens=max_tokens, cache_write_tokens=tokens))
