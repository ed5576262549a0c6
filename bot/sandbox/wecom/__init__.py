"""A faithful simulator of the WeCom platform at the wire; it shares no code with the bot it talks to."""

from bot.sandbox.wecom.envelope import Envelope
from bot.sandbox.wecom.simulator import WeComSimulator
from bot.sandbox.wecom.state import ApiCall, Delivery, Quirks, SeenMessage

__all__ = ["ApiCall", "Delivery", "Envelope", "Quirks", "SeenMessage", "WeComSimulator"]
