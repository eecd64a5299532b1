// The story of tests/clients/transcript.txt with lib-dynamodb, in plain JavaScript values.

import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  GetCommand,
  NumberValue,
  paginateQuery,
  paginateScan,
  PutCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";

const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client, {
  // Only what is no safe integer becomes a NumberValue: others are plain numbers.
  unmarshallOptions: {
    wrapNumbers: (text) =>
      Number.isSafeInteger(Number(text)) ? Number(text) : NumberValue.from(text),
  },
});
const TableName = "orders";
const waiter = { client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.2 };

const say = (...words) => console.log(words.join(" "));
const day = (number) => `2024-01-0${number}`;
const key = (number) => ({ user: "u1", day: day(number) });
const order = (number) => ({
  ...key(number),
  total: number,
  status: number % 2 ? "paid" : "new",
});
const days = (items) => items.map((item) => item.day).join(" ");

async function refused(command) {
  try {
    await documents.send(command);
  } catch (error) {
    return error;
  }
  throw new Error(`${command.constructor.name} was not refused`);
}

async function createTable() {
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: ["user", "day", "status"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
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
    big: NumberValue.from("12345678901234567890123456789012345678"),
    bytes: Uint8Array.from([0, 255]),
    tags: new Set(["a", "b"]),
    line: { product: "tea", amounts: [1, 2] },
    gift: true,
    note: null,
  };
  await documents.send(new PutCommand({ TableName, Item }));
  const got = await documents.send(
    new GetCommand({ TableName, Key: key(1), ConsistentRead: true }),
  );
  const { big, bytes, tags, line, gift, note } = got.Item;
  say(
    "got",
    big.toString(),
    Buffer.from(bytes).toString("hex"),
    [...tags].toSorted().join(","),
    `${line.product}/${line.amounts[1]}`,
    gift,
    String(note),
  );
}

async function batch() {
  const puts = [2, 3, 4, 5, 6, 7].map((number) => ({ PutRequest: { Item: order(number) } }));
  await documents.send(new BatchWriteCommand({ RequestItems: { [TableName]: puts } }));
  say("put", puts.length, "more");
}

async function query() {
  const between = await documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "#u = :u AND #d BETWEEN :a AND :b",
      FilterExpression: "#s = :s",
      ProjectionExpression: "#d",
      ExpressionAttributeNames: { "#u": "user", "#d": "day", "#s": "status" },
      ExpressionAttributeValues: { ":u": "u1", ":a": day(2), ":b": day(4), ":s": "new" },
    }),
  );
  say("from", day(2), "to", `${day(4)}:`, days(between.Items));
  const paid = await documents.send(
    new QueryCommand({
      TableName,
      IndexName: "by_status",
      KeyConditionExpression: "#s = :s",
      ExpressionAttributeNames: { "#s": "status" },
      ExpressionAttributeValues: { ":s": "paid" },
      ScanIndexForward: false,
    }),
  );
  say("paid, the newest first:", days(paid.Items));
}

async function paginate() {
  const query = paginateQuery(
    { client: documents, pageSize: 3 },
    {
      TableName,
      KeyConditionExpression: "#u = :u",
      ExpressionAttributeNames: { "#u": "user" },
      ExpressionAttributeValues: { ":u": "u1" },
    },
  );
  const scan = paginateScan({ client: documents, pageSize: 2 }, { TableName });
  for (const [name, pages] of [["query", query], ["scan", scan]]) {
    const counts = [];
    for await (const page of pages) counts.push(page.Items.length);
    say(`a ${name} in pages:`, ...counts);
  }
}

async function update() {
  const { Attributes } = await documents.send(
    new UpdateCommand({
      TableName,
      Key: key(7),
      UpdateExpression: "SET #t = #t + :two, #s = :sent",
      ConditionExpression: "#s = :paid",
      ExpressionAttributeNames: { "#t": "total", "#s": "status" },
      ExpressionAttributeValues: { ":two": 2, ":sent": "sent", ":paid": "paid" },
      ReturnValues: "ALL_NEW",
    }),
  );
  say(`updated: total ${Attributes.total}, status`, Attributes.status);
  const error = await refused(
    new PutCommand({
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
      ExpressionAttributeValues: { ":one": 1 },
    },
  };
  await documents.send(
    new TransactWriteCommand({ TransactItems: [add, { Put: { TableName, Item: order(8) } }] }),
  );
  const { Responses } = await documents.send(
    new TransactGetCommand({
      TransactItems: [1, 2, 3, 4, 5, 6, 8, 7].map((number) => ({
        Get: { TableName, Key: key(number) },
      })),
    }),
  );
  say("a transaction:", Responses.length, "orders, total", Responses.at(-1).Item.total);
  const check = {
    ConditionCheck: {
      TableName,
      Key: key(9),
      ConditionExpression: "attribute_exists(#u)",
      ExpressionAttributeNames: { "#u": "user" },
    },
  };
  const error = await refused(new TransactWriteCommand({ TransactItems: [check, add] }));
  say(`${error.name}:`, ...error.CancellationReasons.map((reason) => reason.Code));
}

async function statement() {
  const { Items } = await documents.send(
    new ExecuteStatementCommand({
      Statement: 'SELECT "day" FROM orders WHERE "user" = ? AND "day" > ?',
      Parameters: ["u1", day(7)],
    }),
  );
  say("a statement:", days(Items));
}

async function errors() {
  for (const parameters of [
    { TableName: "nothing", Key: key(1) },
    { TableName, Key: { user: "u1" } },
  ]) {
    const error = await refused(new GetCommand(parameters));
    say(`${error.name}:`, error.message);
  }
}

async function deleteAll() {
  const { Attributes } = await documents.send(
    new DeleteCommand({ TableName, Key: key(8), ReturnValues: "ALL_OLD" }),
  );
  say("deleted: status", Attributes.status);
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists(waiter, { TableName });
  say(TableName, "is gone");
}

const steps = [createTable, putAndGet, batch, query, paginate, update, transact, statement];
for (const step of [...steps, errors, deleteAll]) await step();
client.destroy();
