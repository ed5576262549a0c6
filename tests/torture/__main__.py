"""Runs the torture and prints what it found; exit code 1 if anything was lost, said twice or broken."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.databases import new_postgres, postgres
from tests.torture.run import Plan, torture
from tests.torture.verdict import table


def main() -> None:
    """Read the arguments, torture, tell."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="two servers on one PostgreSQL, killed in turn")
    given = parser.parse_args()
    with _database(wanted=given.postgres) as url:
        plan = Plan(given.messages, given.kills, given.seed, url, servers=2 if given.postgres else 1)
        story = asyncio.run(torture(plan, say))
    say(f"\n{len(story.kills)} kills, seed {plan.seed}, {story.seconds:.0f} s")
    say(f"callbacks repeated because nobody answered: {story.repeats}")
    absorbed = ", ".join(f"{count} on {platform}" for platform, count in story.absorbed.items())
    say(f"sends the platforms recognised as repeats: {absorbed}")
    say(f"exit codes after SIGTERM: {story.exits}\n\n{table(story.checks)}")
    sys.exit(1 if story.wrong else 0)


@contextmanager
def _database(*, wanted: bool) -> Iterator[str]:
    """Yield the URL of a new PostgreSQL database, or nothing: then it is a SQLite file."""
    if not wanted:
        yield ""
        return
    with postgres() as server, new_postgres(server) as url:
        yield url


def say(line: str) -> None:
    """Tell how it goes."""
    print(line, flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
