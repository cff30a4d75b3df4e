"""The whole bot on papers with known sentences, asked about them on the tests' Discord by the real discord.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.app.opening import open_demo
from bot.models import FullText, Paper, PaperId
from bot.questions.asking import TIMING, Asking, Timing
from bot.questions.memory import AnswerMemory
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Message
from tests.support.answerers import FakeAnswerer, Purse
from tests.support.beginnings import Beginnings
from tests.support.digests import make_paper
from tests.support.discord_bots import PULSE, Bot, at_work, connected, core_settings, settings_of
from tests.support.planted import full_text

ORVEX = replace(make_paper("OrvexNet: Decoding with Fewer States"), id=PaperId.arxiv("2602.90001"))
ORVEX = replace(ORVEX, arxiv_id="2602.90001", url="https://arxiv.org/abs/2602.90001")
KESTREL = replace(make_paper("KestrelNet: States of Birds"), id=PaperId.arxiv("2602.90002"))
KESTREL = replace(KESTREL, arxiv_id="2602.90002", url="https://arxiv.org/abs/2602.90002")
SPEED = "OrvexNet decodes 1.87x faster."
FROZEN = "The encoder stays frozen."


@dataclass
class AnyReader:
    """Reads the same sentences in every paper but KESTREL."""

    read_papers: list[PaperId] = field(default_factory=list)

    async def read(self, paper: Paper) -> FullText:
        self.read_papers.append(paper.id)
        if paper.id == KESTREL.id:
            return replace(
                full_text(paper, ["KestrelNet decodes 1.2x faster."]), url="https://arxiv.org/html/2602.90002v1"
            )
        return replace(full_text(paper, [SPEED, FROZEN]), url="https://arxiv.org/html/2602.90001v1")


@asynccontextmanager
async def asked(double: DiscordDouble, model: FakeAnswerer, timing: Timing = TIMING) -> AsyncIterator[Bot]:
    """Run the bot during the block, with a model that answers as given, and with money without an end."""
    async with open_demo(core_settings()) as app:
        await app.store.papers.save([ORVEX, KESTREL])
        asking = Asking(
            AnyReader(),
            model,
            ("claude-haiku-5-5", None),
            Purse(),
            choosing=lambda _: Beginnings(),
            memory=AnswerMemory(app.store),
            timing=timing,
        )
        async with at_work(double, replace(app, asking=asking), settings_of(double), PULSE) as bot:
            await connected(double)
            yield bot


def is_over(message: Message) -> bool:
    """Return whether an answer has come to its end: nobody can cancel it any more."""
    interim = message.content.endswith("…") or any(one.startswith("cancel") for one in message.custom_ids)
    return bool(message.embeds or message.content) and not interim


def answers_to(channel: Channel, question: Message) -> list[Message]:
    """Return the bot's replies to a message."""
    return [one for one in channel.shown if one.reference is question and one.author.bot]
