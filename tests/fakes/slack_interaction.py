"""What a person did, and what came of it: commands, clicks, submitted views; and the bodies that tell the bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_blocks import elements
from tests.fakes.slack_courier import Delivery
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Channel, Ephemeral, Json, Message, ResponseUrl, User, Workspace


@dataclass
class Interaction:
    """`error` is what Slack shows the person instead of an answer: `dispatch_failed`, `operation_timeout`, …"""

    delivery: Delivery
    answers: ResponseUrl | None = None
    error: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)  # of a submitted view, by block_id
    shown: list[Message | Ephemeral] = field(default_factory=list)  # what the acknowledgement itself said

    @property
    def acked(self) -> bool:
        return self.delivery.taken

    @property
    def acked_in_ms(self) -> float | None:
        """Real milliseconds from sending to the acknowledgement; None where there was none."""
        return self.delivery.acked_in_ms

    @property
    def response(self) -> Json | None:
        """The body of the acknowledgement."""
        return self.delivery.answer

    @property
    def posts(self) -> list[Json]:
        """What came by the response URL, in order."""
        return self.answers.posts if self.answers else []

    @property
    def posted_in_ms(self) -> list[float]:
        """When those came, in real milliseconds since the person acted."""
        return self.answers.posted_in_ms if self.answers else []


def user_fields(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team}


def common(state: SlackState, team: Workspace, user: User, kind: str) -> Json:
    """What every interaction's body has."""
    return {
        "type": kind, "team": {"id": team.id, "domain": team.name}, "user": user_fields(user),
        "api_app_id": state.app.id, "token": "verification-token", "enterprise": None, "is_enterprise_install": False,
        "trigger_id": state.new_trigger(team, user.id),
    }  # fmt: skip


def command_body(
    state: SlackState, team: Workspace, user: User, channel: Channel, said: tuple[str, str], response_url: str
) -> Json:
    """The fields of a slash command; `said` is the command and its text."""
    return {
        "token": "verification-token", "team_id": team.id, "team_domain": team.name, "channel_id": channel.id,
        "channel_name": channel.name or "directmessage", "user_id": user.id, "user_name": user.name,
        "command": said[0], "text": said[1], "api_app_id": state.app.id, "is_enterprise_install": "false",
        "response_url": response_url, "trigger_id": state.new_trigger(team, user.id),
    }  # fmt: skip


def element_of(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and the element with this action_id. Raises LookupError where people see none."""
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in (None, block.get("block_id")):
            return block, element
    there = [element["action_id"] for _, element in elements(blocks)]
    raise LookupError(f"no element {action_id!r}; there are {there}")


def action_of(state: SlackState, blocks: list[Json], action_id: str, choice: Any) -> Json:
    """The action that using an element makes; `choice` is what is chosen in one that offers choices."""
    block, element = element_of(blocks, action_id)
    action = {"action_id": action_id, "block_id": block["block_id"], "type": element["type"]}
    action["action_ts"] = state.new_ts()
    if element["type"] == "button":
        copied: Json = {name: element[name] for name in ("text", "value", "url", "style") if name in element}
        return {**action, **copied}
    return {**action, **chosen(element, choice)}


def chosen(element: Json, choice: Any) -> Json:
    """What an element holds after the choice. Raises LookupError for an option that it does not offer."""
    kind: str = element["type"]
    if kind.endswith("_input"):
        most = element.get("max_length")
        if most and choice and len(choice) > most:
            raise ValueError(f"{element['action_id']}: more than {most} characters")
        return {"value": choice or None}
    if kind in ("timepicker", "datepicker"):
        return {f"selected_{kind.removesuffix('picker')}": choice}
    what = kind.removeprefix("multi_").removesuffix("_select")
    if what in ("users", "channels", "conversations"):
        name = f"selected_{what}" if kind.startswith("multi_") else f"selected_{what.removesuffix('s')}"
        return {name: choice}
    if kind == "checkboxes" or kind.startswith("multi_"):
        return {"selected_options": [_option(element, one) for one in choice]}
    return {"selected_option": _option(element, choice) if choice is not None else None}


def _option(element: Json, value: str) -> Json:
    groups = [group["options"] for group in element.get("option_groups", ())]
    for option in [*element.get("options", ()), *(one for group in groups for one in group)]:
        if option["value"] == value:
            found: Json = option
            return found
    raise LookupError(f"{element['action_id']} offers no {value!r}")


def filled_in(view: Json, values: Mapping[str, Mapping[str, Any]]) -> Json:
    """The view's state when a person has put in `values`, by block_id and action_id.

    Raises LookupError for an input that is not there, ValueError where Slack would not let it be sent.
    """
    state: Json = {block_id: dict(fields) for block_id, fields in view["state"]["values"].items()}
    for block_id, fields in values.items():
        for action_id, choice in fields.items():
            _, element = element_of(view["blocks"], action_id, block_id)
            state[block_id][action_id] = {"type": element["type"], **chosen(element, choice)}
    for block, element in elements(view["blocks"]):
        if block["type"] == "input" and not block.get("optional"):
            held = {name: one for name, one in state[block["block_id"]][element["action_id"]].items() if name != "type"}
            if not any(held.values()):
                raise ValueError(f"{block['block_id']} must be filled in")
    return state
