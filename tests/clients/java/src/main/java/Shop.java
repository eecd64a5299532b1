// The story of tests/clients/transcript.txt with the Java SDK v2.
// The endpoint, a region and credentials come from the environment, as a user gives them.

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

public final class Shop {
  private static final String TABLE = "orders";

  private final DynamoDbClient client;

  private Shop(DynamoDbClient client) {
    this.client = client;
  }

  public static void main(String[] arguments) {
    try (DynamoDbClient client = DynamoDbClient.create()) {
      Shop shop = new Shop(client);
      shop.createTable();
      shop.putAndGet();
      shop.batch();
      shop.query();
      shop.paginate();
      shop.update();
      shop.transact();
      shop.statement();
      shop.refusals();
      shop.deleteAll();
    }
  }

  private static void say(String form, Object... values) {
    System.out.print(String.format(form, values) + "\n");
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static AttributeValue number(int value) {
    return AttributeValue.fromN(Integer.toString(value));
  }

  private static String day(int number) {
    return String.format("2024-01-%02d", number);
  }

  private static Map<String, AttributeValue> key(int number) {
    return Map.of("user", text("u1"), "day", text(day(number)));
  }

  private static Map<String, AttributeValue> order(int number) {
    return with(
        key(number),
        Map.of("total", number(number), "status", text(number % 2 == 1 ? "paid" : "new")));
  }

  private static Map<String, AttributeValue> with(
      Map<String, AttributeValue> one, Map<String, AttributeValue> other) {
    return Stream.of(one, other)
        .flatMap(item -> item.entrySet().stream())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static String days(List<Map<String, AttributeValue>> items) {
    return items.stream().map(item -> item.get("day").s()).collect(Collectors.joining(" "));
  }

  private static String words(Stream<?> values) {
    return values.map(Object::toString).collect(Collectors.joining(" "));
  }

  private static <E extends Exception> E refused(Class<E> kind, Runnable request) {
    try {
      request.run();
    } catch (RuntimeException error) {
      if (kind.isInstance(error)) {
        return kind.cast(error);
      }
      throw error;
    }
    throw new IllegalStateException("was not refused with " + kind);
  }

  private static AttributeDefinition definition(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static List<KeySchemaElement> schema(String hash) {
    return List.of(
        KeySchemaElement.builder().attributeName(hash).keyType(KeyType.HASH).build(),
        KeySchemaElement.builder().attributeName("day").keyType(KeyType.RANGE).build());
  }

  private void createTable() {
    client.createTable(
        table ->
            table
                .tableName(TABLE)
                .attributeDefinitions(definition("user"), definition("day"), definition("status"))
                .keySchema(schema("user"))
                .globalSecondaryIndexes(
                    index ->
                        index
                            .indexName("by_status")
                            .keySchema(schema("status"))
                            .projection(made -> made.projectionType(ProjectionType.ALL)))
                .billingMode(BillingMode.PAY_PER_REQUEST));
    client.waiter().waitUntilTableExists(table -> table.tableName(TABLE));
    var made = client.describeTable(table -> table.tableName(TABLE)).table();
    say("%s is %s", made.tableName(), made.tableStatus());
  }

  private void putAndGet() {
    var line =
        Map.of(
            "product", text("tea"), "amounts", AttributeValue.fromL(List.of(number(1), number(2))));
    var more =
        Map.of(
            "big", AttributeValue.fromN("12345678901234567890123456789012345678"),
            "bytes", AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {0, (byte) 255})),
            "tags", AttributeValue.fromSs(List.of("a", "b")),
            "line", AttributeValue.fromM(line),
            "gift", AttributeValue.fromBool(true),
            "note", AttributeValue.fromNul(true));
    client.putItem(put -> put.tableName(TABLE).item(with(order(1), more)));
    var got = client.getItem(get -> get.tableName(TABLE).key(key(1)).consistentRead(true)).item();
    say(
        "got %s %s %s %s/%s %s %s",
        got.get("big").n(),
        HexFormat.of().formatHex(got.get("bytes").b().asByteArray()),
        got.get("tags").ss().stream().sorted().collect(Collectors.joining(",")),
        got.get("line").m().get("product").s(),
        got.get("line").m().get("amounts").l().get(1).n(),
        got.get("gift").bool(),
        got.get("note").nul() ? "null" : "something");
  }

  private void batch() {
    List<WriteRequest> puts =
        IntStream.rangeClosed(2, 7)
            .mapToObj(number -> PutRequest.builder().item(order(number)).build())
            .map(put -> WriteRequest.builder().putRequest(put).build())
            .toList();
    client.batchWriteItem(write -> write.requestItems(Map.of(TABLE, puts)));
    say("put %d more", puts.size());
  }

  private void query() {
    var between =
        client.query(
            query ->
                query
                    .tableName(TABLE)
                    .keyConditionExpression("#u = :u AND #d BETWEEN :a AND :b")
                    .filterExpression("#s = :s")
                    .projectionExpression("#d")
                    .expressionAttributeNames(Map.of("#u", "user", "#d", "day", "#s", "status"))
                    .expressionAttributeValues(
                        Map.of(
                            ":u", text("u1"),
                            ":a", text(day(2)),
                            ":b", text(day(4)),
                            ":s", text("new"))));
    say("from %s to %s: %s", day(2), day(4), days(between.items()));
    var paid =
        client.query(
            query ->
                query
                    .tableName(TABLE)
                    .indexName("by_status")
                    .keyConditionExpression("#s = :s")
                    .expressionAttributeNames(Map.of("#s", "status"))
                    .expressionAttributeValues(Map.of(":s", text("paid")))
                    .scanIndexForward(false));
    say("paid, the newest first: %s", days(paid.items()));
  }

  private void paginate() {
    var query =
        client.queryPaginator(
            asked ->
                asked
                    .tableName(TABLE)
                    .keyConditionExpression("#u = :u")
                    .expressionAttributeNames(Map.of("#u", "user"))
                    .expressionAttributeValues(Map.of(":u", text("u1")))
                    .limit(3));
    say("a query in pages: %s", words(query.stream().map(page -> page.count())));
    var scan = client.scanPaginator(asked -> asked.tableName(TABLE).limit(2));
    say("a scan in pages: %s", words(scan.stream().map(page -> page.count())));
  }

  private void update() {
    var after =
        client
            .updateItem(
                update ->
                    update
                        .tableName(TABLE)
                        .key(key(7))
                        .updateExpression("SET #t = #t + :two, #s = :sent")
                        .conditionExpression("#s = :paid")
                        .expressionAttributeNames(Map.of("#t", "total", "#s", "status"))
                        .expressionAttributeValues(
                            Map.of(
                                ":two", number(2), ":sent", text("sent"), ":paid", text("paid")))
                        .returnValues(ReturnValue.ALL_NEW))
            .attributes();
    say("updated: total %s, status %s", after.get("total").n(), after.get("status").s());
    var unmet =
        refused(
            ConditionalCheckFailedException.class,
            () ->
                client.putItem(
                    put ->
                        put.tableName(TABLE)
                            .item(order(7))
                            .conditionExpression("attribute_not_exists(#u)")
                            .expressionAttributeNames(Map.of("#u", "user"))
                            .returnValuesOnConditionCheckFailure(
                                ReturnValuesOnConditionCheckFailure.ALL_OLD)));
    var details = unmet.awsErrorDetails();
    var total = unmet.item().get("total").n();
    say("%s: %s; total is %s", details.errorCode(), details.errorMessage(), total);
  }

  private void transact() {
    var add =
        TransactWriteItem.builder()
            .update(
                update ->
                    update
                        .tableName(TABLE)
                        .key(key(7))
                        .updateExpression("ADD #t :one")
                        .expressionAttributeNames(Map.of("#t", "total"))
                        .expressionAttributeValues(Map.of(":one", number(1))))
            .build();
    var put =
        TransactWriteItem.builder().put(made -> made.tableName(TABLE).item(order(8))).build();
    client.transactWriteItems(write -> write.transactItems(add, put));
    List<TransactGetItem> gets =
        Stream.of(1, 2, 3, 4, 5, 6, 8, 7)
            .map(
                number ->
                    TransactGetItem.builder()
                        .get(get -> get.tableName(TABLE).key(key(number)))
                        .build())
            .toList();
    var found = client.transactGetItems(get -> get.transactItems(gets)).responses();
    var total = found.get(found.size() - 1).item().get("total").n();
    say("a transaction: %d orders, total %s", found.size(), total);
    var unmet =
        ConditionCheck.builder()
            .tableName(TABLE)
            .key(key(9))
            .conditionExpression("attribute_exists(#u)")
            .expressionAttributeNames(Map.of("#u", "user"))
            .build();
    var check = TransactWriteItem.builder().conditionCheck(unmet).build();
    var cancelled =
        refused(
            TransactionCanceledException.class,
            () -> client.transactWriteItems(write -> write.transactItems(check, add)));
    var reasons = cancelled.cancellationReasons().stream().map(reason -> reason.code());
    say("%s: %s", cancelled.awsErrorDetails().errorCode(), words(reasons));
  }

  private void statement() {
    var found =
        client.executeStatement(
            asked ->
                asked
                    .statement("SELECT \"day\" FROM orders WHERE \"user\" = ? AND \"day\" > ?")
                    .parameters(text("u1"), text(day(7))));
    say("a statement: %s", days(found.items()));
  }

  private void refusals() {
    var missing =
        refused(
            ResourceNotFoundException.class,
            () -> client.getItem(get -> get.tableName("nothing").key(key(1))));
    var invalid =
        refused(
            DynamoDbException.class,
            () -> client.getItem(get -> get.tableName(TABLE).key(Map.of("user", text("u1")))));
    for (DynamoDbException error : List.of(missing, invalid)) {
      var details = error.awsErrorDetails();
      say("%s: %s", details.errorCode(), details.errorMessage());
    }
  }

  private void deleteAll() {
    var gone =
        client
            .deleteItem(
                delete ->
                    delete.tableName(TABLE).key(key(8)).returnValues(ReturnValue.ALL_OLD))
            .attributes();
    say("deleted: status %s", gone.get("status").s());
    client.deleteTable(table -> table.tableName(TABLE));
    client.waiter().waitUntilTableNotExists(table -> table.tableName(TABLE));
    say("%s is gone", TABLE);
  }
}
