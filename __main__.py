"""``python -m ddblite`` is the command ``ddblite``."""

from ddblite.cli import main

main()
