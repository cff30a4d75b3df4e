"""Adapters as the service connects them, watched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.chat.uses import UseCases
from bot.ports import Adapter, Connection


@dataclass
class Watch:
    """What an adapter was given when it was connected, and what it gave."""

    given: list[UseCases] = field(default_factory=list)
    made: list[Connection] = field(default_factory=list)

    def over(self, adapter: Adapter[UseCases]) -> Adapter[UseCases]:
        """The adapter, whose next connections are watched."""

        def connect(uses: UseCases) -> Connection:
            self.given.append(uses)
            self.made.append(adapter.connect(uses))
            return self.made[-1]

        return replace(adapter, connect=connect)
