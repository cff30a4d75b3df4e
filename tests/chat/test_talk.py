"""What people say to the bot that is about no paper, told apart from titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.registry import COMMANDS
from bot.chat.talk import Talk, talk_of

SMALL = """
hello|Hello!|hi there|thanks|Thank you very much.|thanks for the digest|Good morning everyone :)|how are you?
what can you do|who are you?|can you help me?|How do I use this?|happy new year|ok|lol|test|👍|🎉🎉
hola|你好|안녕하세요|digest help|/digest help|/digest subscribe ja|digest|Kawaraban!
こんにちは|こんにちは！|いつもありがとうございます。|お疲れ様です|よろしくお願いいたします|使い方を教えてください
何ができますか？|あなたは誰ですか|了解です|テスト
"""
HELP = ("help", "HELP", "?", "\uff1f", "ヘルプ", "使い方", "/help", "/paper help", "paper ヘルプ")


@pytest.mark.parametrize("text", SMALL.strip().replace("\n", "|").split("|"))
def test_small_talk_is_recognised(text: str) -> None:
    assert talk_of(text) is Talk.SMALL


@pytest.mark.parametrize("text", HELP)
def test_a_call_for_help_is_recognised(text: str) -> None:
    assert talk_of(text) is Talk.HELP


@pytest.mark.parametrize("name", [spec.name for spec in COMMANDS.specs if spec.name != "help"])
def test_a_command_in_the_wrong_place_is_recognised(name: str) -> None:
    assert talk_of(name) is Talk.SMALL
    assert talk_of(f"/digest {name} 2602.21548 something") is Talk.SMALL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "attention is all you need",
        "Thanks for the memory",
        "What do you learn from context? Probing for sentence structure",
        "Do as I can, not as I say",
        "large language models",
        "search with KV caches",
        "拡散モデル",
        "大規模言語モデルの使い方",
        "hello " * 20,
    ],
)
def test_what_may_be_a_title_is_no_small_talk(text: str) -> None:
    assert talk_of(text) is None


@given(st.text(max_size=200))
def test_any_text_can_be_judged(text: str) -> None:
    assert talk_of(text) in (None, Talk.HELP, Talk.SMALL)
