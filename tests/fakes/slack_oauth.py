"""The authorise page of the tests' Slack, and the browser of somebody who installs the app."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web

from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Grant, User, Workspace

CODE_SECONDS = 600
_ANCHOR = re.compile(r'<a[^>]*href="([^"]*/oauth/v2/authorize[^"]*)"')


@dataclass(frozen=True)
class Visited:
    """The last page that a browser came to."""

    url: str
    status: int
    text: str


class OAuth:
    """`choice` is who installs where when the page is next opened; None is somebody who cancels."""

    def __init__(self, state: SlackState) -> None:
        self.state = state
        self.choice: tuple[Workspace, User] | None = None

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """`/oauth/v2/authorize`: sends the browser back with a code, as if the person had pressed Allow."""
        asked, app = request.query, self.state.app
        if asked.get("client_id") != app.client_id:
            return web.Response(status=400, text="invalid client_id")
        back = asked.get("redirect_uri") or app.redirect_uris[0]
        if back not in app.redirect_uris:
            return web.Response(status=400, text="bad redirect_uri")
        answer = {"state": asked.get("state", "")}
        if self.choice is None:
            answer["error"] = "access_denied"
        else:
            answer["code"] = self.new_code(*self.choice, asked.get("scope", ""), asked.get("redirect_uri", ""))
        raise web.HTTPFound(f"{back}?{urlencode(answer)}")

    def new_code(self, team: Workspace, user: User, scope: str, redirect_uri: str) -> str:
        code = self.state.new_id("code.")
        scopes = {one for one in scope.split(",") if one}
        until = self.state.clock.now() + CODE_SECONDS
        self.state.grants[code] = Grant(team, user.id, scopes, redirect_uri, until)
        return code

    async def install(self, url: str, team: Workspace | None, user: User | None = None) -> Visited:
        """Open the bot's install page, follow its link, and agree for the workspace (None: cancel)."""
        self.choice = None if team is None else (team, user or self.state.add_user(team, "installer", is_admin=True))
        origin = urlsplit(url)
        # The bot's cookie is for https; a test's address is not, and has no name either.
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=f"{origin.scheme}://{origin.netloc}")
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(url) as page:
                visited = Visited(str(page.url), page.status, await page.text())
            link = _ANCHOR.search(visited.text)
            if link is None:
                return visited
            async with browser.get(html.unescape(link[1])) as page:
                return Visited(str(page.url), page.status, await page.text())
