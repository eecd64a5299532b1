"""``python -m ddblite`` is the command ``ddblite``."""

from ddblite.cli import main

# Worker processes import this module too, under another name.
if __name__ == "__main__":
    main()
