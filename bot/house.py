"""The house as the engine is told of it: its rules put into the engine's words, and its desk."""

from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from bot import files
from bot.engine.hooks import Hooks
from bot.wecom import kf
from classifier.releases import current
from classifier.suggest import Classifier
from handlers import attachments, dispatch, handover, purging, window
from handlers.desk import Desk
from handlers.messages import Outgoing
from handlers.policy import Policy
from storage.database import Store

log = structlog.get_logger(__name__)


def opened(policy: Policy, data_dir: Path) -> Desk:
    """Make the desk, with the model that was promoted last or the packaged one. Takes a second."""
    classifier = Classifier.load(current(data_dir / "models"))
    if classifier.degraded:
        log.error("classifier degraded", reason=classifier.degraded)
    return Desk(policy, classifier)


def hooks(data_dir: Path) -> Hooks:
    """Bind the handlers to the engine; bytes of attachments go below `data_dir`."""
    return Hooks(
        handle=dispatch.handle,
        sweep=dispatch.sweep,
        next_moment=dispatch.next_moment,
        upkeep=purging.next_moment,
        poison=dispatch.poison,
        window=window.shut,
        undeliverable=dispatch.undeliverable,
        postponed=window.postponed,
        delivered=_delivered,
        save=partial(files.save, data_dir),
        discard=partial(files.discard, data_dir),
        room=attachments.room,
        fetched=attachments.fetched,
        lost=attachments.lost,
        read_kf=kf.incoming,
    )


def _delivered(outgoing: Outgoing, messages: int, store: Store, now: datetime) -> tuple[Outgoing, ...]:
    window.count(outgoing, messages, store)
    return handover.delivered(outgoing, store, now)
