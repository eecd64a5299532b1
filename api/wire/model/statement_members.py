"""The members of PartiQL's three operations."""

from typing import Final

from ddblite.api.wire.model.members import CAPACITY, ON_CHECK_FAILURE
from ddblite.api.wire.model.shapes import (
    ATTRIBUTE_VALUE,
    FLAG,
    ListOf,
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


BATCHED: Final = structure(
    "BatchStatementRequest",
    "Statement",
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    Statement=STATEMENT,
    Parameters=PARAMETERS,
    ConsistentRead=FLAG,
)
TRANSACTED: Final = structure(
    "ParameterizedStatement",
    "Statement",
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    Statement=STATEMENT,
    Parameters=PARAMETERS,
)
EXECUTE_STATEMENT: Final = structure(
    "ExecuteStatementInput",
    "Statement",
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    Limit=Whole(minimum=1),
    Statement=STATEMENT,
    ReturnConsumedCapacity=CAPACITY,
    Parameters=PARAMETERS,
    ConsistentRead=FLAG,
    # An empty token is no constraint's business: it does not match any request.
    NextToken=Text(maximum=NEXT_TOKEN_LENGTH_MAX),
)
BATCH_EXECUTE_STATEMENT: Final = structure(
    "BatchExecuteStatementInput",
    "Statements",
    ReturnConsumedCapacity=CAPACITY,
    Statements=ListOf(BATCHED, 1, BATCH_STATEMENTS_MAX),
)
EXECUTE_TRANSACTION: Final = structure(
    "ExecuteTransactionInput",
    "TransactStatements",
    ClientRequestToken=Text(1, CLIENT_TOKEN_LENGTH_MAX),
    TransactStatements=ListOf(TRANSACTED, 1, TRANSACT_ITEMS_MAX),
    ReturnConsumedCapacity=CAPACITY,
)
