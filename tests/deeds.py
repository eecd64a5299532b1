"""Random requests over the whole of what can be written, with what each should come to.

Every one of them is made from dice and a world that may be the true one: keys are few, so that
conditions hold and fail, and items meet themselves again.
"""

import random
from collections.abc import Callable
from typing import Final

from item_deeds import (
    batch_statements,
    batch_write,
    execute_statement,
    gamble,
    transaction,
    write_item,
)
from table_deeds import (
    change_expiry,
    change_index,
    count_index,
    create_table,
    delete_table,
    get_item,
    query,
)
from worlds import (
    Deed,
    World,
)

TABLES_USUAL: Final = 2

WRITES: Final[tuple[tuple[int, Callable[[random.Random, World], Deed]], ...]] = (
    (22, write_item),
    (10, execute_statement),
    (6, batch_statements),
    (10, batch_write),
    (4, create_table),
    (1, delete_table),
    (4, change_index),
    (2, change_expiry),
)
READS: Final[tuple[tuple[int, Callable[[random.Random, World], Deed]], ...]] = (
    (4, get_item),
    (3, query),
    (2, count_index),
)
TRANSACTIONS: Final = 14
"""How often there is one, beside what the tables say."""


def some_deed(dice: random.Random, world: World, now_s: float) -> Deed:
    """Returns a request, mostly one that writes, for what is in a world."""
    if len(world.tables) < TABLES_USUAL and gamble(dice, 0.6):
        return create_table(dice, world)
    kinds = [*WRITES, *READS]
    if dice.random() < TRANSACTIONS / (TRANSACTIONS + sum(weight for weight, _ in kinds)):
        return transaction(dice, world, now_s)
    makers = [maker for _, maker in kinds]
    return dice.choices(makers, [weight for weight, _ in kinds])[0](dice, world)
