"""Who may see and change what: the home tab and the form show a person only what they may read, at that moment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.slack.people import _CHANNEL_SECONDS, _USER_SECONDS
from bot.models import Channel as Subscribed
from tests.fakes.slack import Channel, SlackDouble, User
from tests.fakes.slack_values import OpenView
from tests.support.slack_bots import Bot, read


@pytest.fixture
def ada(slack: SlackDouble) -> User:
    return slack.add_user("ada", is_admin=True, locale="en-US")


@pytest.fixture
def eve(slack: SlackDouble) -> User:
    return slack.add_user("eve", is_admin=True, locale="en-US")


async def subscribed(kawaraban: Bot, *rooms: Channel) -> None:
    """As if somebody in each had subscribed it."""
    for room in rooms:
        await kawaraban.store.channels.change(kawaraban.key(room), lambda _, room=room: Subscribed(kawaraban.key(room)))  # type: ignore[misc]  # mypy infers no type for the bound default


async def home_of(kawaraban: Bot, person: User) -> str:
    kawaraban.slack.state.homes.pop(person.id, None)
    kawaraban.slack.people.open_home(person)
    await kawaraban.slack.until(lambda: person.id in kawaraban.slack.state.homes)
    return json.dumps(kawaraban.slack.home(person).view)


async def form_from_home(kawaraban: Bot, person: User, channel: str) -> None:
    """Press the button of a home tab that still shows the channel."""
    button: dict[str, Any] = {"type": "button", "action_id": "digest.form", "value": channel}
    button["text"] = {"type": "plain_text", "text": "Settings"}
    view = {"id": "V0", "type": "home", "blocks": [{"type": "actions", "block_id": "old", "elements": [button]}]}
    await kawaraban.slack.people.use(OpenView(person.id, view), "digest.form")


async def told(kawaraban: Bot, person: User, count: int = 1) -> str:
    """The newest direct message of the bot."""
    direct = kawaraban.slack.state.dm(kawaraban.slack.team, person.id)
    await kawaraban.slack.until(lambda: len(kawaraban.slack.messages(direct)) >= count)
    return read(kawaraban.slack.messages(direct)[-1])


async def test_the_home_tab_lists_what_this_person_may_read(kawaraban: Bot, ada: User, eve: User) -> None:
    slack = kawaraban.slack
    guest = slack.add_user("gil", is_restricted=True)
    secret = slack.add_channel("secret", [ada], kind="private")
    public, guests = slack.add_channel("papers", [ada]), slack.add_channel("guests", [ada, guest])
    dm_of_ada = slack.state.dm(slack.team, ada.id)
    await subscribed(kawaraban, secret, public, guests, dm_of_ada)

    shown = {person.name: await home_of(kawaraban, person) for person in (ada, eve, guest)}

    seen = {
        name: {one.name or "dm" for one in (secret, public, guests, dm_of_ada) if f'"{one.id}"' in view}
        for name, view in shown.items()
    }
    assert seen == {"ada": {"secret", "papers", "guests", "dm"}, "eve": {"papers", "guests"}, "gil": {"guests"}}


@pytest.mark.parametrize("kind", ["private", "im", "mpim"])
async def test_a_button_that_names_a_channel_of_others_opens_nothing(
    kawaraban: Bot, ada: User, eve: User, kind: str
) -> None:
    slack = kawaraban.slack
    secret = slack.state.dm(slack.team, ada.id) if kind == "im" else slack.add_channel("secret", [ada], kind=kind)
    await subscribed(kawaraban, secret)

    await form_from_home(kawaraban, eve, secret.id)
    assert "cannot open its settings" in await told(kawaraban, eve)
    assert eve.id not in slack.state.modals

    await form_from_home(kawaraban, ada, secret.id)
    await slack.until(lambda: ada.id in slack.state.modals)


async def test_saving_is_judged_at_saving(kawaraban: Bot, ada: User, eve: User) -> None:
    slack = kawaraban.slack
    secret = slack.add_channel("secret", [ada, eve], kind="private")
    await subscribed(kawaraban, secret)
    await form_from_home(kawaraban, eve, secret.id)
    await slack.until(lambda: eve.id in slack.state.modals)

    secret.members.remove(eve.id)
    await slack.people.submit(slack.modal(eve), {"size": {"value": "9"}})

    assert "cannot open its settings" in await told(kawaraban, eve)
    assert (await kawaraban.channel(secret)).settings.size != 9


async def test_somebody_who_stops_being_an_admin_cannot_save_the_open_form(
    kawaraban: Bot, ada: User, eve: User
) -> None:
    slack = kawaraban.slack
    room = slack.add_channel("papers", [ada, eve])
    await subscribed(kawaraban, room)
    await form_from_home(kawaraban, eve, room.id)
    await slack.until(lambda: eve.id in slack.state.modals)

    eve.is_admin = False
    await slack.people.submit(slack.modal(eve), {"size": {"value": "9"}})

    answer = await kawaraban.answer(eve)
    assert (await kawaraban.channel(room)).settings.size != 9, read(answer)


@pytest.mark.parametrize("kind", ["im", "mpim"])
async def test_a_form_that_names_somebody_elses_direct_messages_saves_nothing(
    kawaraban: Bot, ada: User, eve: User, kind: str
) -> None:
    slack = kawaraban.slack
    room = slack.add_channel("papers", [ada, eve])
    dm_of_ada = slack.state.dm(slack.team, ada.id) if kind == "im" else slack.add_channel("mpdm-1", [ada], kind=kind)
    await subscribed(kawaraban, room, dm_of_ada)
    await form_from_home(kawaraban, eve, room.id)
    await slack.until(lambda: eve.id in slack.state.modals)
    modal = slack.modal(eve)
    modal.view["private_metadata"] = modal.view["private_metadata"].replace(room.id, dm_of_ada.id)

    await slack.people.submit(modal, {"size": {"value": "9"}})

    assert "cannot open its settings" in await told(kawaraban, eve)
    assert (await kawaraban.channel(dm_of_ada)).settings.size != 9


async def test_only_the_person_in_direct_messages_may_change_them(kawaraban: Bot, ada: User, eve: User) -> None:
    slack = kawaraban.slack
    dm_of_ada = slack.state.dm(slack.team, ada.id)
    await subscribed(kawaraban, dm_of_ada)

    await kawaraban.slash("/digest", "size 9", dm_of_ada, eve)
    assert (await kawaraban.channel(dm_of_ada)).settings.size != 9
    await kawaraban.slash("/digest", "size 9", dm_of_ada, ada)
    assert (await kawaraban.channel(dm_of_ada)).settings.size == 9


def test_what_slack_said_of_people_and_channels_is_believed_for_a_minute_at_most() -> None:
    assert max(_USER_SECONDS, _CHANNEL_SECONDS) <= 60
