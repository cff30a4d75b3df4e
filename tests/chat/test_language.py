"""The language of answers where no channel has one: the asker's, by one rule for everything that is asked."""

from __future__ import annotations

import pytest

from bot.chat import commands
from bot.chat.language import own_language, settings_for
from bot.chat.parser import parse_digest
from bot.models import Asker, Channel, ChannelKey, ChannelSettings
from bot.store.store import Store
from tests.chat.test_channels import CHANGES, HERE, READS, Desk
from tests.support.stores import paper


@pytest.mark.parametrize(
    ("reported", "language"),
    [
        ("en-US", "en"),
        ("en_GB", "en"),
        ("ja-JP", "ja"),
        ("pt-BR", "pt"),
        ("zh-TW", "zh-TW"),
        ("zh-cn", "zh-CN"),
        ("zh-Hant-HK", "zh-Hant-HK"),
        ("sr-Latn-RS", "sr-Latn"),
        ("", ""),
        ("../ja", ""),
        ("xx-xx-xx", ""),
    ],
)
def test_a_country_stays_only_where_it_changes_the_writing(reported: str, language: str) -> None:
    assert own_language(reported) == language


def test_the_channels_language_goes_before_the_askers() -> None:
    asker, defaults = Asker("U1", language="zh-TW"), ChannelSettings(language="ja", size=7)
    channel = Channel(ChannelKey("slack", "T1/C1"), ChannelSettings(language="de"))

    assert settings_for(channel, asker, defaults) is channel.settings
    assert settings_for(None, asker, defaults) == ChannelSettings(language="zh-TW", size=7)
    assert settings_for(None, Asker("U1"), defaults) == defaults


@pytest.mark.parametrize("text", dict.fromkeys((*READS, *CHANGES)))
async def test_every_answer_in_a_channel_that_nobody_subscribed_follows_the_asker(
    sqlite_store: Store, text: str
) -> None:
    desk = Desk(sqlite_store)
    await desk.store.papers.save([paper(1)])
    for asker in (Asker("U1", language="zh-TW"), Asker("U0", is_admin=True, language="zh-TW")):
        command = parse_digest(text, desk.registry)
        replies = [reply async for reply in desk.channels.handle(asker, HERE, command)]
        assert {reply.language for reply in replies} == {"zh-TW"}


async def test_what_is_subscribed_goes_on_in_the_language_of_its_preview(sqlite_store: Store) -> None:
    desk = Desk(sqlite_store)
    asker = Asker("U0", is_admin=True, language="en-US")

    await desk.ask("preview", asker)
    await desk.ask("subscribe", asker)

    assert [order.channel.settings.language for order in desk.orders] == ["en"]
    assert (await desk.stored()).settings.language == "en"


async def test_choosing_a_language_says_what_the_check_promises_in_it(sqlite_store: Store) -> None:
    desk = Desk(sqlite_store)
    await desk.subscribed()

    assert await desk.said("language ja") == "Language: Japanese"
    assert (await desk.said("language de")).startswith("Language: German\nIn German, summaries are checked for figures")
    assert "does not know the words of this language" in await desk.said("language sw")
    shown = [reply async for reply in desk.channels.handle(Asker("U9"), HERE, commands.Show())]
    assert "channels.promise.parts" in [sentence.key for sentence in shown[-1].sentences]
