"""`python -m bot` is the `yingxu` command."""

from bot.cli import main

main()
