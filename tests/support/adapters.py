"""Observe adapters while the service connects them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.chat.uses import UseCases
from bot.ports import Adapter, Connection


@dataclass
class Watch:
    """What an adapter received when it was connected, and what it returned."""

    given: list[UseCases] = field(default_factory=list)
    made: list[Connection] = field(default_factory=list)

    def over(self, adapter: Adapter[UseCases]) -> Adapter[UseCases]:
        """Return the adapter with its connections recorded."""

        def connect(uses: UseCases) -> Connection:
            self.given.append(uses)
            self.made.append(adapter.connect(uses))
            return self.made[-1]

        return replace(adapter, connect=connect)
