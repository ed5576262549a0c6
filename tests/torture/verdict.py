"""The verdict: every message has one outcome, every answer was read once, and nothing is broken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from storage.database import Database, Store
from tests.torture.town import ACCOUNT, SAID, Town, number_in


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so: what was counted, and what is wrong with it."""

    name: str
    figure: str
    wrong: tuple[str, ...] = ()


def checks(town: Town, url: str, patterns: Sequence[list[str]]) -> list[Check]:
    """Compare what people see and what the database keeps; `patterns` are the answers to one intake, by channel."""
    database = Database(url, reader=url.startswith("sqlite"))
    database.start()
    try:
        kept = database.run_sync(_kept)
    finally:
        database.close()
    return [*_customers(town, patterns), *_numbers(town, kept), *_cards(town), *_database(town, kept)]


def table(checks: Sequence[Check]) -> str:
    """Return the checks for a terminal, the wrong ones with their first examples."""
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        lines.append(f"{'WRONG' if check.wrong else 'ok':5}  {check.name.ljust(width)}  {check.figure}")
        lines += [f"       {' ' * width}  - {example}" for example in check.wrong[:5]]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds at the end."""

    incoming: dict[str, str]
    states: Counter[str]
    numbers: list[str]
    integrity: str


def _kept(store: Store) -> Kept:
    incoming = {row.dedup: row.state for row in store.execute(text("SELECT dedup, state FROM job WHERE queue = 'in'"))}
    jobs = store.execute(text("SELECT queue, state, count(*) AS n FROM job GROUP BY queue, state"))
    numbers = list(store.execute(text("SELECT number FROM request")).scalars())
    sqlite = store.dialect == "sqlite"
    integrity = str(store.execute(text("PRAGMA integrity_check")).scalar()) if sqlite else "ok"
    return Kept(incoming, Counter({f"{row.queue} {row.state}": row.n for row in jobs}), numbers, integrity)


def _customers(town: Town, patterns: Sequence[list[str]]) -> list[Check]:
    lost, twice, mixed = [], [], []
    for customer in town.customers:
        texts, pattern = town.heard(customer), patterns[customer.member]
        missing, extra = Counter(pattern) - Counter(texts), Counter(texts) - Counter(pattern)
        lost += [f"{customer.name}: {one[:40]!r}" for one in missing.elements()]
        twice += [f"{customer.name}: {one[:40]!r}" for one in extra.elements()]
        if not missing and not extra and texts != pattern:
            mixed.append(customer.name)
    expected = len(SAID) * len(town.customers)
    return [
        Check("answers lost", f"{len(lost)} of {expected}", tuple(lost)),
        Check("answers said twice, or never meant", f"{len(twice)} among {town.answers}", tuple(twice)),
        Check("chats out of order", f"{len(mixed)} of {len(town.customers)}", tuple(mixed)),
    ]


def _numbers(town: Town, kept: Kept) -> list[Check]:
    told = Counter(number for customer in town.customers for number in town.numbers(customer))
    wrong = [f"{customer.name}: {town.numbers(customer)}" for customer in town.customers
             if len(town.numbers(customer)) != 1]  # fmt: skip
    wrong += [f"{number} was told {times} customers" for number, times in told.items() if times > 1]
    unknown = set(told) ^ set(kept.numbers)
    wrong += [f"{number} is told or kept, but not both" for number in sorted(unknown)]
    return [Check("request numbers", f"{len(kept.numbers)} kept, {len(told)} told", tuple(wrong))]


def _cards(town: Town) -> list[Check]:
    cards = Counter(number_in(card) for card in town.cards())
    told = {number for customer in town.customers for number in town.numbers(customer)}
    wrong = [f"{number}: {cards[number]} cards" for number in sorted(told) if cards[number] != 1]
    return [Check("cards of agents in Feishu", f"{sum(cards.values())} for {len(told)} requests", tuple(wrong))]


def _database(town: Town, kept: Kept) -> list[Check]:
    wanted = {_incoming(customer.member, msgid) for customer in town.customers for msgid in customer.accepted}
    missing = sorted(wanted - set(kept.incoming))
    strange = sorted(set(kept.incoming) - wanted)
    undone = [f"{dedup}: {state}" for dedup, state in kept.incoming.items() if state != "done"]
    open_ = [f"{name}: {count}" for name, count in kept.states.items() if name.split()[1] not in {"done", "later"}]
    said = len(SAID) * len(town.customers)
    figure = f"{len(wanted)} of {said} acknowledged, {len(kept.incoming)} kept"
    return [
        Check("acknowledged and not kept", figure, tuple(missing)),
        Check("kept and never said", str(len(strange)), tuple(strange)),
        Check("outcomes", f"{len(kept.incoming) - len(undone)} done", tuple(undone)),
        Check("jobs left over", str(len(open_)), tuple(open_)),
        Check("PRAGMA integrity_check", kept.integrity, () if kept.integrity == "ok" else (kept.integrity,)),
    ]


def _incoming(member: bool, msgid: str) -> str:
    return f"wecom:{msgid}" if member else f"kf:{ACCOUNT}:{msgid}"
