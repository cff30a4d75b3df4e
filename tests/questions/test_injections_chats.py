"""The words of each attack in every field of an answer, as Slack and Discord show it: text, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from adapters.discord import questions as discord
from adapters.slack import claims as slack
from bot.models import AnswerView, AskedState, PaperId
from bot.words import words_for
from tests.fakes.slack_mrkdwn import autolinks
from tests.questions.test_injections import OURS, PAPER, Attack, each_attack, everywhere
from tests.support.discord_reading import read

ABSTRACTS = "https://arxiv.org/abs/2602."
INERT = {"text", "link", "plain_text", "button", "actions", "context", "rich_text", "rich_text_section",
         "rich_text_quote", "rich_text_list", "divider", "header"}  # fmt: skip


def view(attack: Attack) -> AnswerView:
    answer, question = everywhere(attack)
    second = replace(PAPER, id=PaperId.arxiv("2602.00002"), arxiv_id="2602.00002", title=attack.said)
    papers = (replace(PAPER, title=attack.said), second)
    return AnswerView("0" * 16, question, papers, attack.language, answer, AskedState.DONE, "U1")


def elements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for inner in value.values():
            yield from elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from elements(inner)


@each_attack
def test_slack_shows_it_as_text(attack: Attack) -> None:
    shown = view(attack)
    for message in (slack.answer(shown, share=True).whole, slack.quotations(shown)):
        found = list(elements(message.blocks))
        assert {one["type"] for one in found} <= INERT
        assert all(one["url"].startswith((OURS, ABSTRACTS)) for one in found if "url" in one)
        assert autolinks(message.text) == []
        assert not set("<>") & set(message.text)


@each_attack
def test_discord_shows_it_as_text(attack: Attack) -> None:
    shown, words = view(attack), words_for(attack.language)
    texts = [embed.get(part, "") for embed in discord.embeds(shown, words) for part in ("title", "description")]
    for text in (*texts, *discord.pages(shown, words)):
        found = read(text)
        assert found.alive == []
        assert all(link.startswith((OURS, ABSTRACTS)) for link in found.links)
    assert not any("url" in one for one in elements(discord.components(shown, words, share=True)))
