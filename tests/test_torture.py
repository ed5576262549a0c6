"""The torture in small: kill -9 in the middle of a burst loses nothing, and nothing is said twice."""

import asyncio

import pytest

from tests.torture.run import Plan, torture
from tests.torture.verdict import table


@pytest.mark.timeout(300)  # a machine with much else to do starts the server slowly, and it starts four times
def test_what_was_acknowledged_survives_every_kill_and_is_answered_once() -> None:
    told: list[str] = []
    story = asyncio.run(torture(Plan(messages=150, kills=3, seed=7), told.append))
    assert not story.wrong, "\n".join([*told, table(story.checks)])
    assert len(story.kills) == 3
    assert story.exits == [0], "SIGTERM ends it well after all that"
