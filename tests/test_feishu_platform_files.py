"""FeishuPlatform sends and fetches files: pictures, reports, and what cannot be sent or had."""

from pathlib import Path

import pytest

from bot.errors import Refused
from handlers.messages import File, Image, Text
from tests.feishu_platform_stage import PNG, Stage, failure, play


def test_a_picture_goes_as_an_image_and_a_report_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.png").write_bytes(PNG)
    (tmp_path / "files" / "b").write_bytes(b"PK-report")

    async def scene(stage: Stage) -> None:
        await stage.deliver(Image(path="files/a.png", name="截图.png"))
        await stage.deliver(File(path="files/b", name="周报 2026-11.xlsx"))
        image, file = stage.seen()
        assert stage.feishu.resource(image.content["image_key"]).content == PNG
        kept = stage.feishu.resource(file.content["file_key"])
        assert (kept.content, kept.filename) == (b"PK-report", "周报 2026-11.xlsx")

    play(tmp_path, scene)


def test_a_picture_that_feishu_does_not_know_goes_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(b"heic")
    (tmp_path / "large.png").write_bytes(PNG + bytes(10 << 20))

    async def scene(stage: Stage) -> None:
        await stage.deliver(Image(path="a.heic"))
        await stage.deliver(Image(path="large.png"))
        assert [message.kind for message in stage.seen()] == ["file", "file"]

    play(tmp_path, scene)


@pytest.mark.parametrize("path", ["missing.png", "../outside.png", "/etc/hostname", "empty.png", "huge.bin", ""])
def test_a_file_that_cannot_be_sent_is_refused(tmp_path: Path, path: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "outside.png").write_bytes(PNG)
    (data / "empty.png").write_bytes(b"")
    with (data / "huge.bin").open("wb") as huge:
        huge.truncate((30 << 20) + 1)

    async def scene(stage: Stage) -> None:
        assert isinstance(await failure(stage, File(path=path)), Refused)
        assert stage.seen() == []

    play(data, scene)


def test_an_upload_with_a_revoked_token_sends_the_whole_file_again(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)

    async def scene(stage: Stage) -> None:
        await stage.deliver(Text(text="x"))
        stage.feishu.revoke_token()
        await stage.deliver(Image(path="a.png"))
        assert stage.feishu.resource(stage.seen()[-1].content["image_key"]).content == PNG

    play(tmp_path, scene)


def test_what_people_send_can_be_downloaded_with_its_name_and_type(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        for kind, name, way in (("image", "截图 1.png", "image"), ("file", "合同；终稿 (1).pdf", "file")):
            sent = await stage.feishu.sends("ou_li", kind, PNG, name)
            message = stage.feishu.world.messages[sent.message_id]
            key = message.body.get("image_key") or message.body["file_key"]
            content, told, content_type = await stage.platform.download(f"{sent.message_id}/{key}/{way}")
            assert (content, told) == (PNG, name)
            assert content_type == {"image": "image/png", "file": "application/pdf"}[kind]

    play(tmp_path, scene)


def test_a_download_that_cannot_be_is_refused(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        for media in ("", "om_1", "om_1/key", "om_1/key/other", "/key/image", "om_none/file_none/file"):
            with pytest.raises(Refused):
                await stage.platform.download(media)

    play(tmp_path, scene)
