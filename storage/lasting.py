"""Lasting: how long what several layers count on lasts. Plain values, so that every layer may know them."""

from datetime import timedelta

CARD = timedelta(days=14)
"""How long Feishu lets a card be pressed and updated (contract.md section 7); after that a new one is sent."""
DONE = timedelta(days=30)
"""How long a job that is over is known, so that a repeat is known as one; platforms repeat for hours."""
