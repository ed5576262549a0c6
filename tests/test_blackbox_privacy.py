"""Privacy from outside: a customer reads his data, has them deleted, and nothing of him is left in any file."""

from pathlib import Path

from tests.blackbox_world import World, world
from tests.playing import PNG

CUSTOMER, PHONE = "wmc1", "13766554433"
NEED = "金丝雀系统导出报表时报错500，一点就提示失败，希望一次导出全部订单"
WHO = f"金丝雀贸易有限公司，甄丝雀，{PHONE}，canary@example.com"
ABOUT_HIM = ("金丝雀", "甄丝雀", PHONE, "137****4433", "canary@example", "昵称wmc1")


def kept(stage: World) -> bytes:
    """Return all bytes in all files of the product: database, write-ahead log, attachments, log."""
    return b"".join(path.read_bytes() for path in sorted(stage.folder.rglob("*")) if path.is_file())


def traces(text: bytes) -> list[str]:
    """Return what of him stands in it."""
    return [one for one in ABOUT_HIM if one.encode() in text]


def registers(stage: World) -> str:
    """Let him register a request, with a picture and some talk about it; return its number."""
    stage.customer(CUSTOMER)
    stage.say(CUSTOMER, NEED)
    stage.say(CUSTOMER, WHO)
    number = stage.goes_on(CUSTOMER)
    stage.platforms.do(stage.platforms.wecom.customer_sends(CUSTOMER, "file", content=PNG, filename="金丝雀.png"))
    stage.advance()
    stage.press(number, "接单")
    stage.press(number, "更新进度", 内容="已联系甄丝雀")
    stage.say(CUSTOMER, f"补充 {number} 金丝雀的客服电话也打不通")
    stage.tell("ou_boss", f"/show {number}")
    return number


def test_he_is_told_once_reads_his_data_and_has_them_deleted_without_a_trace(tmp_path: Path) -> None:
    with world(tmp_path / "house") as stage:
        bot = stage.start().ready()
        number = registers(stage)
        owner, _ = stage.holder(number, "提交验收")
        assert sum("隐私说明" in one for one in stage.heard(CUSTOMER)) == 1
        assert sorted(traces(kept(stage))) == sorted(ABOUT_HIM)

        stage.say(CUSTOMER, "导出我的数据")
        file = next(one for one in reversed(stage.chat(CUSTOMER)) if one.kind == "file")
        assert [one for one in ABOUT_HIM if one not in (file.media or b"").decode()] == ["137****4433"]
        assert number in (file.media or b"").decode()

        stage.say(CUSTOMER, "删除我的数据")
        told = "\n".join(stage.say(CUSTOMER, "确认"))
        stage.advance(60)
        assert "已删除" in told
        left = kept(stage) + bot.ask("GET", "/metrics").body + bot.ask("GET", "/readyz").body
        assert traces(left) == []
        assert not list((stage.folder / "data" / "files").rglob("*.png"))

        code = told.split("凭证：")[1][:12]
        assert any(code in one.text for one in stage.feed("ou_boss"))
        # What a manager had shown to him by a command is his; the card people work from is blanked.
        worked_on = [one.text for one in stage.feed(owner) if one.card and f"需求 {number}" in one.text]
        assert "资料已删除" in "".join(worked_on)
        assert traces("".join(worked_on).encode()) == []
        shown = "\n".join(stage.tell("ou_boss", f"/show {number}"))
        assert "已撤销" in shown
        assert traces(shown.encode()) == []

        stage.stop()
        assert traces(kept(stage)) == []
