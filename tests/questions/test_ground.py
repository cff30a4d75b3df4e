"""What a Japanese statement has in common with an English proof."""

from __future__ import annotations

import pytest

from bot.questions.ground import has_common_ground

SOURCE = "OrvexNet keeps its encoder frozen and halves the memory of transformers."


@pytest.mark.parametrize(
    "text",
    [
        "OrvexNetのほうが優れている。",
        "エンコーダは固定されたままである。",
        "トランスフォーマーの記憶量を半分にする。",
        "記憶に要する量が2分の1になる。",
        "はい、そうです。",
        "It is about something else entirely.",
    ],
)
def test_there_is_some(text: str) -> None:
    assert has_common_ground([SOURCE], text)


@pytest.mark.parametrize(
    "text",
    [
        "右のボタンを押すと完了する。",
        "読者は上司に転送するものとする。",
        "続きは後で表示される。",
        "明日は雨が降るだろう。",
    ],
)
def test_there_is_none(text: str) -> None:
    assert not has_common_ground([SOURCE], text)


def test_japanese_sentences_are_compared_by_others() -> None:
    assert has_common_ground(["モデルは小さい。"], "明日は雨が降るだろう。")
