"""Settings: environment and `.env` (prefix YINGXU_, nesting by `__`) into typed, frozen values."""

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "YINGXU_"
REAL_PLATFORMS = ("weixin.qq.com", "feishu.cn", "larksuite.com", "larkoffice.com")
"""Hosts under which real people are reached: the clock there is not ours to turn."""

_AES_KEY_CHARACTERS = 43
_AES_KEY_BYTES = 32


class WrongSettingError(Exception):
    """A setting that cannot be used: one line a reason, each naming its variables; values are never shown."""


def load() -> "Settings":
    """Read the environment over `.env` in the working directory; raises WrongSettingError."""
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSettingError(_lines(error.errors(include_input=False, include_url=False))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettingError(f".env: 无法读取（{type(error).__name__}）") from None


def wrong(what: str, field: str = "") -> PydanticCustomError:
    """Make a validation error with a text of ours, which must not quote the value.

    `field` names the key where a whole section is refused and pydantic does not know which key is at fault.
    """
    return PydanticCustomError("wrong", "{what}", {"what": what, "field": field})


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise wrong("必须是 http:// 或 https:// 开头的地址")
    return value.rstrip("/")


def _aes_key(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    try:
        size = len(base64.b64decode(text + "=", validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if len(text) != _AES_KEY_CHARACTERS or size != _AES_KEY_BYTES:
        raise wrong("必须是企业微信后台给出的 43 位 EncodingAESKey")
    return value


def _database(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    if not url:
        return value
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            url = "postgresql+psycopg://" + url.removeprefix(short)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise wrong("必须以 sqlite:/// 或 postgresql+psycopg:// 开头")
    return SecretStr(url)


def _filled(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise wrong("没有设置")
    return value


def is_real(api_base: str) -> bool:
    """Whether an API base is a real platform's, subdomains included."""
    host = (urlsplit(api_base).hostname or "").rstrip(".")
    return any(host == known or host.endswith("." + known) for known in REAL_PLATFORMS)


Address = Annotated[str, AfterValidator(_address)]
Secret = Annotated[SecretStr, AfterValidator(_filled)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class WeComSettings(_Section):
    """The WeCom self-built app that owns the callback and may call the KF API."""

    corp_id: str = Field(min_length=1)
    agent_id: int = Field(ge=0)
    secret: Secret
    token: Secret
    aes_key: Annotated[SecretStr, AfterValidator(_aes_key)]
    api_base: Address = "https://qyapi.weixin.qq.com"


class FeishuSettings(_Section):
    """The Feishu custom app; by webhook its events are proven by the encrypt key, else by the verification token."""

    app_id: str = Field(min_length=1)
    app_secret: Secret
    encrypt_key: SecretStr = SecretStr("")
    verification_token: SecretStr = SecretStr("")
    api_base: Address = "https://open.feishu.cn"
    mode: Literal["webhook", "websocket"] = "webhook"

    @model_validator(mode="after")
    def _provable(self) -> "FeishuSettings":
        proof = self.encrypt_key.get_secret_value() or self.verification_token.get_secret_value()
        if self.mode == "webhook" and not proof:
            raise wrong("没有设置", "verification_token")
        return self


class Settings(BaseSettings):
    """Everything a deployment may set. `serve` needs both platforms; other commands do without."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    database_url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr("")
    data_dir: Path = Path("data")
    policy: Path | None = None
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=1, le=65535)
    wecom: WeComSettings | None = None
    feishu: FeishuSettings | None = None
    api_token: Secret | None = None
    test_clock: bool = False
    log_format: Literal["console", "json"] = "console"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; by default a SQLite file in the data directory. It may hold a password."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'yingxu.db'}"

    def secrets(self) -> list[str]:
        """Every value that must never be seen in a log."""
        return [secret for secret in _secrets(self) if secret] + _password(self.database)

    def platforms(self) -> tuple[WeComSettings, FeishuSettings]:
        """Give the settings of both platforms; raises WrongSettingError naming what is missing."""
        if self.wecom and self.feishu:
            return self.wecom, self.feishu
        wanted = [
            _variable((section, name))
            for section, kind, given in (("wecom", WeComSettings, self.wecom), ("feishu", FeishuSettings, self.feishu))
            for name, field in kind.model_fields.items()
            if given is None and (field.is_required() or name == "verification_token")
        ]
        raise WrongSettingError(f"{', '.join(wanted)}: 没有设置（serve 需要两个平台；试用请运行 yingxu sandbox）")

    @model_validator(mode="after")
    def _clock_of_its_own(self) -> "Settings":
        real = [section for section in (self.wecom, self.feishu) if section and is_real(section.api_base)]
        if self.test_clock and real:
            raise wrong("接口地址是真实平台时不能打开测试时钟", "test_clock")
        return self


# --- saying what is wrong ---------------------------------------------------------------------------------------------

_WORDS = {
    "missing": "没有设置",
    "string_too_short": "没有设置",
    "extra_forbidden": "没有这个设置项",
    "bool_parsing": "必须是 1 或 0",
    "literal_error": "必须是 {expected} 之一",
    "model_type": "请逐项设置，例如 YINGXU_WECOM__CORP_ID",
}
_NUMBERS = {"port": "必须是 1–65535 的整数", "agent_id": "必须是整数（应用的 AgentId）"}


def _lines(errors: list[ErrorDetails]) -> str:
    """One line a reason; variables with the same fault share a line."""
    by_reason: dict[str, list[str]] = {}
    for error in errors:
        by_reason.setdefault(_reason(error), []).append(_variable(_place(error)))
    return "\n".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())


def _place(error: ErrorDetails) -> tuple[int | str, ...]:
    field = error.get("ctx", {}).get("field")
    return (*error["loc"], field) if field else error["loc"]


def _reason(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if "what" in context:
        return str(context["what"])
    name = str(error["loc"][-1]) if error["loc"] else ""
    if name in _NUMBERS and error["type"] != "missing":
        return _NUMBERS[name]
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", " / ")
    return _WORDS.get(error["type"], "无法使用").format(expected=expected)


def _variable(place: tuple[int | str, ...]) -> str:
    return PREFIX + "__".join(str(part) for part in place).upper()


# --- what must not be seen --------------------------------------------------------------------------------------------


def _secrets(section: BaseModel) -> Iterator[str]:
    for name in type(section).model_fields:
        value: Any = getattr(section, name)
        if isinstance(value, SecretStr) and name != "database_url":
            yield value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from _secrets(value)


def _password(url: str) -> list[str]:
    try:
        password = urlsplit(url).password
    except ValueError:
        return []
    return [password] if password else []
