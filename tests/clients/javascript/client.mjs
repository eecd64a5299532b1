// The story of tests/clients/transcript.txt with client-dynamodb, in DynamoDB's own JSON.
// The endpoint, a region and credentials come from the environment, as a user gives them.

import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  ExecuteStatementCommand,
  GetItemCommand,
  paginateQuery,
  paginateScan,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient({});
const TableName = "orders";
const waiter = { client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.2 };

const say = (...words) => console.log(words.join(" "));
const day = (number) => `2024-01-0${number}`;
const key = (number) => ({ user: { S: "u1" }, day: { S: day(number) } });
const order = (number) => ({
  ...key(number),
  total: { N: String(number) },
  status: { S: number % 2 ? "paid" : "new" },
});
const days = (items) => items.map((item) => item.day.S).join(" ");

async function refused(kind, command) {
  try {
    await client.send(command);
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`${command.constructor.name} was not refused`);
}

async function createTable() {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: "user", AttributeType: "S" },
        { AttributeName: "day", AttributeType: "S" },
        { AttributeName: "status", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "user", KeyType: "HASH" },
        { AttributeName: "day", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by_status",
          KeySchema: [
            { AttributeName: "status", KeyType: "HASH" },
            { AttributeName: "day", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists(waiter, { TableName });
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  say(Table.TableName, "is", Table.TableStatus);
}

async function putAndGet() {
  const Item = {
    ...order(1),
    big: { N: "12345678901234567890123456789012345678" },
    bytes: { B: Uint8Array.from([0, 255]) },
    tags: { SS: ["a", "b"] },
    line: { M: { product: { S: "tea" }, amounts: { L: [{ N: "1" }, { N: "2" }] } } },
    gift: { BOOL: true },
    note: { NULL: true },
  };
  await client.send(new PutItemCommand({ TableName, Item }));
  const got = await client.send(
    new GetItemCommand({ TableName, Key: key(1), ConsistentRead: true }),
  );
  const { big, bytes, tags, line, gift, note } = got.Item;
  say(
    "got",
    big.N,
    Buffer.from(bytes.B).toString("hex"),
    tags.SS.toSorted().join(","),
    `${line.M.product.S}/${line.M.amounts.L[1].N}`,
    gift.BOOL,
    note.NULL ? "null" : note,
  );
}

async function batch() {
  const puts = [2, 3, 4, 5, 6, 7].map((number) => ({ PutRequest: { Item: order(number) } }));
  await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));
  say("put", puts.length, "more");
}

async function query() {
  const between = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "#u = :u AND #d BETWEEN :a AND :b",
      FilterExpression: "#s = :s",
      ProjectionExpression: "#d",
      ExpressionAttributeNames: { "#u": "user", "#d": "day", "#s": "status" },
      ExpressionAttributeValues: {
        ":u": { S: "u1" },
        ":a": { S: day(2) },
        ":b": { S: day(4) },
        ":s": { S: "new" },
      },
    }),
  );
  say("from", day(2), "to", `${day(4)}:`, days(between.Items));
  const paid = await client.send(
    new QueryCommand({
      TableName,
      IndexName: "by_status",
      KeyConditionExpression: "#s = :s",
      ExpressionAttributeNames: { "#s": "status" },
      ExpressionAttributeValues: { ":s": { S: "paid" } },
      ScanIndexForward: false,
    }),
  );
  say("paid, the newest first:", days(paid.Items));
}

async function paginate() {
  const query = paginateQuery(
    { client, pageSize: 3 },
    {
      TableName,
      KeyConditionExpression: "#u = :u",
      ExpressionAttributeNames: { "#u": "user" },
      ExpressionAttributeValues: { ":u": { S: "u1" } },
    },
  );
  const scan = paginateScan({ client, pageSize: 2 }, { TableName });
  for (const [name, pages] of [["query", query], ["scan", scan]]) {
    const counts = [];
    for await (const page of pages) counts.push(page.Items.length);
    say(`a ${name} in pages:`, ...counts);
  }
}

async function update() {
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      TableName,
      Key: key(7),
      UpdateExpression: "SET #t = #t + :two, #s = :sent",
      ConditionExpression: "#s = :paid",
      ExpressionAttributeNames: { "#t": "total", "#s": "status" },
      ExpressionAttributeValues: {
        ":two": { N: "2" },
        ":sent": { S: "sent" },
        ":paid": { S: "paid" },
      },
      ReturnValues: "ALL_NEW",
    }),
  );
  say(`updated: total ${Attributes.total.N}, status`, Attributes.status.S);
  const error = await refused(
    ConditionalCheckFailedException,
    new PutItemCommand({
      TableName,
      Item: order(7),
      ConditionExpression: "attribute_not_exists(#u)",
      ExpressionAttributeNames: { "#u": "user" },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
  say(`${error.name}:`, `${error.message};`, "total is", error.Item.total.N);
}

async function transact() {
  const add = {
    Update: {
      TableName,
      Key: key(7),
      UpdateExpression: "ADD #t :one",
      ExpressionAttributeNames: { "#t": "total" },
      ExpressionAttributeValues: { ":one": { N: "1" } },
    },
  };
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [add, { Put: { TableName, Item: order(8) } }],
      ClientRequestToken: "once",
    }),
  );
  const { Responses } = await client.send(
    new TransactGetItemsCommand({
      TransactItems: [1, 2, 3, 4, 5, 6, 8, 7].map((number) => ({
        Get: { TableName, Key: key(number) },
      })),
    }),
  );
  const total = Responses.at(-1).Item.total.N;
  say("a transaction:", Responses.length, "orders, total", total);
  const check = {
    ConditionCheck: {
      TableName,
      Key: key(9),
      ConditionExpression: "attribute_exists(#u)",
      ExpressionAttributeNames: { "#u": "user" },
    },
  };
  const error = await refused(
    TransactionCanceledException,
    new TransactWriteItemsCommand({ TransactItems: [check, add] }),
  );
  say(`${error.name}:`, ...error.CancellationReasons.map((reason) => reason.Code));
}

async function statement() {
  const { Items } = await client.send(
    new ExecuteStatementCommand({
      Statement: 'SELECT "day" FROM orders WHERE "user" = ? AND "day" > ?',
      Parameters: [{ S: "u1" }, { S: day(7) }],
    }),
  );
  say("a statement:", days(Items));
}

async function errors() {
  const missing = await refused(
    ResourceNotFoundException,
    new GetItemCommand({ TableName: "nothing", Key: key(1) }),
  );
  say(`${missing.name}:`, missing.message);
  const invalid = await refused(
    DynamoDBServiceException,
    new GetItemCommand({ TableName, Key: { user: { S: "u1" } } }),
  );
  say(`${invalid.name}:`, invalid.message);
}

async function deleteAll() {
  const { Attributes } = await client.send(
    new DeleteItemCommand({ TableName, Key: key(8), ReturnValues: "ALL_OLD" }),
  );
  say("deleted: status", Attributes.status.S);
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists(waiter, { TableName });
  say(TableName, "is gone");
}

const steps = [createTable, putAndGet, batch, query, paginate, update, transact, statement];
for (const step of [...steps, errors, deleteAll]) await step();
client.destroy();
