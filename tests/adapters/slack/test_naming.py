"""What channels on Slack are called, for the operator."""

from __future__ import annotations

from bot.models import ChannelKey
from tests.fakes.slack import SlackDouble
from tests.support.slack_bots import running


async def test_channels_and_people_have_their_names(slack: SlackDouble) -> None:
    ada = slack.add_user("ada")
    public = slack.add_channel("papers", [ada])
    private = slack.add_channel("lab", [ada], kind="private")
    unseen = slack.add_channel("board", [ada], kind="private", bot=False)
    async with running(slack) as kawaraban:
        ask = kawaraban.connection.name_of
        assert ask
        names = [await ask(kawaraban.key(room)) for room in (public, private, unseen)]
        by_person = await ask(ChannelKey("slack", f"{slack.team.id}/{ada.id}"))
        gone = await ask(ChannelKey("slack", f"{slack.team.id}/C00000000"))

    assert names == [f"{slack.team.name} #papers", f"{slack.team.name} #lab", ""]
    assert (by_person, gone) == ("Ada", "")
