"""DynamoDB's JSON: a request decoded, carried out or explained, and its answer encoded."""
