"""The methods of the Web API for modals and the home tab."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.slack_blocks import elements, view_problems
from tests.fakes.slack_call import Call, Method
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Json, OpenView, SlackError, Workspace

MOST_MODALS = 3  # on top of each other


def _view(call: Call, kind: str) -> Json:
    """Raises SlackError: `invalid_arguments` with what is wrong."""
    view = call.decoded("view", "invalid_arguments")
    if problems := view_problems(view, (kind,)):
        messages = [f"[ERROR] {one}" for one in problems]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    return dict(view)


def as_shown(state: SlackState, team: Workspace, view: Json, view_id: str = "") -> Json:
    """The view with what Slack adds: its id, its hash, the values that its inputs begin with."""
    blocks = [{"block_id": f"v{index}", **one} for index, one in enumerate(view["blocks"])]
    shown = {"private_metadata": "", "callback_id": "", "external_id": "", "previous_view_id": None, **view}
    shown |= {"id": view_id or state.new_id("V"), "team_id": team.id, "app_id": state.app.id, "bot_id": team.bot_id}
    shown |= {"app_installed_team_id": team.id, "hash": state.new_ts(), "root_view_id": view_id or "", "blocks": blocks}
    return {**shown, "state": {"values": initial_values(blocks)}}


def initial_values(blocks: list[Json]) -> Json:
    """What a view's inputs hold before anyone touches them."""
    values: Json = {}
    for block, element in elements(blocks):
        if element["type"] in ("button", "overflow"):
            continue
        begun = {
            name.replace("initial_", "selected_") if name != "initial_value" else "value": value
            for name, value in element.items()
            if name.startswith("initial_")
        }
        values.setdefault(block["block_id"], {})[element["action_id"]] = {
            "type": element["type"],
            **_empty(element["type"]),
            **begun,
        }
    return values


def _empty(kind: str) -> Json:
    if kind.endswith("_input"):
        return {"value": None}
    what = kind.removeprefix("multi_").removesuffix("_select").removesuffix("picker")
    what = what if what in ("users", "channels", "conversations", "date", "time") else "options"
    if kind.startswith("multi_") or kind == "checkboxes":
        return {f"selected_{what}": []}
    return {f"selected_{what.removesuffix('s')}": None}


def _trigger(call: Call) -> str:
    """Whose trigger it is. Raises SlackError: `invalid_trigger_id`, `expired_trigger_id`, `exchanged_trigger_id`."""
    trigger = call.state.triggers.get(call.text("trigger_id"))
    if trigger is None or trigger.team != call.team.id:
        raise SlackError("invalid_trigger_id")
    if call.state.clock.now() > trigger.until:
        raise SlackError("expired_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    trigger.used = True
    return trigger.user


def open_view(call: Call) -> Json:
    view = _view(call, "modal")
    user = _trigger(call)
    shown = as_shown(call.state, call.team, view)
    shown["root_view_id"] = shown["id"]
    call.state.modals[user] = OpenView(user, shown)
    return {"view": shown}


def push(call: Call) -> Json:
    view = _view(call, "modal")
    user = _trigger(call)
    return {"view": push_on(call.state, call.team, user, view)}


def push_on(state: SlackState, team: Workspace, user: str, view: Json) -> Json:
    """Lay a modal on those that the user has open. Raises SlackError: `push_limit_reached`, `not_found`."""
    below, depth = state.modals.get(user), 0
    if below is None:
        raise SlackError("not_found")
    one: OpenView | None = below
    while one is not None:
        depth, one = depth + 1, one.previous
    if depth >= MOST_MODALS:
        raise SlackError("push_limit_reached")
    shown = as_shown(state, team, view)
    shown |= {"root_view_id": below.view["root_view_id"], "previous_view_id": below.view["id"]}
    state.modals[user] = OpenView(user, shown, below)
    return shown


def update(call: Call) -> Json:
    wanted, external = call.text("view_id"), call.text("external_id")
    places = [*call.state.modals.values(), *call.state.homes.values()]
    for place in places:
        one: OpenView | None = place
        while one is not None:
            if one.view["id"] == wanted or (external and one.view["external_id"] == external):
                view = _view(call, one.view["type"])
                return {"view": _replaced(call, one, view)}
            one = one.previous
    raise SlackError("not_found")


def _replaced(call: Call, place: OpenView, view: Json) -> Json:
    if call.text("hash") and call.text("hash") != place.view["hash"]:
        raise SlackError("hash_conflict")
    kept = {name: place.view[name] for name in ("root_view_id", "previous_view_id")}
    place.view = as_shown(call.state, call.team, view, place.view["id"]) | kept
    return place.view


def publish(call: Call) -> Json:
    user = call.state.users.get(call.text("user_id"))
    if user is None or user.team != call.team.id:
        raise SlackError("user_not_found")
    view = _view(call, "home")
    there = call.state.homes.get(user.id)
    if there is not None:
        return {"view": _replaced(call, there, view)}
    shown = as_shown(call.state, call.team, view)
    shown["root_view_id"] = shown["id"]
    call.state.homes[user.id] = OpenView(user.id, shown)
    return {"view": shown}


METHODS: Mapping[str, Method] = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
