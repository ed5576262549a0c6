"""Settings: what is read from where, and that a wrong one is one line that names it and shows nothing."""

from pathlib import Path

import pytest

from bot import settings
from bot.settings import Settings, WrongSettingError, load

WECOM = {
    "YINGXU_WECOM__CORP_ID": "wwcorp",
    "YINGXU_WECOM__AGENT_ID": "1000002",
    "YINGXU_WECOM__SECRET": "wecom-secret-canary",
    "YINGXU_WECOM__TOKEN": "wecom-token-canary",
    "YINGXU_WECOM__AES_KEY": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    "YINGXU_WECOM__API_BASE": "http://127.0.0.1:1",
}
FEISHU = {
    "YINGXU_FEISHU__APP_ID": "cli_app",
    "YINGXU_FEISHU__APP_SECRET": "feishu-secret-canary",
    "YINGXU_FEISHU__ENCRYPT_KEY": "feishu-encrypt-canary",
    "YINGXU_FEISHU__VERIFICATION_TOKEN": "feishu-verification-canary",
    "YINGXU_FEISHU__API_BASE": "http://127.0.0.1:1",
}


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start in an empty working directory, without settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [*WECOM, *FEISHU, "YINGXU_PORT", "YINGXU_DATABASE_URL", "YINGXU_TEST_CLOCK", "YINGXU_DATA_DIR"]:
        monkeypatch.delenv(name, raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load()


def refused(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(WrongSettingError) as error:
        given(monkeypatch, **variables)
    return str(error.value)


def test_without_any_setting_the_defaults_of_the_contract_hold() -> None:
    found = load()
    assert (found.host, found.port, found.data_dir) == ("127.0.0.1", 8000, Path("data"))
    assert found.database == "sqlite:///data/yingxu.db"
    assert (found.policy, found.test_clock, found.log_format) == (None, False, "console")


def test_both_platforms_are_read_and_their_addresses_have_no_slash_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found = given(monkeypatch, **WECOM, **FEISHU | {"YINGXU_FEISHU__API_BASE": "http://localhost:9/x/"})
    wecom, feishu = found.platforms()
    assert (wecom.agent_id, wecom.token.get_secret_value()) == (1000002, "wecom-token-canary")
    assert (feishu.api_base, feishu.mode) == ("http://localhost:9/x", "webhook")


def test_the_real_addresses_are_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {name: value for name, value in (WECOM | FEISHU).items() if not name.endswith("API_BASE")}
    wecom, feishu = given(monkeypatch, **variables).platforms()
    assert (wecom.api_base, feishu.api_base) == ("https://qyapi.weixin.qq.com", "https://open.feishu.cn")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("YINGXU_PORT=9001\nYINGXU_HOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    found = given(monkeypatch, YINGXU_PORT="9002")
    assert (found.port, found.host) == (9002, "0.0.0.0")  # noqa: S104 - read, not bound


def test_a_section_may_come_half_from_the_file_and_half_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in WECOM.items() if "TOKEN" not in name))
    found = given(monkeypatch, YINGXU_WECOM__TOKEN="t")
    assert found.wecom is not None
    assert found.wecom.corp_id == "wwcorp"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("YINGXU_PORT", "abc", "必须是 1–65535 的整数"),
        ("YINGXU_PORT", "0", "必须是 1–65535 的整数"),
        ("YINGXU_PORT", "65536", "必须是 1–65535 的整数"),
        ("YINGXU_LOG_FORMAT", "xml", "必须是 console / json 之一"),
        ("YINGXU_TEST_CLOCK", "vielleicht", "必须是 1 或 0"),
        ("YINGXU_DATABASE_URL", "mysql://u:hush@h/d", "必须以 sqlite:/// 或 postgresql+psycopg:// 开头"),
        ("YINGXU_WECOM", "hush", "请逐项设置，例如 YINGXU_WECOM__CORP_ID"),
    ],
)
def test_a_wrong_setting_is_one_line_naming_it(
    variable: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(monkeypatch, **{variable: value}) == f"{variable}: {reason}"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("YINGXU_WECOM__AES_KEY", "too-short-hush"),
        ("YINGXU_WECOM__AES_KEY", "!" * 43),
        ("YINGXU_WECOM__AGENT_ID", "hush"),
        ("YINGXU_WECOM__API_BASE", "ftp://hush"),
        ("YINGXU_WECOM__API_BASE", "https://user:hush@host"),
        ("YINGXU_WECOM__CROP_ID", "hush"),
        ("YINGXU_FEISHU__MODE", "hush"),
    ],
)
def test_a_wrong_setting_of_a_platform_is_one_line_without_its_value(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = refused(monkeypatch, **WECOM | FEISHU | {variable: value})
    assert line.startswith(f"{variable}: ")
    assert "\n" not in line
    assert "hush" not in line


def test_several_wrong_settings_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = refused(monkeypatch, YINGXU_PORT="x", YINGXU_LOG_FORMAT="y", YINGXU_WECOM__CORP_ID="c").splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "YINGXU_PORT",
        "YINGXU_WECOM__AGENT_ID, YINGXU_WECOM__SECRET, YINGXU_WECOM__TOKEN, YINGXU_WECOM__AES_KEY",
        "YINGXU_LOG_FORMAT",
    ]


def test_serve_needs_both_platforms_and_says_which_settings_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = given(monkeypatch, **WECOM)
    with pytest.raises(WrongSettingError, match=r"^YINGXU_FEISHU__APP_ID, YINGXU_FEISHU__APP_SECRET"):
        found.platforms()


def test_a_webhook_that_could_prove_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {name: value for name, value in FEISHU.items() if "KEY" not in name and "VERIFICATION" not in name}
    assert refused(monkeypatch, **bare) == "YINGXU_FEISHU__VERIFICATION_TOKEN: 没有设置"
    assert given(monkeypatch, YINGXU_FEISHU__MODE="websocket").feishu is not None


def test_an_empty_encrypt_key_means_plain_events(monkeypatch: pytest.MonkeyPatch) -> None:
    found = given(monkeypatch, **FEISHU | {"YINGXU_FEISHU__ENCRYPT_KEY": ""})
    assert found.feishu is not None
    assert found.feishu.encrypt_key.get_secret_value() == ""


@pytest.mark.parametrize(
    "base", ["https://qyapi.weixin.qq.com", "https://QYAPI.weixin.qq.com:443/x", "https://open.feishu.cn."]
)
def test_the_test_clock_is_refused_while_a_platform_is_real(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line = refused(monkeypatch, **WECOM | FEISHU | {"YINGXU_TEST_CLOCK": "1", "YINGXU_WECOM__API_BASE": base})
    assert line == "YINGXU_TEST_CLOCK: 接口地址是真实平台时不能打开测试时钟"


def test_the_test_clock_is_allowed_against_simulators(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, **WECOM, **FEISHU, YINGXU_TEST_CLOCK="1").test_clock


def test_a_host_that_only_looks_real_is_not() -> None:
    assert not settings.is_real("http://feishu.cn.example.org")
    assert not settings.is_real("http://notfeishu.cn")


def test_the_short_names_of_postgresql_lead_to_the_driver_we_have(monkeypatch: pytest.MonkeyPatch) -> None:
    found = given(monkeypatch, YINGXU_DATABASE_URL="postgres://u:p@h/d")
    assert found.database == "postgresql+psycopg://u:p@h/d"


def test_no_secret_shows_in_the_settings_printed_and_all_are_known_to_the_redactor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = given(monkeypatch, **WECOM, **FEISHU, YINGXU_DATABASE_URL="postgresql://u:database-canary@h/d")
    secrets = [v for n, v in (WECOM | FEISHU).items() if n.endswith(("SECRET", "TOKEN", "KEY"))] + ["database-canary"]
    assert not [secret for secret in secrets if secret in repr(found)]
    assert set(secrets) == set(found.secrets())


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(b"YINGXU_PORT=\xff\xfe")
    assert refused(monkeypatch).startswith(".env: ")
