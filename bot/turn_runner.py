"""Runs turns through the Bot Framework, whose import takes a third of a second: pages do not wait for it."""

import asyncio
from typing import TYPE_CHECKING

from bot.answering import Answering
from bot.fanout import Fanout
from bot.turns.worker import Done, Job

if TYPE_CHECKING:
    from bot.adapter import DirectLineAdapter


class TurnRunner:
    """Imports botbuilder with the first turn, or when `load` is called, in a thread and once."""

    def __init__(self, answering: Answering, fanout: Fanout) -> None:
        self._answering = answering
        self._fanout = fanout
        self._loading = asyncio.Lock()
        self._adapter: DirectLineAdapter | None = None

    async def __call__(self, job: Job) -> Done:
        """Runs one turn. Raises TurnPutOffError or TurnFailedError."""
        adapter = self._adapter or await self.load()
        return await adapter(job)

    async def load(self) -> "DirectLineAdapter":
        """The adapter with the bot behind it."""
        async with self._loading:
            if self._adapter is None:
                self._adapter = await asyncio.to_thread(self._import)
            return self._adapter

    def _import(self) -> "DirectLineAdapter":
        from bot.adapter import DirectLineAdapter  # noqa: PLC0415 - what this file is for
        from bot.zoe_bot import ZoeBot  # noqa: PLC0415

        return DirectLineAdapter(ZoeBot(self._answering).on_turn, self._fanout)
