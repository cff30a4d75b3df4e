"""Which events the app hears of, and the shape in which it hears: subscriptions, scopes, membership."""

from __future__ import annotations

from tests.fakes.slack_call import SCOPE_PREFIX
from tests.fakes.slack_courier import Courier, Delivery, Kind
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Channel, Json, Workspace

_PLACES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_MESSAGES = {"public": "message.channels", "private": "message.groups", "im": "message.im", "mpim": "message.mpim"}
_SCOPES = {"reaction_added": "reactions:read", "reaction_removed": "reactions:read", "app_mention": "app_mentions:read"}
_FAREWELLS = ("app_uninstalled", "tokens_revoked")


class EventDesk:
    """Give its `happened` to the state. `unheard` are the events that did not go out, each with the reason."""

    def __init__(self, state: SlackState, courier: Courier) -> None:
        self.state = state
        self.courier = courier
        self.unheard: list[tuple[Json, str]] = []
        state.on_event = self.happened

    def happened(self, team: Workspace, event: Json, channel: Channel | None) -> None:
        """Send the event to the app, where Slack would."""
        event = dict(event)
        event.setdefault("event_ts", event.get("ts") or self.state.new_ts())
        if channel is not None and event["type"] == "message":
            event["channel_type"] = _PLACES[channel.kind]
        if reason := self._why_not(team, event, channel):
            self.unheard.append((event, reason))
        else:
            self.courier.send(Kind.EVENT, self._wrapped(team, event))

    def events(self, kind: str) -> list[Delivery]:
        """The deliveries of one type of event."""
        sent = (one for one in self.courier.deliveries if one.kind is Kind.EVENT)
        return [one for one in sent if one.body["event"]["type"] == kind]

    def _why_not(self, team: Workspace, event: Json, channel: Channel | None) -> str:
        kind: str = event["type"]
        subscription = _MESSAGES[channel.kind] if channel is not None and kind == "message" else kind
        if subscription not in self.state.app.subscriptions:
            return "not subscribed"
        if kind in _FAREWELLS:
            return ""
        if not team.installed:
            return "not installed"
        scope = _SCOPES.get(kind, "")
        if channel is not None and not scope:
            suffix = {"message": "history", "app_home_opened": ""}.get(kind, "read")
            scope = f"{SCOPE_PREFIX[channel.kind]}:{suffix}" if suffix else ""
        if scope and scope not in team.scopes:
            return f"no scope {scope}"
        if channel is not None and team.bot.id not in channel.members:
            return "not a member"
        return ""

    def _wrapped(self, team: Workspace, event: Json) -> Json:
        authorization = {
            "enterprise_id": None, "team_id": team.id, "user_id": team.bot.id, "is_bot": True,
            "is_enterprise_install": False,
        }  # fmt: skip
        return {
            "token": "verification-token", "team_id": team.id, "context_team_id": team.id,
            "context_enterprise_id": None, "api_app_id": self.state.app.id, "event": event, "type": "event_callback",
            "event_id": self.state.new_id("Ev"), "event_time": int(self.state.clock.now()),
            "authorizations": [authorization], "is_ext_shared_channel": False,
            "event_context": self.state.new_id("4-context-"),
        }  # fmt: skip
