// The story of tests/clients/mapped.txt with dynamoose, whose model makes its own table and
// expires its items: `expires` is how it is told so.

import dynamoose from "dynamoose";

const say = (...words) => console.log(words.join(" "));
const day = (number) => `2024-01-0${number}`;
const key = (number) => ({ user: "u1", day: day(number) });
const order = (number) => ({
  ...key(number),
  total: number,
  status: number % 2 ? "paid" : "new",
  tags: new Set(["a", "b"]),
});
const days = (orders) => orders.map((one) => one.day).join(" ");

const schema = new dynamoose.Schema({
  user: { type: String, hashKey: true },
  day: { type: String, rangeKey: true },
  total: Number,
  status: {
    type: String,
    index: { name: "by_status", type: "global", rangeKey: "day" },
  },
  tags: { type: Set, schema: [String] },
});
const Order = dynamoose.model("orders", schema);
const table = new dynamoose.Table("orders", [Order], {
  initialize: false,
  throughput: "ON_DEMAND",
  expires: { ttl: 3_600_000, attribute: "expires" },
  waitForActive: { check: { frequency: 100 } },
});
const client = dynamoose.aws.ddb();
const fresh = () => Order.query("user").eq("u1").filter("status").eq("new");

async function refused(name, asked) {
  try {
    await asked();
  } catch (error) {
    if (error.name === name) return error;
    throw error;
  }
  throw new Error(`not refused with ${name}`);
}

async function createTable() {
  await table.initialize();
  const { Table } = await client.describeTable({ TableName: "orders" });
  say(Table.TableName, "is", Table.TableStatus);
  const { TimeToLiveDescription: lives } = await client.describeTimeToLive({
    TableName: "orders",
  });
  say("items expire by", `${lives.AttributeName}:`, lives.TimeToLiveStatus);
}

async function put() {
  await Order.create(order(1));
  const got = await Order.get(key(1));
  const expires = got.expires - Date.now() > 3_540_000 ? "an hour" : "some time";
  const tags = [...got.tags].sort().join(" ");
  say(
    `put and got: total ${got.total}, status ${got.status}, tags ${tags}, expires in ${expires}`,
  );
  const more = [2, 3, 4, 5, 6, 7, 8].map(order);
  const { unprocessedItems } = await Order.batchPut(more);
  say("put", more.length - unprocessedItems.length, "more");
}

async function query() {
  const within = await fresh().where("day").between(day(2), day(6)).exec();
  say(`new, from ${day(2)} to ${day(6)}:`, days(within));
  const paid = await Order.query("status")
    .eq("paid")
    .using("by_status")
    .filter("total")
    .gt(3)
    .sort("descending")
    .exec();
  say("paid and over 3, the newest first:", days(paid));
  const pages = [];
  let page;
  do {
    page = await fresh().limit(3).startAt(page?.lastKey).exec();
    pages.push(days(page));
  } while (page.lastKey);
  say("new, of every three examined:", pages.join(" | "));
  const { count } = await fresh().filter("total").gt(3).count().exec();
  say("new and over 3, counted:", count);
  say("a scan for those over 6:", days(await Order.scan("total").gt(6).exec()));
}

async function update() {
  const isPaid = new dynamoose.Condition("status").eq("paid");
  const changed = { $ADD: { total: 2 }, $SET: { status: "sent" } };
  const after = await Order.update(key(7), changed, { condition: isPaid });
  say(`updated: total ${after.total}, status ${after.status}`);
  await refused("ConditionalCheckFailedException", () => Order.create(order(7)));
  say("a second order of", day(7), "is refused");
}

async function transact() {
  const add = () => Order.transaction.update(key(7), { $ADD: { total: 1 } });
  const create = () => Order.transaction.create(order(9));
  await dynamoose.transaction([add(), create()]);
  const [{ total }, last] = [await Order.get(key(7)), await Order.get(key(9))];
  say(`a transaction: total ${total}, and ${last.day}`);
  const cancelled = await refused("TransactionCanceledException", () =>
    dynamoose.transaction([create(), add()]),
  );
  const codes = cancelled.CancellationReasons.map((reason) => reason.Code);
  say("a transaction is cancelled:", codes.join(" "));
}

async function deleteAll() {
  const got = [...(await Order.batchGet([key(7), key(9)]))];
  got.sort((a, b) => a.day.localeCompare(b.day));
  say("got in a batch:", days(got));
  await Order.delete(key(1), {
    condition: new dynamoose.Condition("total").eq(1),
  });
  const { count } = await Order.scan().count().exec();
  say("deleted:", count, "are left");
  await client.deleteTable({ TableName: "orders" });
  say("orders is gone");
}

for (const step of [createTable, put, query, update, transact, deleteAll]) {
  await step();
}
