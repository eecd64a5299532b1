"""The members of PartiQL's three operations, as rows for ``api.wire.model.members``."""

from typing import Final

from ddblite.api.wire.model.shapes import (
    ATTRIBUTE_VALUE,
    FLAG,
    ListOf,
    Shape,
    Structure,
    Text,
    Whole,
    structure,
)
from ddblite.schema.limits import (
    BATCH_STATEMENTS_MAX,
    CLIENT_TOKEN_LENGTH_MAX,
    NEXT_TOKEN_LENGTH_MAX,
    STATEMENT_LENGTH_MAX,
    TRANSACT_ITEMS_MAX,
)

STATEMENT: Final = Text(1, STATEMENT_LENGTH_MAX)
PARAMETERS: Final = ListOf(ATTRIBUTE_VALUE, minimum=1)


def statement_operations(capacity: Shape, on_check_failure: Shape) -> dict[str, Structure]:
    """Returns the operations, given the words that they share with others."""
    batched = structure(
        "BatchStatementRequest",
        "Statement",
        ReturnValuesOnConditionCheckFailure=on_check_failure,
        Statement=STATEMENT,
        Parameters=PARAMETERS,
        ConsistentRead=FLAG,
    )
    transacted = structure(
        "ParameterizedStatement",
        "Statement",
        ReturnValuesOnConditionCheckFailure=on_check_failure,
        Statement=STATEMENT,
        Parameters=PARAMETERS,
    )
    return {
        "ExecuteStatement": structure(
            "ExecuteStatementInput",
            "Statement",
            ReturnValuesOnConditionCheckFailure=on_check_failure,
            Limit=Whole(minimum=1),
            Statement=STATEMENT,
            ReturnConsumedCapacity=capacity,
            Parameters=PARAMETERS,
            ConsistentRead=FLAG,
            # An empty token is no constraint's business: it does not match any request.
            NextToken=Text(maximum=NEXT_TOKEN_LENGTH_MAX),
        ),
        "BatchExecuteStatement": structure(
            "BatchExecuteStatementInput",
            "Statements",
            ReturnConsumedCapacity=capacity,
            Statements=ListOf(batched, 1, BATCH_STATEMENTS_MAX),
        ),
        "ExecuteTransaction": structure(
            "ExecuteTransactionInput",
            "TransactStatements",
            ClientRequestToken=Text(1, CLIENT_TOKEN_LENGTH_MAX),
            TransactStatements=ListOf(transacted, 1, TRANSACT_ITEMS_MAX),
            ReturnConsumedCapacity=capacity,
        ),
    }
