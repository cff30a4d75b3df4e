"""Pass commands, clicks, forms and messages to the core, and show its replies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, assert_never, cast

import discord

from adapters.common.tasks import explained
from adapters.discord import suggestions
from adapters.discord.answers import Conversation, Interaction, Rendering, Talk, converse
from adapters.discord.askers import Who, about, asker_of, direct, is_direct, kind_of, language_of, source
from adapters.discord.buttons import MOST_OPTIONS, Action, Click, click_of
from adapters.discord.clicks import on_answer, on_channel, on_paper
from adapters.discord.commands import DIGEST, Asked, asked, digest_command, paper_command, typed
from adapters.discord.errors import NAME
from adapters.discord.mentions import NO_IDS, Ids
from adapters.discord.replies import answers, in_full
from adapters.discord.rest import Rest
from adapters.discord.rights import lacking
from adapters.discord.views import filled_in, form, question_form, typed_question
from bot.chat.commands import (
    Ask,
    AskNext,
    AskOf,
    Begin,
    Command,
    Configure,
    Help,
    PaperCommand,
    QuestionCommand,
    Reading,
    Share,
    ShareAnswer,
    Show,
    ShowAnswer,
)
from bot.chat.language import settings_for
from bot.chat.offers import Offer
from bot.chat.permissions import may_change, refusal
from bot.chat.uses import UseCases
from bot.errors import BotError, PlatformError
from bot.models import (
    Asker,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    MessageRef,
    NextStep,
    Reply,
    Where,
    failed,
    say,
)
from bot.words import words_for

logger = logging.getLogger(__name__)

Start = Callable[[Coroutine[Any, Any, object], str], object]  # runs a named work in the background

_ROLE, _USER = 1, 2  # the types of a command's permission overrides


class Asking:
    """Answers what people ask, by the use cases."""

    def __init__(
        self,
        uses: UseCases,
        rest: Rest,
        ids: Ids = NO_IDS,
        *,
        doubt_threads: Callable[[str], None] = lambda channel: None,  # noqa: ARG005 (the signature is given)
    ) -> None:
        """`ids` are those of the commands, which become known later.

        `doubt_threads` is told of a channel in which the bot may post, but not in threads.
        """
        self._uses = uses
        self._rest = rest
        self._ids = ids
        self._doubt_threads = doubt_threads

    async def interaction(self, given: discord.Interaction) -> None:
        """Answer an interaction. One that has expired is logged."""
        talk = Interaction(self._rest, str(given.application_id), str(given.id), given.token)
        await self._answered(talk, self._answer(given, talk), lambda: self._who(given), asker_of(given))

    async def message(self, given: discord.Message, text: str) -> None:
        """Answer a message to the bot. `text` is its content without the mention of the bot."""
        talk = Talk(self._rest, str(given.channel.id), str(given.id))
        asker = Asker(str(given.author.id), language=language_of(given.guild))  # the author's own is not told

        async def who() -> Who:
            if given.guild is not None:
                return Who(asker, await self._key(given.guild.id, given.channel))
            return Who(asker, direct(asker) if isinstance(given.channel, discord.DMChannel) else None)

        async def answer() -> None:
            asking = await who()
            where = await self._where(asking, about(given))
            replies: AsyncIterator[Reply]
            if text.strip():
                replies = self._uses.questions.written(asker, where, text)
            elif asking.key and given.guild is not None:
                replies = self._uses.channels.handle(asker, asking.key, Begin())
            else:
                replies = self._uses.questions.handle(asker, where, Help())
            await self._tell(talk, asking, replies)

        await self._answered(talk, answer(), who, asker)

    async def resume(self, start: Start) -> None:
        """Have the questions that a process left unanswered when it died answered, each in its message."""
        async for one in self._uses.questions.interrupted(NAME):
            talk = Talk(self._rest, "", "", one.message)
            again = converse(talk, one.replies, self._rendered(), self._uses.questions.posted)
            start(again, "a question that a restart cut off")

    async def _answered(
        self, talk: Conversation, work: Awaitable[None], who: Callable[[], Awaitable[Who]], asker: Asker
    ) -> None:
        """Await the work, and tell the asker why if it fails. Raises errors other than BotError, after that."""

        async def explain(error: BotError) -> None:
            settings = await self._spoken(who, asker)
            try:
                await talk.show(answers(failed(error, settings.language, settings.timezone), ids=self._ids))
            except PlatformError as unheard:
                logger.warning("an answer could not be shown: %s", unheard)

        await explained(work, explain)

    async def _spoken(self, who: Callable[[], Awaitable[Who]], asker: Asker) -> ChannelSettings:
        """Return the settings for an answer about an error, without raising another one."""
        try:
            return await self._settings_for(await who())
        except Exception as error:  # noqa: BLE001 (whatever failed before fails again)
            logger.info("the settings for an answer are not known: %s", error)
            return self._settings(asker, None)

    async def _answer(self, given: discord.Interaction, talk: Interaction) -> None:
        content = _content(given)
        match given.type:
            case discord.InteractionType.autocomplete:
                await talk.complete(await self._completions(given, content))
            case discord.InteractionType.application_command:
                await talk.defer()
                await self._command(given, talk, asked(content))
            case discord.InteractionType.component:
                await self._clicked(given, talk, click_of(_custom_id(content)), list(content.get("values") or ()))
            case discord.InteractionType.modal_submit:
                await talk.defer()
                await self._submitted(given, talk, content)

    async def _tell(
        self, talk: Conversation, who: Who, replies: AsyncIterator[Reply], rendered: Rendering | None = None
    ) -> None:
        """Show the replies. Raises whatever `replies` raises, and PlatformError."""
        if not await converse(talk, replies, rendered or self._rendered(), self._uses.questions.posted):
            await self._say(talk, who, "chat.empty")

    def _rendered(self, *, share: bool = False) -> Rendering:
        return partial(answers, share=share, ids=self._ids)

    async def _say(self, talk: Conversation, who: Who, key: str) -> None:
        """Show a sentence of the catalogue. Raises PlatformError."""
        settings = await self._settings_for(who)
        await talk.show(answers(Reply.in_channel(settings, say(key)), ids=self._ids))

    # --- commands -------------------------------------------------------------------------------

    async def _command(self, given: discord.Interaction, talk: Interaction, what: Asked) -> None:
        who = await self._who(given)
        if what.command == DIGEST:
            if who.key is None:
                await self._say(talk, who, "chat.not_a_channel")
                return
            await self._tell(talk, who, await self._digest(given, who.asker, who.key, digest_command(what)))
            return
        where = await self._where(who)
        if text := typed(what):
            replies = self._uses.questions.written(who.asker, where, text)
        elif command := paper_command(what):
            replies = self._uses.questions.handle(who.asker, where, command)
        else:
            await self._say(talk, who, "chat.no_paper")
            return
        await self._tell(talk, who, replies, self._rendered(share=who.shares))

    async def _digest(
        self, given: discord.Interaction, asker: Asker, key: ChannelKey, command: Command
    ) -> AsyncIterator[Reply]:
        """Carry out `/digest`. Changes need Manage Server, or a permission override of this command for the person."""
        if not isinstance(command, Reading) and not asker.is_admin:
            asker = replace(asker, is_admin=await self._is_named(given))
        replies = self._uses.channels.handle(asker, key, command)
        if isinstance(command, Help):
            return _with_a_note(replies)
        if command != Show():
            return replies
        channel = await self._uses.channels.get(key)
        return _with_steps(replies, subscribed=channel is not None and channel.state is ChannelState.ACTIVE)

    async def _is_named(self, given: discord.Interaction) -> bool:
        """Return whether the server's integration settings explicitly let this person or their role use it."""
        command = _content(given).get("id")
        if given.guild_id is None or command is None or given.type is not discord.InteractionType.application_command:
            return False
        names = {
            "application_id": str(given.application_id),
            "guild_id": str(given.guild_id),
            "command_id": str(command),
        }
        path = "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions"
        try:
            listed = await self._rest.ask("GET", path, names, patience=1.0)
        except PlatformError:  # no overrides
            return False
        roles = {str(role.id) for role in getattr(given.user, "roles", ())} - {str(given.guild_id)}
        matching = {_USER: {str(given.user.id)}, _ROLE: roles}
        overrides = listed.get("permissions", ()) if isinstance(listed, dict) else ()
        return any(
            one.get("permission") and str(one.get("id")) in matching.get(one.get("type"), ()) for one in overrides
        )

    # --- clicks and forms -----------------------------------------------------------------------

    async def _clicked(
        self, given: discord.Interaction, talk: Interaction, click: Click | None, values: list[str]
    ) -> None:
        command = on_channel(click, values) if click else None
        if isinstance(command, Configure) and (who := await self._who(given)).key:
            await self._open_form(who, who.key, talk)
        elif command:
            await talk.defer()
            who = await self._who(given)
            if who.key is None:
                await self._say(talk, who, "chat.not_a_channel")
            else:
                await self._tell(talk, who, await self._digest(given, who.asker, who.key, command))
        elif click and click.action is Action.ASK and click.paper:
            await talk.open(question_form(click.paper, words_for(str(given.locale))))
        elif click and click.action is Action.CANCEL and click.subject:
            await self._cancel(given, talk, click.subject)
        else:
            wish = (on_paper(click, values) or on_answer(click, values)) if click else None
            await self._about_paper(given, talk, wish)

    async def _about_paper(
        self, given: discord.Interaction, talk: Interaction, command: PaperCommand | QuestionCommand | None
    ) -> None:
        """Carry out what a click asks. A conversation that everybody sees goes on for everybody to see."""
        place = source(given) if isinstance(command, AskNext | AskOf) else None
        await talk.defer(public=place is not None)
        who = await self._who(given)
        if command is None:  # sent by another version
            await self._say(talk, who, "chat.outdated")
            return
        share = who.shares and place is None and not isinstance(command, Share | ShareAnswer)
        rendered = in_full if isinstance(command, ShowAnswer) else self._rendered(share=share)
        replies = self._uses.questions.handle(who.asker, await self._where(who, place), command)
        await self._tell(talk, who, replies, rendered)

    async def _cancel(self, given: discord.Interaction, talk: Interaction, turn: str) -> None:
        """Cancel a question; its message then says so. Whoever may not is told why."""
        await talk.acknowledge()
        who = await self._who(given)
        refused = await self._uses.questions.cancel(who.asker, await self._where(who), turn)
        if refused:
            await talk.show(answers(refused, ids=self._ids))

    async def _open_form(self, who: Who, key: ChannelKey, talk: Interaction) -> None:
        channel = await self._uses.channels.get(key)
        settings = self._settings(who.asker, channel)
        if may_change(who.asker, channel):
            await talk.open(form(settings, words_for(settings.language)))
            return
        await talk.show(answers(Reply.in_channel(settings, refusal(key, channel)), ids=self._ids))

    async def _submitted(self, given: discord.Interaction, talk: Interaction, content: dict[str, Any]) -> None:
        who, click = await self._who(given), click_of(_custom_id(content))
        if click and click.action is Action.ASK and click.paper:
            asking = Ask((click.paper,), typed_question(content))
            replies = self._uses.questions.handle(who.asker, await self._where(who), asking)
            await self._tell(talk, who, replies, self._rendered(share=who.shares))
        elif click is None or click.action is not Action.FORM:
            await self._say(talk, who, "chat.outdated")
        elif who.key is None:
            await self._say(talk, who, "chat.not_a_channel")
        else:
            await self._tell(talk, who, self._uses.channels.handle(who.asker, who.key, filled_in(content)))

    # --- what is being typed --------------------------------------------------------------------

    async def _completions(self, given: discord.Interaction, content: dict[str, Any]) -> suggestions.Choices:
        """Return completions, none if they cannot be made: an error has no place in that list."""
        try:
            return await self._suggested(given, asked(content))
        except Exception as error:  # noqa: BLE001 (the person can go on typing)
            logger.warning("nothing can be suggested: %r", error)
            return []

    async def _suggested(self, given: discord.Interaction, what: Asked) -> suggestions.Choices:
        typed = str(what.values.get(what.focused, ""))
        words = words_for(str(given.locale))
        offer = what.option.offer if what.option else None
        if offer is None:
            return []
        channel = await self._spoken(lambda: self._who(given), asker_of(given))
        spoken = (words, words_for(channel.language))
        match offer:
            case Offer.ZONES:
                # Their names are made on first use, which takes a while.
                return await asyncio.to_thread(suggestions.zones, typed, *spoken)
            case Offer.LANGUAGES:
                return suggestions.languages(typed, *spoken)
            case Offer.TOPICS:
                return suggestions.topics(typed)
            case Offer.DAYS:
                return suggestions.days(typed, *spoken)
            case Offer.PAPERS:
                key = (await self._who(given)).key
                found = await self._uses.papers.suggest(key, suggestions.plain(typed), MOST_OPTIONS)
                return suggestions.papers(found, words)
            case _:
                assert_never(offer)

    # --- who, where, in which language ----------------------------------------------------------

    async def _who(self, given: discord.Interaction) -> Who:
        asker = asker_of(given)
        if given.guild_id is None:
            private = given.context.private_channel or not isinstance(given.channel, discord.DMChannel)
            if private and not given.context.dm_channel:
                return Who(asker, None)
            return Who(replace(asker, is_admin=True), direct(asker))  # one's own direct messages
        if not given.is_guild_integration() or given.channel is None:
            return Who(asker, None)
        key = await self._key(given.guild_id, given.channel)
        missing = lacking(given.app_permissions, kind_of(given.channel, key))
        if missing.threads:
            self._doubt_threads(key.name.partition("/")[2])
        return Who(replace(asker, lacking=missing), key)

    async def _key(self, guild: int, channel: discord.abc.Snowflake) -> ChannelKey:
        """Return the channel's key. A thread without digests of its own stands for its parent channel."""
        own = ChannelKey(NAME, f"{guild}/{channel.id}")
        if isinstance(channel, discord.Thread) and await self._uses.channels.get(own) is None:
            return ChannelKey(NAME, f"{guild}/{channel.parent_id}")
        return own

    async def _where(self, who: Who, thread: MessageRef | None = None) -> Where:
        """Return where somebody asks. Direct messages without a digest are no channel, with a budget or a language of
        its own.
        """
        key = who.key
        if key and is_direct(key) and await self._uses.channels.get(key) is None:
            key = None
        return Where(NAME, key, thread)

    def _settings(self, asker: Asker, channel: Channel | None) -> ChannelSettings:
        return settings_for(channel, asker, self._uses.defaults)

    async def _settings_for(self, who: Who) -> ChannelSettings:
        return self._settings(who.asker, await self._uses.channels.get(who.key) if who.key else None)


def _custom_id(content: dict[str, Any]) -> str:
    return str(content.get("custom_id", ""))


def _content(given: discord.Interaction) -> dict[str, Any]:
    """Return the interaction's data as JSON."""
    return dict(cast("dict[str, Any]", given.data or {}))


async def _with_steps(replies: AsyncIterator[Reply], *, subscribed: bool) -> AsyncIterator[Reply]:
    """Add what can be done next to the state of a channel: on Discord, `/digest` alone cannot be sent."""
    steps = (NextStep.SETTINGS, NextStep.HELP) if subscribed else tuple(NextStep)
    async for reply in replies:
        yield replace(reply, steps=steps)


async def _with_a_note(replies: AsyncIterator[Reply]) -> AsyncIterator[Reply]:
    """Add to the help that the bot cannot read messages without a mention, as it lacks that intent."""
    async for reply in replies:
        yield replace(reply, sentences=(*reply.sentences, say("chat.mentions_only")))
