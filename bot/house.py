"""The house: which handler answers which of the engine's questions."""

from datetime import datetime
from pathlib import Path

from bot.engine.hooks import Hooks
from bot.files import Files
from bot.wecom import kf
from handlers import attachments, dispatch, window
from handlers.messages import Outgoing
from storage.database import Store


def hooks(data_dir: Path) -> Hooks:
    """Tie the engine to the handlers."""
    return Hooks(
        handle=dispatch.handle,
        sweep=dispatch.sweep,
        next_moment=dispatch.next_moment,
        poison=dispatch.poison,
        window=window.shut,
        undeliverable=dispatch.undeliverable,
        delivered=_delivered,
        save=Files(data_dir).save,
        fetched=attachments.fetched,
        lost=attachments.lost,
        read_kf=kf.incoming,
    )


def _delivered(outgoing: Outgoing, messages: int, store: Store, _: datetime) -> None:
    window.count(outgoing, messages, store)
