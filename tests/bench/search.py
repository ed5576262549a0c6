"""`make bench-search`: searching among 10,000 and 1,000,000 requests on both databases; writes nothing to keep.

The texts are mixed from clauses of the packaged corpora, a few clauses said far more often than most (Zipf); every
tenth of them is said ten times over. Among them stand the second halves of the hand-written pairs, older than all
others; the first halves are searched for. Requests and keys are put in in bulk, in the order the tables are kept in.
"""

import argparse
import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter

import click
import numpy as np
from numpy.typing import NDArray

from classifier import similar
from classifier.similar import Need
from classifier.suggest import PACKAGED
from handlers.requests import alike
from storage import search
from storage.database import Database, Store
from tests.bench.bulk import fill
from tests.databases import new_postgres, opened, postgres

SEED = 7
DIFFERENT = 10
"""One text in so many is different from all others."""
CLAUSES = (1, 2, 2, 3, 3)
STEEP = 0.9
"""How steeply clauses fall in how often they are said (Zipf's exponent)."""
WRITTEN = 500
_END = re.compile(r"[，。；！？,;!?\n]+")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one database of one size, in milliseconds."""

    name: str
    size: int
    all_: list[float]
    own: list[float]
    written: float
    found: dict[str, float]
    filled: float

    def row(self) -> str:
        """Put it into one row of a table."""
        found = " · ".join(f"{author} {share:.2f}" for author, share in self.found.items())
        both = " | ".join(f"{median(times):.1f} / {_p95(times):.1f}" for times in (self.all_, self.own))
        return f"| {self.name} | {self.size:,} | {both} | {self.written:.2f} | {found} | {self.filled:.0f} s |"


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(prog="make bench-search", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--on", choices=["sqlite", "postgresql"], nargs="+", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    click.echo("| database | requests | a manager's p50 / p95 ms | an agent's | write ms | needles in 5 | filled in |")
    click.echo("|---|---|---|---|---|---|---|")
    for size in asked.sizes:
        texts, keys = _corpus(size)
        for kind in asked.on:
            for url in _urls(kind):
                with opened(url) as database:
                    click.echo(_measured(kind, size, texts, keys, database).row())


def _urls(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="yingxu-search-") as folder:
            yield f"sqlite:///{folder}/search.db"
        return
    with postgres() as server, new_postgres(server) as url:
        yield url


def _measured(kind: str, size: int, texts: list[str], keys: "Keys", database: Database) -> Figures:
    started = perf_counter()
    fill(database, size, texts, len(_needles()), *keys)
    filled = perf_counter() - started
    pairs = _pairs()
    for _, said, _ in pairs[:20]:
        database.run_sync(partial(alike.searched, text=said))
    found: dict[str, list[bool]] = {}
    everybody = []
    for author, said, place in pairs:
        spent, best = _timed(database, partial(alike.searched, text=said))
        everybody.append(spent)
        found.setdefault(author, []).append(place in [one.request.id for one in best])
    own = [_timed(database, partial(alike.searched, text=said, owner="ou_7"))[0] for _, said, _ in pairs]
    shares = {author: sum(hits) / len(hits) for author, hits in found.items()}
    return Figures(kind, size, everybody, own, _written(database, texts, size), shares, filled)


def _timed(database: Database, work: Callable[[Store], list[alike.Found]]) -> tuple[float, list[alike.Found]]:
    # What a process read a moment ago it knows by heart; a search is measured as if nobody had searched for it.
    similar.read.cache_clear()
    started = perf_counter()
    found = database.run_sync(work)
    return (perf_counter() - started) * 1000, found


def _written(database: Database, texts: list[str], size: int) -> float:
    """Return what keeping one more request costs in a transaction, without reading its words; in milliseconds."""
    kept = [list(similar.keys(text)) for text in texts[:WRITTEN]]

    def write(store: Store) -> float:
        started = perf_counter()
        for place, keys in enumerate(kept):
            search.put(store, search.REQUEST, size + 1 + place, keys)
        return (perf_counter() - started) * 1000 / WRITTEN

    return database.run_sync(write)


# --- what is searched -------------------------------------------------------------------------------------------------

Keys = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Keys and the requests that stand under them, in order."""


def _corpus(size: int) -> tuple[list[str], Keys]:
    """Return the texts of requests 1 to `size` (said again from the start when they end) and all their keys."""
    rng = random.Random(SEED)
    clauses = _clauses()
    rng.shuffle(clauses)
    weights = np.cumsum(1 / np.arange(1, len(clauses) + 1) ** STEEP).tolist()
    needs = {clause: similar.read(clause) for clause in clauses}
    needles = [(said, similar.keys(said)) for said in _needles()]
    texts, kept = [said for said, _ in needles], [list(keys) for _, keys in needles]
    for _ in range(max(1, size // DIFFERENT)):
        said = rng.choices(clauses, cum_weights=weights, k=rng.choice(CLAUSES))
        texts.append("，".join(said))
        kept.append(list(similar.keys_of(_together([needs[one] for one in said]))))
    return texts, _ordered(kept, len(needles), size)


def _ordered(kept: list[list[int]], needles: int, size: int) -> Keys:
    """Lay out who stands under which key as the table has it; needles are said once, all others again and again."""
    counts = np.array([len(keys) for keys in kept])
    flat = np.fromiter((key for keys in kept for key in keys), np.int64, counts.sum())
    starts = np.concatenate(([0], np.cumsum(counts)))
    mixed = flat[starts[needles] :]
    ids = np.repeat(np.arange(needles + 1, len(kept) + 1), counts[needles:])
    again = range(-(-(size - needles) // (len(kept) - needles)))
    keys = np.concatenate([flat[: starts[needles]], *[mixed for _ in again]])
    step = len(kept) - needles
    subjects = np.concatenate(
        [np.repeat(np.arange(1, needles + 1), counts[:needles]), *[ids + step * n for n in again]]
    )
    keys, subjects = keys[subjects <= size], subjects[subjects <= size]
    order = np.lexsort((subjects, keys))
    return keys[order], subjects[order]


def _together(needs: list[Need]) -> Need:
    words = {word: weight for need in needs for word, weight in need.words.items()}
    topics = {topic: weight for need in needs for topic, weight in need.topics.items()}
    return Need(words, {}, frozenset(), topics, {})


def _clauses() -> list[str]:
    corpus = sorted((PACKAGED.parent / "corpus").glob("*.jsonl"))
    texts = [json.loads(line)["text"] for file in corpus for line in file.read_text("utf-8").splitlines()]
    return sorted({clause.strip() for text in texts for clause in _END.split(text) if 4 <= len(clause.strip()) <= 60})


def _same() -> list[dict[str, str]]:
    files = sorted((PACKAGED.parent / "pairs").glob("*.jsonl"))
    pairs = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [pair for pair in pairs if pair["alike"] == "same"]


def _needles() -> list[str]:
    return [pair["b"] for pair in _same()]


def _pairs() -> list[tuple[str, str, int]]:
    """Return author, what is searched for, and the number of the request to be found."""
    return [(pair["author"], pair["a"], place) for place, pair in enumerate(_same(), start=1)]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main()
