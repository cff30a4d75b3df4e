"""Digests in direct messages: a person's own, a group's, and a conversation that the bot is not in."""

from __future__ import annotations

import pytest

from bot.models import ChannelState
from tests.fakes.slack import Channel, SlackDouble, User
from tests.support.slack_bots import Bot, read


@pytest.fixture
def ada(slack: SlackDouble) -> User:
    return slack.add_user("ada", locale="en-US")


@pytest.fixture
def eve(slack: SlackDouble) -> User:
    return slack.add_user("eve", is_admin=True, locale="en-US")


@pytest.fixture
def own(slack: SlackDouble, ada: User) -> Channel:
    return slack.state.dm(slack.team, ada.id)


@pytest.fixture
def group(slack: SlackDouble, ada: User) -> Channel:
    other = slack.add_user("bea", locale="en-US")
    return slack.add_channel("mpdm-ada--bea--kawaraban-1", [ada, other], kind="mpim")


async def test_a_person_gets_a_digest_of_their_own(kawaraban: Bot, ada: User, own: Channel) -> None:
    headline, *cards = await kawaraban.digest(own, ada)
    assert "papers" in read(headline)
    assert len(cards) == 2
    kawaraban.slack.people.react(own, headline.ts, "one", ada)
    await kawaraban.slack.settled()
    assert len(await kawaraban.votes(own)) == 1
    assert "next digest" in (await kawaraban.slash("/digest", "status", own, ada)).lower()


async def test_its_form_and_home_tab_name_it_in_words(kawaraban: Bot, ada: User, own: Channel) -> None:
    await kawaraban.slash("/digest", "subscribe", own, ada)
    kawaraban.slack.people.open_home(ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.homes)
    home = kawaraban.slack.home(ada)
    assert "your direct messages with me" in str(home.view["blocks"])
    await kawaraban.slack.people.use(home, "digest.form")
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.modals)
    modal = kawaraban.slack.modal(ada)
    assert "your direct messages with me" in str(modal.view["blocks"])
    await kawaraban.slack.people.submit(modal, {"size": {"value": "3"}})
    await kawaraban.slack.until(lambda: kawaraban.slack.messages(own))
    assert (await kawaraban.channel(own)).settings.size == 3


@pytest.mark.parametrize("who", ["ada", "bea"])
async def test_everybody_in_a_group_may_set_up_its_digest(kawaraban: Bot, ada: User, group: Channel, who: str) -> None:
    person = next(one for one in kawaraban.slack.state.users.values() if one.name == who)
    await kawaraban.digest(group, ada)
    await kawaraban.slash("/digest", "size 3", group, person)
    assert (await kawaraban.channel(group)).settings.size == 3


async def test_a_lost_answer_in_a_group_is_looked_up_and_not_sent_twice(
    kawaraban: Bot, ada: User, group: Channel
) -> None:
    kawaraban.slack.faults.next("lost_after", "chat.postMessage", channel=group.id)
    headline, *_ = await kawaraban.digest(group, ada)
    assert kawaraban.slack.messages(group) == [headline]


async def test_a_group_is_shown_to_the_people_in_it_alone(kawaraban: Bot, ada: User, eve: User, group: Channel) -> None:
    await kawaraban.slash("/digest", "subscribe", group, ada)
    for person, seen in ((ada, True), (eve, False)):
        kawaraban.slack.people.open_home(person)
        await kawaraban.slack.until(lambda person=person: person.id in kawaraban.slack.state.homes)  # type: ignore[misc]  # mypy infers no type for the bound default
        assert (group.id in str(kawaraban.slack.home(person).view)) == seen


@pytest.mark.parametrize("kind", ["im", "mpim"])
async def test_a_conversation_without_the_bot_is_refused_in_plain_words(
    kawaraban: Bot, ada: User, eve: User, kind: str
) -> None:
    place = kawaraban.slack.add_channel("mpdm-ada--eve-1" if kind == "mpim" else "", [ada, eve], kind=kind, bot=False)
    answer = await kawaraban.slash("/digest", "subscribe", place, eve)
    assert "I am not in this conversation" in answer
    assert "/invite" not in answer
    assert await kawaraban.uses.channels.get(kawaraban.key(place)) is None


@pytest.mark.parametrize(("kind", "scope"), [("im", "im:read"), ("mpim", "mpim:read")])
async def test_an_app_from_before_these_scopes_says_what_is_missing(
    kawaraban: Bot, ada: User, own: Channel, group: Channel, kind: str, scope: str
) -> None:
    kawaraban.slack.team.scopes.discard(scope)
    place = own if kind == "im" else group
    answer = await kawaraban.slash("/digest", "subscribe", place, ada)
    assert scope in answer
    assert "reinstall the app" in answer


async def test_an_app_from_before_these_scopes_still_has_its_home_tab(kawaraban: Bot, ada: User, own: Channel) -> None:
    room = kawaraban.slack.add_channel("papers", [ada])
    await kawaraban.slash("/digest", "subscribe", room, ada)
    kawaraban.slack.team.scopes -= {"im:read", "mpim:read", "mpim:history", "files:write"}
    kawaraban.slack.people.open_home(ada)
    await kawaraban.slack.until(lambda: ada.id in kawaraban.slack.state.homes)
    assert room.id in str(kawaraban.slack.home(ada).view)
    assert (await kawaraban.channel(room)).state is ChannelState.ACTIVE
