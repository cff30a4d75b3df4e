"""What may stand in an answer without proof, because it claims nothing."""

from __future__ import annotations

import time

import pytest

from bot.questions.glue import is_glue


@pytest.mark.parametrize(
    "text",
    [
        "According to the paper, ",
        "In short:",
        "However, the authors also note that ",
        "The paper reports the following:",
        "As stated in the abstract,",
        "and",
        " — ",
        ".",
        "For example, ",
        "On the other hand,",
        "The answer is that",
        "論文によると、",
        "著者らは",
        "と述べている。",
        "また、",
        "理由は次のとおりである。",
        "まとめると、",
        "一方で、この論文では",
    ],
)
def test_connectives_are_glue(text: str) -> None:
    assert is_glue(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is wrong that ",
        "It is not the case that",
        "The paper does not say that",
        "Therefore, ",
        "because",
        "This is the first",
        "The model is better.",
        "According to the paper, the model wins",
        "According to OpenAI, ",
        "In 2 ways:",
        "二つの理由がある。",
        "とは述べていない。",
        "したがって、",
        "ではない。",
        "著者らはこれが最高だと",
        "Trust this.",
        "https://example.org",
        "論文によるとモデルは",
        "and " * 40,
        "また、" * 100,
    ],
)
def test_statements_denials_and_conclusions_are_not(text: str) -> None:
    assert not is_glue(text)


def test_nothing_takes_long() -> None:
    started = time.monotonic()
    for text in ("and, " * 17 + "x", "と" * 89 + "x", "it say " * 12, "the paper " * 8):
        is_glue(text)
    assert time.monotonic() - started < 2
