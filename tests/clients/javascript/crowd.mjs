// A crowd of connections of the JavaScript SDK, all of them open at once, as a test run has them:
// a client per worker, with 50 sockets each.
//
//     node crowd.mjs NUMBER
//
// Opens them, says "open", and for each line on standard input puts and gets an item on every
// connection, all at the same time, and says "done". No request is tried twice.

import { createInterface } from "node:readline";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Agent } from "node:http";

const SOCKETS = 50;
const TableName = "crowd";
const number = Number(process.argv[2]);

const clients = Array.from(
  { length: number / SOCKETS },
  () =>
    new DynamoDBClient({
      maxAttempts: 1,
      requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: SOCKETS }) },
    }),
);

async function work(place, turn) {
  const client = clients[Math.floor(place / SOCKETS)];
  const id = { S: `javascript ${place}` };
  const item = { id, turn: { N: String(turn) } };
  await client.send(new PutItemCommand({ TableName, Item: item }));
  const found = await client.send(
    new GetItemCommand({ TableName, Key: { id }, ConsistentRead: true }),
  );
  if (found.Item?.turn?.N !== item.turn.N) throw new Error(`not found: ${id.S}`);
}

const workTogether = (turn) =>
  Promise.all(Array.from({ length: number }, (_, place) => work(place, turn)));

let turn = 0;
await workTogether(turn);
console.log("open");
for await (const _ of createInterface({ input: process.stdin })) {
  turn += 1;
  await workTogether(turn);
  console.log("done");
}
clients.forEach((client) => client.destroy());
