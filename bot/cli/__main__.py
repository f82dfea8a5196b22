"""`python -m bot.cli`: the same as `zoe`."""

from bot.cli.main import main

main()
