"""The model: what it learnt from, how good it is, how often people keep what it suggests (process.md A-070, A-217)."""

from datetime import datetime, timedelta
from typing import Any

from handlers import showing
from handlers.commands.asked import Asked, Misused
from handlers.messages import Card, Message
from handlers.requests import card, confirming
from handlers.requests.confirming import Mode
from handlers.requests.suggested import HEADS
from handlers.wording import commands, staff, terms
from storage import labels
from storage.labels import Kept

_BUILT_IN = terms.KINDS | terms.NO_NEED


def model(asked: Asked) -> Message:
    """Show the card of the model that serves and what people make of its suggestions; it changes nothing."""
    if asked.words:
        raise Misused(staff.MODEL_NO_WORDS)
    classifier, modes = asked.desk.classifier, confirming.modes(asked.store)
    known = classifier.describe() if classifier else {}
    degraded = classifier.degraded if classifier else staff.MODEL_NONE
    examples = staff.MODEL_EXAMPLES.format(count=labels.collected(asked.store))
    facts = [(commands.MODEL["hint"], degraded), *_learnt(known, asked), *_figures(known, asked)]
    for head in HEADS:
        said = _lived(head, modes.get(head, Mode()), asked)
        facts.append((staff.MODEL_LIVE.format(label=terms.HEADS[head]), said))
    last = {"counted": _counted(asked), "examples": examples, "care": staff.MODEL_HOW}
    facts += [(commands.MODEL[key], value) for key, value in last.items()]
    on = any(mode.on for mode in modes.values())
    shown = tuple((name, value) for name, value in facts if value)
    return Card(title=staff.MODEL_TITLE, body=banner(asked), facts=shown, tone="warning" if on else "plain")


def banner(asked: Asked) -> str:
    """Name what people confirm one by one for the time being, with the share kept by now; empty if nothing."""
    return "\n".join(
        staff.CONFIRM_BANNER.format(label=terms.HEADS[head], share=f"{_live(head, asked).share:.0%}")
        for head, mode in confirming.modes(asked.store).items()
        if mode.on
    )


def _live(head: str, asked: Asked) -> Kept:
    return confirming.kept(head, asked.now, asked.store, asked.desk.policy)


def _learnt(known: dict[str, Any], asked: Asked) -> list[tuple[str, str]]:
    """Say what the model learnt from; a figure that its card lacks is left out."""
    authors = known.get("authors", ())
    facts = {
        "version": str(known.get("version", "")),
        "made": asked.desk.measured.made,
        "corpus": staff.MODEL_CORPUS.format(count=known["corpus_size"], names="、".join(authors)) if known else "",
        "decisions": staff.MODEL_DECISIONS.format(count=known["decisions"]) if known.get("decisions") else "",
    }
    return [(commands.MODEL[key], value) for key, value in facts.items()]


def _figures(known: dict[str, Any], asked: Asked) -> list[tuple[str, str]]:
    """List F1 by question and class, as measured when the model was trained."""
    macro, classes = known.get("macro_f1", {}), asked.desk.measured.f1
    rows = []
    for head in HEADS:
        names = _BUILT_IN | card.labels(head, asked.desk.policy)
        each = [f"{names.get(value, value)} {f1:.2f}" for value, f1 in classes.get(head, {}).items()]
        mean = [staff.MODEL_MEAN.format(value=f"{macro[head]:.2f}")] if head in macro else []
        rows.append((staff.MODEL_F1.format(label=terms.HEADS[head]), "，".join(mean + each)))
    return rows


def _counted(asked: Asked) -> str:
    """Say what the share is counted from, so that nobody takes it for more."""
    rules = asked.desk.policy.learning
    hours = rules.within.wall // timedelta(hours=1)
    span = commands.HOURS.format(count=hours) if hours % 24 else commands.DAYS.format(count=hours // 24)
    return staff.MODEL_COUNTED.format(most=rules.last, span=span)


def _lived(head: str, mode: Mode, asked: Asked) -> str:
    """Say how often people kept what was suggested, and what follows from it since when."""
    live = _live(head, asked)
    unsure = labels.unsure(asked.store, head, asked.now - asked.desk.policy.learning.within.wall)
    few = live.decisions < asked.desk.policy.learning.least
    rate = staff.MODEL_RATE.format(value=f"{live.share:.0%}", count=live.decisions, kept=live.kept)
    shown = staff.MODEL_NO_RATE if not live.decisions else rate
    shown += staff.MODEL_FEW.format(most=asked.desk.policy.learning.least) if few else ""
    shown += staff.MODEL_UNSURE.format(count=unsure) if unsure else ""
    words = staff.MODEL_ON if mode.on else staff.MODEL_OFF
    since = staff.MODEL_SINCE.format(at=_at(mode.since, asked)) if mode.since else ""
    return f"{shown}；{words}{since}"


def _at(moment: datetime | None, asked: Asked) -> str:
    return showing.clock(moment, asked.desk.policy)
