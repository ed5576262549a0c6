"""The house as the engine sees it: which handler answers which hook, and the desk (policy and classifier)."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from bot import files
from bot.engine.hooks import Hooks
from bot.wecom import kf
from classifier.releases import current
from classifier.suggest import PACKAGED, Classifier
from classifier.taxonomy import Taxonomy
from handlers import attachments, dispatch, handover, purging, window
from handlers.desk import Desk, Measured
from handlers.messages import Outgoing
from handlers.policy import Policy
from storage.database import Store

log = structlog.get_logger(__name__)


def opened(policy: Policy, data_dir: Path) -> Desk:
    """Make the desk, with the model that was promoted last or the packaged one. Takes a second."""
    directory = current(data_dir / "models")
    classifier = Classifier.load(directory, Taxonomy(policy.like))
    if classifier.degraded:
        log.error("classifier degraded", reason=classifier.degraded)
        return Desk(policy, classifier)
    return Desk(policy, classifier, _measured(directory or PACKAGED, policy))


def _measured(directory: Path, policy: Policy) -> Measured:
    """Read what was measured beside a model that has just been loaded, its hashes checked; a lack of it is no fault."""
    report = directory / "report.json"
    try:
        heads = json.loads(report.read_text("utf-8"))["heads"]
        f1 = {head: {label: one["f1"] for label, one in part["classes"].items()} for head, part in heads.items()}
        made = datetime.fromtimestamp(report.stat().st_mtime, policy.zone)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Measured()
    return Measured(f1, f"{made:%Y-%m-%d}")


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
