"""Install the app in many workspaces: `/slack/install` redirects to Slack, `/slack/oauth_redirect` takes the code.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import hmac
import html
import logging
import math
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlencode

from adapters.common.allowance import Allowance, Allowances
from adapters.slack.errors import NAME
from adapters.slack.scopes import BOT
from adapters.slack.settings import SlackSettings
from adapters.slack.workspaces import Workspace, Workspaces
from bot.chat.uses import UseCases
from bot.errors import BotError, PlatformError
from bot.ports import HttpRequest, HttpResponse, Route
from bot.words import Words, words_for

logger = logging.getLogger(__name__)

START, BACK = "/slack/install", "/slack/oauth_redirect"
_COOKIE = "kawaraban-slack-state"
_STYLE = "body{font:1.1rem/1.7 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1rem}"
_SECONDS = 600  # a state's validity
# For each page, from one address and from all together, because every request writes to the database.
_BURST, _EVERY = 20, 2.0
_WHOLE_BURST, _WHOLE_EVERY = 200, 0.2


@dataclass(frozen=True, slots=True)
class Client:
    """This app as an OAuth client. `public_url` is the bot's address as configured in Slack's app settings."""

    id: str
    secret: str = field(repr=False)
    public_url: str
    slack_url: str

    @classmethod
    def of(cls, settings: SlackSettings, public_url: str) -> Client:
        return cls(settings.client_id, settings.client_secret, public_url, settings.slack_api_url)


class Installing:
    """The two pages that add the app to a workspace."""

    def __init__(self, workspaces: Workspaces, uses: UseCases, client: Client) -> None:
        self._workspaces = workspaces
        self._uses = uses
        self._client_id = client.id
        self._client_secret = client.secret
        self._redirect = f"{client.public_url}{BACK}"
        self._secure = client.public_url.startswith("https://")
        self._authorize = f"{client.slack_url}/oauth/v2/authorize"
        self._starts, self._backs = (
            Allowances(_BURST, _EVERY, Allowance(_WHOLE_BURST, _WHOLE_EVERY)) for _ in (START, BACK)
        )

    def routes(self) -> list[Route]:
        return [Route("GET", START, self.start), Route("GET", BACK, self.back)]

    async def start(self, request: HttpRequest) -> HttpResponse:
        """Redirect to Slack's consent page, with a one-time state."""
        if wait := self._starts.take(request.address):
            return self._busy(request, wait)
        state = await self._uses.installations.new_state()
        asked = {"client_id": self._client_id, "scope": ",".join(BOT), "state": state, "redirect_uri": self._redirect}
        cookie = f"{_COOKIE}={state}; Max-Age={_SECONDS}; Path={BACK}; HttpOnly; SameSite=Lax"
        headers = {
            "Location": f"{self._authorize}?{urlencode(asked)}",
            "Set-Cookie": f"{cookie}; Secure" if self._secure else cookie,
            "Referrer-Policy": "no-referrer",
        }
        return HttpResponse(302, headers=headers)

    async def back(self, request: HttpRequest) -> HttpResponse:
        """Exchange the code for the workspace's token and store it. The state must be unused and from this browser."""
        if wait := self._backs.take(request.address):
            return self._busy(request, wait)
        words = words_for(_language(request))
        given = {name: values[0] for name, values in parse_qs(request.query).items()}
        state = given.get("state", "")
        same = hmac.compare_digest(_cookie(request).encode(errors="replace"), state.encode(errors="replace"))
        if not state or not same or not await self._uses.installations.use_state(state):
            return self._page(words, 400, "install.state")
        if "code" not in given:
            return self._page(words, 400, "install.cancelled")
        try:
            name = await self._exchange(given["code"])
        except PlatformError as error:
            logger.warning("an installation failed: %s", error)
            return self._page(words, 502, "install.failed")
        except BotError:
            logger.exception("an installation could not be stored")
            return self._page(words, 500, "install.failed")
        return self._page(words, 200, "install.done", workspace=name)

    async def _exchange(self, code: str) -> str:
        """Store the installation and return the workspace's name. Raises PlatformError and StoreError."""
        answer = await self._workspaces.http.ask(
            "",
            lambda client: client.oauth_v2_access(
                client_id=self._client_id,
                client_secret=self._client_secret,
                code=code,
                redirect_uri=self._redirect,
            ),
        )
        team = answer.get("team") or {}
        installed = Workspace(
            team=str(team.get("id") or ""),
            token=str(answer.get("access_token") or ""),
            bot_user=str(answer.get("bot_user_id") or ""),
            scopes=frozenset(str(answer.get("scope") or "").split(",")),
        )
        if not (installed.team and installed.token and installed.bot_user):
            raise PlatformError("platform.lost_answer", platform=NAME)
        await self._workspaces.save(installed)
        logger.info("the app was installed in %s", installed.team)
        return str(team.get("name") or installed.team)

    def _busy(self, request: HttpRequest, seconds: float) -> HttpResponse:
        """Return the page for too many requests. It keeps the cookie of an installation in progress."""
        page = self._page(words_for(_language(request)), 429, "install.busy")
        kept = {name: value for name, value in page.headers.items() if name != "Set-Cookie"}
        return HttpResponse(429, page.body, {**kept, "Retry-After": str(math.ceil(seconds))})

    def _page(self, words: Words, status: int, key: str, **arguments: str) -> HttpResponse:
        title = html.escape(words.say("install.title"))
        body = html.escape(words.say(key, **arguments))
        again = html.escape(words.say("install.again"))
        link = "" if status == 200 else f'<p><a href="{START}">{again}</a></p>'
        text = (
            f'<!doctype html><html lang="{words.language}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style>'
            f"<h1>{title}</h1><p>{body}</p>{link}</html>"
        )
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Set-Cookie": f"{_COOKIE}=; Max-Age=0; Path={BACK}",
            "Referrer-Policy": "no-referrer",
        }
        return HttpResponse(status, text.encode(), headers)


def _cookie(request: HttpRequest) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[_COOKIE].value if _COOKIE in jar else ""


def _language(request: HttpRequest) -> str:
    """Return the browser's preferred language tag."""
    return request.headers.get("accept-language", "en").split(",")[0].partition(";")[0].strip() or "en"
