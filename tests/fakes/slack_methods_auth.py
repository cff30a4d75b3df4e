"""The methods of the Web API for tokens, installations and connections."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from tests.fakes.slack_call import Call, Method
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Json, SlackError, Workspace


def auth_test(call: Call) -> Json:
    team = call.team
    return {
        "url": f"https://{team.name}.slack.example/", "team": team.name, "user": team.bot.name, "team_id": team.id,
        "user_id": team.bot.id, "bot_id": team.bot_id, "is_enterprise_install": False,
    }  # fmt: skip


def revoke(call: Call) -> Json:
    if call.flag("test"):
        return {"revoked": False}
    revoke_tokens(call.state, call.team, [call.token])
    if not any(call.team.tokens.values()):
        uninstall(call.state, call.team)
    return {"revoked": True}


def revoke_tokens(state: SlackState, team: Workspace, tokens: list[str]) -> None:
    """The tokens hold no more, and the app hears of it."""
    for token in tokens:
        team.tokens[token] = False
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot.id]}}
    state.on_event(team, event, None)


def uninstall(state: SlackState, team: Workspace) -> None:
    """The app leaves the workspace and all its channels, and hears of it."""
    for token in team.tokens:
        team.tokens[token] = False
    team.installed = False
    for channel in state.channels.values():
        if channel.team == team.id and channel.kind != "im" and team.bot.id in channel.members:
            channel.members.remove(team.bot.id)
    state.on_event(team, {"type": "app_uninstalled"}, None)


def access(call: Call) -> Json:
    app = call.state.app
    if call.text("client_id") != app.client_id:
        raise SlackError("invalid_client_id")
    if not hmac.compare_digest(call.text("client_secret"), app.client_secret):
        raise SlackError("bad_client_secret")
    grant = call.state.grants.get(call.text("code"))
    if grant is None or call.state.clock.now() > grant.until:
        raise SlackError("invalid_code")
    if grant.used:
        raise SlackError("code_already_used")
    if call.text("redirect_uri") != grant.redirect_uri:
        raise SlackError("bad_redirect_uri")
    grant.used = True
    grant.team.scopes |= grant.scopes
    return {
        "app_id": app.id, "authed_user": {"id": grant.user}, "scope": ",".join(sorted(grant.team.scopes)),
        "token_type": "bot", "access_token": call.state.new_token(grant.team), "bot_user_id": grant.team.bot.id,
        "team": {"id": grant.team.id, "name": grant.team.name}, "enterprise": None, "is_enterprise_install": False,
    }  # fmt: skip


def open_connection(call: Call) -> Json:
    ticket = call.state.new_id("ticket-")
    call.state.tickets[ticket] = call.state.clock.now() + 60
    address = call.base.replace("http://", "ws://")
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.state.app.id}"}


METHODS: Mapping[str, Method] = {
    "api.test": Method(lambda _: {}, token="none"),
    "auth.test": Method(auth_test),
    "auth.revoke": Method(revoke),
    "oauth.v2.access": Method(access, token="none"),
    "apps.connections.open": Method(open_connection, token="app"),
}
