"""NoneBot2's echo for Feishu, as its documentation would have it; the bench runs it in a virtual environment apart."""

import sys
from typing import Any

import nonebot  # type: ignore[import-not-found]  # installed by the bench, see tests/bench/peers.py
from nonebot.adapters import Bot, Event  # type: ignore[import-not-found]  # as above
from nonebot.adapters.feishu import Adapter  # type: ignore[import-not-found]  # as above


async def echo(bot: Bot, event: Event) -> None:
    """Say what was said."""
    await bot.send(event, event.get_message())


def main() -> None:
    """Serve: port, API base, app id, encrypt key, verification token."""
    port, api_base, app_id, encrypt_key, verification_token = sys.argv[1:]
    app: dict[str, Any] = {"app_id": app_id, "app_secret": "bench", "api_base": api_base}
    app |= {"encrypt_key": encrypt_key, "verification_token": verification_token}
    # aiohttp is its fastest client: with httpx it reached a tenth.
    nonebot.init(driver="~fastapi+~aiohttp", host="127.0.0.1", port=int(port), log_level="ERROR", feishu_bots=[app])
    nonebot.get_driver().register_adapter(Adapter)
    nonebot.on_message(handlers=[echo])
    nonebot.run()


if __name__ == "__main__":
    main()
