"""How a statement's text is refused while it is read, and what is said most often then."""

from typing import Final

import pytest

from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.syntax.faults import NOT_WELL_FORMED, StatementError

NWF: Final = NOT_WELL_FORMED
INFIX: Final = NWF + "Missing right-hand side expression of infix operator"


def fault(text: str) -> StatementError:
    """Returns the error that a statement's text is refused with."""
    with pytest.raises(StatementError) as caught:
        compiled(text)
    return caught.value
