"""The engine's fetches: files are kept, lost ones are told, and discarded ones are deleted."""

import asyncio
from dataclasses import replace

from bot.engine.hooks import Hooks
from bot.errors import Refused
from handlers.messages import Discard, Reply
from storage import erasures
from storage.database import Database
from tests.engine_stage import START, FakeKf, House, receive, running, said


def test_files_are_fetched_and_a_lost_one_is_told(database: Database) -> None:
    wecom = FakeKf("wecom", files={"good": b"png"})
    house = House()

    async def play(media: str) -> None:
        async with running(database, house, wecom) as engine:
            receive(database, said("app:a", f"fetch {media}", START))
            await engine.settle()

    asyncio.run(play("good"))
    assert house.attachments == {7: "files/good.png"}
    assert wecom.texts == ["got good.png"]


def test_a_file_that_has_expired_is_lost_and_somebody_hears_of_it(database: Database) -> None:
    wecom = FakeKf("wecom", files={"gone": Refused("expired")})

    async def play() -> None:
        async with running(database, House(), wecom) as engine:
            receive(database, said("app:a", "fetch gone", START))
            await engine.settle()

    asyncio.run(play())
    assert wecom.texts == ["lost: expired"]


def test_a_file_that_arrives_after_its_sender_was_erased_is_deleted_and_shown_to_nobody(database: Database) -> None:
    thrown: list[str] = []

    class Meanwhile(FakeKf):
        async def download(self, media: str, most: int) -> tuple[bytes, str, str]:
            await database.run(lambda store: erasures.drop_told(store, ["app:a"], "erased:x", START))
            return await super().download(media, most)

    class Tidy(House):
        def hooks(self) -> Hooks:
            return replace(super().hooks(), discard=thrown.append)

    wecom, house = Meanwhile("wecom", files={"late": b"png"}), Tidy()

    async def play() -> None:
        async with running(database, house, wecom) as engine:
            receive(database, said("app:a", "fetch late", START))
            await engine.settle()

    asyncio.run(play())
    assert thrown == ["files/late.png"]
    assert house.attachments == {}


def test_a_discarded_file_is_deleted_once(database: Database) -> None:
    thrown: list[str] = []

    class Tidy(House):
        def hooks(self) -> Hooks:
            reply = Reply(fetches=(Discard(path="files/0/1.png"),))
            return replace(super().hooks(), discard=thrown.append, handle=lambda *_: reply)

    async def play() -> None:
        async with running(database, Tidy(), FakeKf("wecom")) as engine:
            receive(database, said("app:a", "first", START))
            receive(database, said("app:a", "again", START))
            await engine.settle()

    asyncio.run(play())
    assert thrown == ["files/0/1.png"]
