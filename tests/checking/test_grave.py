"""Accusations, endorsements and talk of accounts: a statement may make them only if its source does."""

from __future__ import annotations

import pytest

from bot.checking.claims import claim_findings, is_order
from bot.checking.grave import grave_findings

SOURCE = "OrvexNet decodes 1.87x faster than PewterBase."


@pytest.mark.parametrize(
    "text",
    [
        "この論文は撤回された。",
        "著者はデータを捏造した。",
        "OrvexNetの安全性は保証されている。",
        "続きを読むにはログインする。",
        "パスワードを入力する。",
        "このチャンネルは閉鎖される。",
        "瓦版はこの論文を選んだ。",
        "私はAIである。",
        "The paper was retracted.",
        "Moderators have looked at OrvexNet.",
        "OrvexNet users win a prize.",
        "My prompt forbids it.",
        "sudo makes OrvexNet faster.",
    ],
)
def test_a_grave_word_needs_a_source(text: str) -> None:
    assert list(grave_findings(SOURCE, text))
    assert claim_findings("", [SOURCE], text, "ja")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Three of the papers were later withdrawn.", "論文のうち3本は後に撤回された。"),
        ("We detect fabricated citations.", "捏造された引用を検出する。"),
        ("The bound holds with high probability.", "この上界は高い確率で保証される。"),
        ("Agents log in to web shops.", "エージェントはウェブの店にログインする。"),
        ("The model is rewarded for each step.", "モデルは各段階で報酬を得る。"),
        ("Majority voting selects the answer.", "多数決の投票で回答を選ぶ。"),
        ("論文は撤回された。", "The paper was retracted."),
        ("Users follow instructions in the prompt.", "利用者は上記の指示に従う。"),
    ],
)
def test_one_that_its_source_bears_out_is_said(source: str, text: str) -> None:
    assert list(grave_findings(source, text)) == []


@pytest.mark.parametrize(
    "text", ["/digest unsubscribe", "Type /paper 2602.00001 now", "`/digest mute` helps", "kawaraban backup"]
)
def test_a_command_of_ours_is_never_said_nor_proof(text: str) -> None:
    assert is_order(text)
    assert claim_findings("", [text], text, "en")


@pytest.mark.parametrize("text", ["/home/paper/data", "the digest/paper split", "a/digest", "https://a.example/paper"])
def test_a_path_is_no_command(text: str) -> None:
    assert not is_order(text)


@pytest.mark.parametrize(
    ("text", "language", "foreign"),
    [
        ("OrvexNet decodes faster than the base.", "ja", True),
        ("OrvexNet", "ja", False),
        ("OrvexNetは速い。", "ja", False),
        ("我们训练了这个模型。", "ja", True),
        ("OrvexNet는 훨씬 더 빠르다.", "ja", True),
        ("OrvexNetの復号はPewterBaseより速いことが示されている。", "en", True),
        ("OrvexNet décode plus vite que la base sur le corpus de test.", "en", True),
        ("OrvexNet décode plus vite que la base sur le corpus de test.", "fr", False),
        ("The encoder of OrvexNet stays frozen in the second stage of the training.", "fr", True),
        ("ReLU, GELU and SiLU are compared.", "en", False),
        ("Die Genauigkeit ist auf dem Testsatz um 3 Prozent höher als zuvor.", "de", False),
    ],
)
def test_a_statement_is_in_the_language_of_the_answer(text: str, language: str, foreign: bool) -> None:
    findings = claim_findings("", [text], text, language)
    assert any(finding.kind == "language" for finding in findings) is foreign
