"""Settings of a bot in the sandbox: from what it is given, never from the environment or `.env` of a real one."""

from collections.abc import Mapping
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings import PREFIX, Settings


class _Given(Settings):
    @classmethod
    def settings_customise_sources(  # the signature is pydantic's
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - as above
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave environment and files out: they may name a real platform and a real database."""
        return (init_settings,)


def settings(variables: Mapping[str, str]) -> Settings:
    """Read `YINGXU_…` variables as they stand in an environment; empty ones count as not set."""
    tree: dict[str, Any] = {}
    for name, value in variables.items():
        *sections, last = name.removeprefix(PREFIX).lower().split("__")
        branch = tree
        for section in sections:
            branch = branch.setdefault(section, {})
        if value:
            branch[last] = value
    return _Given(**tree)
