"""``.begin``, ``.commit`` and ``.rollback``."""

from typing import Final

from ddblite.shell.commands.command import Command
from ddblite.workbench import statement_transactions

ROWS: Final = (
    Command(
        ".begin",
        "collects the statements that follow, for one transaction",
        statement_transactions.begin,
    ),
    Command(
        ".commit",
        "carries out what was collected, all or nothing",
        statement_transactions.commit,
    ),
    Command(".rollback", "drops what was collected", statement_transactions.rollback),
)
