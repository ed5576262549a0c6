"""The command from outside: what is wrong is said in one line, and the rest does what its page promises."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.blackbox import PEOPLE, POLICY, free_port, run
from tests.test_settings import FEISHU, WECOM

COMMANDS = ((), ("serve",), ("db", "upgrade"), ("classifier", "predict"))
GOOD = {**WECOM, **FEISHU, "YINGXU_POLICY": "policy.toml"}
NOWHERE = "postgresql+psycopg://nobody:pgcanary@127.0.0.1:9/none"
FIELDS = {
    "customer_name",
    "contact_name",
    "phone",
    "email",
    "industry",
    "background",
    "description",
    "expected",
    "urgency_words",
}
ANSWER = {
    "id",
    "type",
    "urgency",
    "nature",
    "type_conf",
    "urgency_conf",
    "nature_conf",
    "p_urgent",
    "because",
    "fields",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.toml").write_text(POLICY, "utf-8")
    return tmp_path


def refused_in_one_line(done: "subprocess.CompletedProcess[bytes]", *words: str) -> None:
    said = done.stderr.decode()
    assert done.returncode == 2, said
    assert len(said.strip().splitlines()) == 1, said
    assert "Traceback" not in said
    for word in words:
        assert word in said
    for value in (*WECOM.values(), *FEISHU.values()):
        if len(value) > 12 and not value.startswith("http"):
            assert value not in said
    assert "pgcanary" not in said


def test_every_command_has_help_and_changes_nothing(tmp_path: Path) -> None:
    for one in COMMANDS:
        done = run(tmp_path, *one, "--help")
        assert done.returncode == 0, (one, done.stderr)
        assert b"Usage" in done.stdout, one
    assert list(tmp_path.iterdir()) == []


def test_serve_names_the_wrong_setting_in_one_line(folder: Path) -> None:
    wrong = (
        ("YINGXU_WECOM__SECRET", ""),
        ("YINGXU_WECOM__AES_KEY", "tooshort"),
        ("YINGXU_WECOM__API_BASE", "qyapi"),
        ("YINGXU_FEISHU__MODE", "pigeon"),
        ("YINGXU_PORT", "70000"),
        ("YINGXU_HOST", "no.such.host.invalid"),
        ("YINGXU_DATABASE_URL", "oracle://x/y"),
        ("YINGXU_DATABASE_URL", NOWHERE),
        ("YINGXU_DATA_DIR", "/proc/nothing"),
        ("YINGXU_POLICY", "missing.toml"),
    )

    def refused(case: tuple[str, str]) -> "subprocess.CompletedProcess[bytes]":
        return run(folder, "serve", settings={**GOOD, "YINGXU_PORT": str(free_port()), case[0]: case[1]})

    with ThreadPoolExecutor(3) as pool:
        runs = pool.map(refused, wrong)
    for (name, _), done in zip(wrong, runs, strict=True):
        refused_in_one_line(done, name)


def test_the_test_clock_is_refused_at_a_real_platform(folder: Path) -> None:
    for side in ("FEISHU",):
        bases = {f"YINGXU_{one}__API_BASE": "http://127.0.0.1:9" for one in ("WECOM", "FEISHU") if one != side}
        settings = {name: value for name, value in GOOD.items() if not name.endswith("API_BASE")} | bases
        refused_in_one_line(run(folder, "serve", settings={**settings, "YINGXU_TEST_CLOCK": "1"}), "YINGXU_TEST_CLOCK")


def test_a_wrong_policy_names_the_key_in_one_line(tmp_path: Path) -> None:
    wrong = (
        ("[alarms]\nbefore = '30m'\n", "alarms"),
        ("[alerts]\nbefore = 'soon'\n", "before"),
        ("[push]\nhours = ['21:00']\n", "hours"),
        ("[[people]]\nname = '李工'\n", "people"),
        ("timezone =\n", "policy.toml"),
    )

    def refused(case: tuple[str, str]) -> "subprocess.CompletedProcess[bytes]":
        path = tmp_path / f"{case[1]}.policy.toml"
        path.write_text(case[0] + POLICY if case[0].startswith("timezone") else POLICY + case[0], "utf-8")
        return run(tmp_path, "policy", settings={"YINGXU_POLICY": str(path)})

    with ThreadPoolExecutor(3) as pool:
        runs = pool.map(refused, wrong)
    for (_, key), done in zip(wrong, runs, strict=True):
        refused_in_one_line(done, key)


def test_the_policy_of_ten_people_is_shown_with_the_packaged_rules(folder: Path) -> None:
    done = run(folder, "policy", settings={"YINGXU_POLICY": "policy.toml"})
    shown = done.stdout.decode()
    assert done.returncode == 0
    for name, _, department, _ in PEOPLE:
        assert name in shown
        assert department in shown
    for word in ("问题修复", "紧急", "2 小时", "10 分钟", "P0"):
        assert word in shown, word


def test_an_unreachable_database_is_named_without_its_password(folder: Path) -> None:
    refused_in_one_line(run(folder, "db", "upgrade", settings={"YINGXU_DATABASE_URL": NOWHERE}), "YINGXU_DATABASE_URL")


def test_the_doctor_has_a_line_for_every_check_and_says_what_to_do(folder: Path) -> None:
    done = run(folder, "doctor", settings=GOOD)
    lines = done.stdout.decode().strip().splitlines()
    assert done.returncode == 1, done
    assert len(lines) >= 7
    assert all(re.match(r"\S+ .+", one) for one in lines)
    said = done.stdout + done.stderr
    assert b"Traceback" not in said
    for value in (WECOM["YINGXU_WECOM__SECRET"], FEISHU["YINGXU_FEISHU__APP_SECRET"], WECOM["YINGXU_WECOM__AES_KEY"]):
        assert value.encode() not in said


def test_predict_reads_plain_lines_and_jsonl_from_a_file_or_a_pipe(tmp_path: Path) -> None:
    lines = [
        "系统登录不了，今天必须解决",
        "我是上海星河科技有限公司的王芳，电话13912345678，想定制一个报表",
        "请问怎么导出",
    ]
    plain = "\n".join(lines).encode()
    as_json = "\n".join(json.dumps({"id": f"x{n}", "text": one}) for n, one in enumerate(lines)).encode()
    (tmp_path / "needs.txt").write_bytes(plain)
    runs = [
        run(tmp_path, "classifier", "predict", "needs.txt"),
        run(tmp_path, "classifier", "predict", "-", given=as_json),
    ]
    answers = []
    for done in runs:
        assert done.returncode == 0, done.stderr
        answers.append([json.loads(one) for one in done.stdout.decode().splitlines()])
    for found in answers:
        assert len(found) == len(lines)
        for one in found:
            assert set(one) == ANSWER
            assert set(one["fields"]) >= FIELDS
            assert one["type"] in {"bug", "improve", "custom", "consult", "other"}
            assert one["urgency"] in {"urgent", "important", "routine"}
            assert one["nature"] in {"product", "service", "complaint", "suggestion", "none"}
            assert all(0 <= one[key] <= 1 for key in ANSWER if key.endswith("_conf") or key == "p_urgent")
    assert [one["id"] for one in answers[1]] == ["x0", "x1", "x2"]
    assert [one["type"] for one in answers[0]] == [one["type"] for one in answers[1]]
    fields = answers[0][1]["fields"]
    assert fields["phone"] == "13912345678"
    assert fields["customer_name"] == "上海星河科技有限公司"
    assert fields["contact_name"] == "王芳"
    assert fields["email"] is None
    assert answers[0][0]["urgency"] == "urgent"
    missing = run(tmp_path, "classifier", "predict", "nowhere.txt")
    assert (missing.returncode, b"Traceback" in missing.stderr) == (2, False)
    broken = run(tmp_path, "classifier", "predict", given=b'{"id": 1, "text": "x"}\n{"id":\n\xff\xfe\n')
    assert b"Traceback" not in broken.stderr
