"""A faithful simulator of the Feishu open platform at the wire; it shares no code with the bot it talks to."""

from bot.sandbox.feishu.callbacks import Delivery
from bot.sandbox.feishu.errors import CardRejectedError, NotOnCardError
from bot.sandbox.feishu.people import ClickResult
from bot.sandbox.feishu.simulator import FeishuSimulator, SeenMessage
from bot.sandbox.feishu.state import Resource, Toast

__all__ = [
    "CardRejectedError",
    "ClickResult",
    "Delivery",
    "FeishuSimulator",
    "NotOnCardError",
    "Resource",
    "SeenMessage",
    "Toast",
]
