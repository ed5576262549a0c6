"""The `yingxu` command as people and scripts meet it: output, exit codes, and never a traceback."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import yingxu
from bot.doctor import examine
from bot.sandbox.feishu import FeishuSimulator
from bot.sandbox.serving import address, door, served
from bot.sandbox.wecom import WeComSimulator
from bot.settings import Settings
from tests.factories import shanghai
from tests.test_settings import FEISHU, WECOM

HERE = Path(__file__).parent.parent
TEN = "\n".join(
    f'[[people]]\nname = "同事{n}"\nfeishu = "ou_{n}"\ndepartment = "研发部"\nroles = ["agent"]\n' for n in range(10)
)


def run(
    where: Path, *arguments: str, given: str | bytes = b"", **settings: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run the command in a folder with these settings and no others."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("YINGXU_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=where,
        env=bare | {"PYTHONPATH": str(HERE)} | settings,
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        timeout=60,
        check=False,
    )


def wrong(done: "subprocess.CompletedProcess[bytes]") -> str:
    """Return the one line a wrong setting is told in."""
    assert (done.returncode, done.stdout) == (2, b"")
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("serve",),
        ("sandbox",),
        ("doctor",),
        ("import",),
        ("policy",),
        ("db",),
        ("db", "upgrade"),
        ("classifier",),
        ("classifier", "train"),
        ("classifier", "evaluate"),
        ("classifier", "predict"),
        ("classifier", "promote"),
        ("privacy",),
        ("privacy", "export"),
        ("privacy", "erase"),
        ("privacy", "proofs"),
    ],
)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(yingxu, [*command, "--help"], prog_name="yingxu")
    assert done.exit_code == 0
    assert done.output.startswith(" ".join(("Usage: yingxu", *command)))


def test_an_unknown_command_is_wrong_usage(tmp_path: Path) -> None:
    assert run(tmp_path, "dance").returncode == 2


@pytest.mark.parametrize("command", ["serve", "doctor", "policy"])
def test_a_wrong_setting_is_one_line_and_exit_code_2(command: str, tmp_path: Path) -> None:
    assert wrong(run(tmp_path, command, YINGXU_PORT="eighty")) == "YINGXU_PORT: 必须是 1–65535 的整数"


def test_serve_without_platforms_names_what_is_missing(tmp_path: Path) -> None:
    assert wrong(run(tmp_path, "serve")).startswith("YINGXU_WECOM__CORP_ID, YINGXU_WECOM__AGENT_ID")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TEN + "[push]\nP7 = '1d'", "YINGXU_POLICY: push.P7: unknown key"),
        ("[push]\nP0 = '1d'", "YINGXU_POLICY: people: the file must name at least one person ([[people]])"),
        (TEN + "[alerts]\nbefore = 'soon'", "YINGXU_POLICY: alerts.before: must be a duration like 30m, 2h, 3d or 1bd"),
    ],
)
def test_a_wrong_policy_is_one_line_naming_the_key(text: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text)
    assert wrong(run(tmp_path, "policy", YINGXU_POLICY="own.toml")).startswith(line)


def test_policy_prints_the_rules_in_force(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(TEN + "[alerts]\nbefore = '45m'\n")
    printed = run(tmp_path, "policy", YINGXU_POLICY="own.toml").stdout.decode()
    assert all(f"同事{n} " in printed for n in range(10))
    assert "李工" not in printed
    assert "超时前提醒              45 分钟" in printed
    assert "常规      P2      1 个工作日  7 天" in printed


def test_policy_says_which_rules_have_no_effect_yet_and_calls_a_lead_as_the_cards_do(tmp_path: Path) -> None:
    printed = run(tmp_path, "policy").stdout.decode()
    idle = [line.split()[0] for line in printed.splitlines() if line.endswith("（尚未生效）")]
    assert idle == ["满意度调查时限", "回访", "周报"]
    assert "主管" in printed
    assert "负责人" not in printed.split("【时间与其他】")[0]


def test_db_upgrade_can_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        assert run(tmp_path, "db", "upgrade").stdout.decode() == "数据库结构已是最新\n"
    assert (tmp_path / "data" / "yingxu.db").exists()


def test_an_unreachable_database_is_one_line_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://u:database-canary@127.0.0.1:1/d"
    line = wrong(run(tmp_path, "db", "upgrade", YINGXU_DATABASE_URL=url))
    assert line.startswith("YINGXU_DATABASE_URL: ")
    assert "canary" not in line


# --- predict ----------------------------------------------------------------------------------------------------------

KEYS = {
    "id", "type", "urgency", "nature", "type_conf", "urgency_conf", "nature_conf", "p_urgent", "because", "fields",
}  # fmt: skip
FIELDS = {
    "customer_name", "contact_name", "phone", "email", "industry", "background", "description", "expected",
    "urgency_words",
}  # fmt: skip


def test_predict_reads_lines_and_jsonl_and_writes_jsonl(tmp_path: Path) -> None:
    given = '系统登录报错，所有门店都无法收银，马上处理！\n{"id": "b7", "text": "想了解一下怎么收费"}\n\n'
    done = run(tmp_path, "classifier", "predict", given=given)
    first, second = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, first["id"], second["id"]) == (0, "1", "b7")
    assert set(first) == KEYS
    assert set(first["fields"]) >= FIELDS
    assert (first["type"], first["urgency"], second["type"]) == ("bug", "urgent", "consult")
    assert first["because"]
    assert second["fields"]["phone"] is None


def test_predict_survives_junk(tmp_path: Path) -> None:
    junk = [
        b"\xff\xfe\x00\x01", b"{", b"{}", b"[]", b"null", b'{"text": 5}', b'{"id": 1, "text": ""}', b"\x00" * 50,
        b'{"id": [1], "text": "\\ud800"}', b'{"a":' * 5000, b'{"text": 1' + b"0" * 6000 + b"}", "嗯".encode() * 30000,
        "\u2028\u202e".encode(), b'{"id": "x", "text": "\xff"}', b'{"id": NaN, "text": "a"}', b"1-" * 5000,
    ]  # fmt: skip
    (tmp_path / "junk").write_bytes(b"\r\n".join(junk))
    done = run(tmp_path, "classifier", "predict", "junk")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in lines if isinstance(line["id"], str) and line["id"].isdecimal()][:6] == [
        *("1", "2", "3", "4", "5", "6"),
    ]
    assert len(lines) == len(junk)


def test_a_damaged_model_leaves_the_rules_and_says_so(tmp_path: Path) -> None:
    models = tmp_path / "data" / "models"
    (models / "v1").mkdir(parents=True)
    (models / "current").write_text("v1\n")
    done = run(tmp_path, "classifier", "predict", given="登录报错")
    assert done.returncode == 0
    assert "智能分类不可用" in done.stderr.decode()
    assert json.loads(done.stdout)["type"] == "bug"


def test_a_damaged_candidate_is_not_promoted(tmp_path: Path) -> None:
    (tmp_path / "candidate").mkdir()
    done = run(tmp_path, "classifier", "promote", "candidate")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "模型不可用" in done.stderr.decode()


# --- doctor -----------------------------------------------------------------------------------------------------------


def lines_of(done: "subprocess.CompletedProcess[bytes]") -> dict[str, str]:
    """Return the doctor's lines by the name of the check."""
    return {line[2:].partition(":")[0]: line for line in done.stdout.decode().splitlines()}


def test_doctor_says_one_line_a_check_and_fails_if_one_fails(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", **WECOM, **FEISHU)
    found = lines_of(done)
    assert done.returncode == 1
    assert found["规则"].startswith("✗ 规则: 人员仍是自带的示例（")
    assert found["企业微信网络"].startswith("✗ 企业微信网络: http://127.0.0.1:1 无法连接")
    assert found["飞书网络"].startswith("✗")
    assert found["数据库"].startswith("✓")
    assert not [secret for secret in (WECOM | FEISHU).values() if "canary" in secret and secret in done.stdout.decode()]
    assert not list(tmp_path.iterdir())


def test_doctor_recognises_a_damaged_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "yingxu.db").write_bytes(b"this is no database" * 1000)
    found = lines_of(run(tmp_path, "doctor"))
    assert found["数据库"].startswith("✗ 数据库: data/yingxu.db 无法读取")


def test_doctor_is_content_with_platforms_that_know_us(tmp_path: Path) -> None:
    year = datetime.now(UTC).year  # noqa: TID251 - of the machine's own clock
    days = ", ".join(f"{one}-02-01" for one in (year, year + 1))  # or it complains from December on
    (tmp_path / "own.toml").write_text(f"{TEN}[calendar]\nholidays = [{days}]")
    done = asyncio.run(examined(tmp_path))
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(line.startswith("✓") for line in lines_of(done).values())
    assert {"企业微信凭证", "飞书凭证", "时钟", "日历", "分类模型", "磁盘"} <= lines_of(done).keys()


def test_doctor_explains_what_the_platforms_refuse(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(TEN)
    wrong = {"YINGXU_WECOM__SECRET": "wrong-canary", "YINGXU_FEISHU__APP_SECRET": "wrong-canary"}
    done = asyncio.run(examined(tmp_path, **wrong))
    found = lines_of(done)
    assert done.returncode == 1
    assert found["企业微信凭证"] == "✗ 企业微信凭证: secret 不正确（40001）（核对后台的密钥后重试）"
    assert found["飞书凭证"].startswith("✗ 飞书凭证: App Secret 不正确")
    assert found["企业微信网络"].startswith("✓")
    assert "wrong-canary" not in done.stdout.decode()


@pytest.mark.parametrize(("when", "mark"), [("2040-11-30 23:00", "✓"), ("2040-12-01 00:00", "✗")])
def test_doctor_wants_the_holidays_of_the_next_year_from_december_on(when: str, mark: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(f"{TEN}[calendar]\nholidays = [2040-10-01]")
    settings = Settings(policy=tmp_path / "own.toml")
    line = next(one for one in examine(settings, shanghai(when)) if one.name == "日历").line()
    assert line.startswith(f"{mark} 日历: 不知道 2041 年的节假日")
    assert "calendar.holidays" in line


async def examined(folder: Path, **settings: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the doctor against both simulators."""
    simulators = (
        WeComSimulator(callback_url="http://127.0.0.1:1", now=lambda: datetime.now(UTC)),  # noqa: TID251 - its own time
        FeishuSimulator(callback_url="http://127.0.0.1:1", now=lambda: datetime.now(UTC)),  # noqa: TID251 - as above
    )
    async with AsyncExitStack() as stack:
        given = {"YINGXU_POLICY": "own.toml"}
        for simulator in simulators:
            bound = stack.enter_context(door())
            simulator.api_base = address(bound)
            await stack.enter_async_context(served(simulator.app, bound))
            stack.push_async_callback(simulator.close)
            given |= simulator.settings
        return await asyncio.to_thread(run, folder, "doctor", **given | settings)
