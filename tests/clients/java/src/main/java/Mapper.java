// The story of tests/clients/mapped.txt with the Java SDK v1: DynamoDBMapper, and the document
// API for what is projected. Both send KeyConditions beside their filters.
// This SDK does not read the endpoint from the environment, so the program does.

import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBAttribute;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBDeleteExpression;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBHashKey;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBIndexHashKey;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBIndexRangeKey;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBMapper;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBQueryExpression;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBRangeKey;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBSaveExpression;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBScanExpression;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBTable;
import com.amazonaws.services.dynamodbv2.datamodeling.DynamoDBVersionAttribute;
import com.amazonaws.services.dynamodbv2.datamodeling.TransactionWriteRequest;
import com.amazonaws.services.dynamodbv2.document.DynamoDB;
import com.amazonaws.services.dynamodbv2.document.RangeKeyCondition;
import com.amazonaws.services.dynamodbv2.document.spec.QuerySpec;
import com.amazonaws.services.dynamodbv2.document.utils.NameMap;
import com.amazonaws.services.dynamodbv2.document.utils.ValueMap;
import com.amazonaws.services.dynamodbv2.model.AttributeValue;
import com.amazonaws.services.dynamodbv2.model.BillingMode;
import com.amazonaws.services.dynamodbv2.model.ComparisonOperator;
import com.amazonaws.services.dynamodbv2.model.Condition;
import com.amazonaws.services.dynamodbv2.model.ConditionalCheckFailedException;
import com.amazonaws.services.dynamodbv2.model.DescribeTableRequest;
import com.amazonaws.services.dynamodbv2.model.DescribeTimeToLiveRequest;
import com.amazonaws.services.dynamodbv2.model.ExpectedAttributeValue;
import com.amazonaws.services.dynamodbv2.model.Projection;
import com.amazonaws.services.dynamodbv2.model.TimeToLiveSpecification;
import com.amazonaws.services.dynamodbv2.model.TransactionCanceledException;
import com.amazonaws.services.dynamodbv2.model.UpdateTimeToLiveRequest;
import com.amazonaws.services.dynamodbv2.util.TableUtils;
import com.amazonaws.waiters.WaiterParameters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

public final class Mapper {
  private static final String TABLE = "orders";
  private static final String USER = "u1";

  private final AmazonDynamoDB client =
      AmazonDynamoDBClientBuilder.standard()
          .withEndpointConfiguration(
              new EndpointConfiguration(
                  System.getenv("AWS_ENDPOINT_URL_DYNAMODB"), System.getenv("AWS_REGION")))
          .build();
  private final DynamoDBMapper mapper = new DynamoDBMapper(client);

  /** What a program of a user's stores. */
  @DynamoDBTable(tableName = TABLE)
  public static final class Order {
    private String user;
    private String day;
    private String status;
    private int total;
    private Set<String> tags;
    private long expires;
    private Long version;

    @DynamoDBHashKey
    public String getUser() {
      return user;
    }

    public void setUser(String user) {
      this.user = user;
    }

    @DynamoDBRangeKey
    @DynamoDBIndexRangeKey(globalSecondaryIndexName = "by_status")
    public String getDay() {
      return day;
    }

    public void setDay(String day) {
      this.day = day;
    }

    @DynamoDBIndexHashKey(globalSecondaryIndexName = "by_status")
    public String getStatus() {
      return status;
    }

    public void setStatus(String status) {
      this.status = status;
    }

    @DynamoDBAttribute
    public int getTotal() {
      return total;
    }

    public void setTotal(int total) {
      this.total = total;
    }

    @DynamoDBAttribute
    public Set<String> getTags() {
      return tags;
    }

    public void setTags(Set<String> tags) {
      this.tags = tags;
    }

    @DynamoDBAttribute
    public long getExpires() {
      return expires;
    }

    public void setExpires(long expires) {
      this.expires = expires;
    }

    @DynamoDBVersionAttribute
    public Long getVersion() {
      return version;
    }

    public void setVersion(Long version) {
      this.version = version;
    }
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  private static String day(int number) {
    return "2024-01-0" + number;
  }

  private static Order key(int number) {
    Order made = new Order();
    made.setUser(USER);
    made.setDay(day(number));
    return made;
  }

  private static Order order(int number) {
    Order made = key(number);
    made.setTotal(number);
    made.setStatus(number % 2 == 1 ? "paid" : "new");
    made.setTags(Set.of("a", "b"));
    made.setExpires(now() + 3600);
    return made;
  }

  private static AttributeValue text(String value) {
    return new AttributeValue(value);
  }

  private static AttributeValue number(int value) {
    return new AttributeValue().withN(String.valueOf(value));
  }

  private static Condition between(String first, String last) {
    return new Condition()
        .withComparisonOperator(ComparisonOperator.BETWEEN)
        .withAttributeValueList(text(first), text(last));
  }

  private static String days(List<Order> found) {
    return found.stream().map(Order::getDay).collect(Collectors.joining(" "));
  }

  /** A query of the user's new orders. */
  private static DynamoDBQueryExpression<Order> fresh() {
    Order user = new Order();
    user.setUser(USER);
    return new DynamoDBQueryExpression<Order>()
        .withHashKeyValues(user)
        .withFilterExpression("#s = :s")
        .withExpressionAttributeNames(Map.of("#s", "status"))
        .withExpressionAttributeValues(Map.of(":s", text("new")));
  }

  private void createTable() throws InterruptedException {
    var request =
        mapper.generateCreateTableRequest(Order.class).withBillingMode(BillingMode.PAY_PER_REQUEST);
    request
        .getGlobalSecondaryIndexes()
        .forEach(index -> index.setProjection(new Projection().withProjectionType("ALL")));
    TableUtils.createTableIfNotExists(client, request);
    TableUtils.waitUntilActive(client, TABLE, 20_000, 100);
    var made = client.describeTable(TABLE).getTable();
    System.out.println(made.getTableName() + " is " + made.getTableStatus());
    client.updateTimeToLive(
        new UpdateTimeToLiveRequest()
            .withTableName(TABLE)
            .withTimeToLiveSpecification(
                new TimeToLiveSpecification().withAttributeName("expires").withEnabled(true)));
    var lives =
        client
            .describeTimeToLive(
                new DescribeTimeToLiveRequest()
                    .withTableName(TABLE))
            .getTimeToLiveDescription();
    System.out.println(
        "items expire by " + lives.getAttributeName() + ": " + lives.getTimeToLiveStatus());
  }

  private void put() {
    mapper.save(order(1));
    Order got = mapper.load(key(1));
    System.out.printf(
        "put and got: total %d, status %s, tags %s, expires in %s%n",
        got.getTotal(),
        got.getStatus(),
        String.join(" ", new TreeSet<>(got.getTags())),
        got.getExpires() - now() > 3540 ? "an hour" : "some time");
    List<Order> more = IntStream.rangeClosed(2, 8).mapToObj(Mapper::order).toList();
    var failed = mapper.batchSave(more);
    System.out.println("put " + (more.size() - failed.size()) + " more");
  }

  private void query() {
    var within = fresh().withRangeKeyCondition("day", between(day(2), day(6)));
    System.out.printf(
        "new, from %s to %s: %s%n", day(2), day(6), days(mapper.query(Order.class, within)));
    Order status = new Order();
    status.setStatus("paid");
    var paid =
        new DynamoDBQueryExpression<Order>()
            .withIndexName("by_status")
            .withHashKeyValues(status)
            .withConsistentRead(false)
            .withScanIndexForward(false)
            .withFilterExpression("#t > :t")
            .withExpressionAttributeNames(Map.of("#t", "total"))
            .withExpressionAttributeValues(Map.of(":t", number(3)));
    System.out.println(
        "paid and over 3, the newest first: " + days(mapper.query(Order.class, paid)));
    List<String> pages = new ArrayList<>();
    Map<String, AttributeValue> next = null;
    do {
      var page =
          mapper.queryPage(Order.class, fresh().withLimit(3).withExclusiveStartKey(next));
      pages.add(days(page.getResults()));
      next = page.getLastEvaluatedKey();
    } while (next != null);
    System.out.println("new, of every three examined: " + String.join(" | ", pages));
    count();
    var over =
        new DynamoDBScanExpression()
            .withFilterExpression("#t > :t")
            .withExpressionAttributeNames(Map.of("#t", "total"))
            .withExpressionAttributeValues(Map.of(":t", number(6)));
    System.out.println("a scan for those over 6: " + days(mapper.scan(Order.class, over)));
  }

  /** Counts with the mapper, and with the document API, which asks for the totals alone. */
  private void count() {
    var over =
        fresh()
            .withFilterExpression("#s = :s AND #t > :t")
            .withExpressionAttributeNames(Map.of("#s", "status", "#t", "total"))
            .withExpressionAttributeValues(Map.of(":s", text("new"), ":t", number(3)));
    int counted = mapper.count(Order.class, over);
    var spec =
        new QuerySpec()
            .withHashKey("user", USER)
            .withRangeKeyCondition(new RangeKeyCondition("day").ge(day(1)))
            .withFilterExpression("#s = :s AND #t > :t")
            .withProjectionExpression("#t")
            .withNameMap(new NameMap().with("#s", "status").with("#t", "total"))
            .withValueMap(new ValueMap().withString(":s", "new").withInt(":t", 3));
    int projected = 0;
    for (var item : new DynamoDB(client).getTable(TABLE).query(spec)) {
      projected += item.asMap().keySet().equals(Set.of("total")) ? 1 : 0;
    }
    if (projected != counted) {
      throw new IllegalStateException("the document API finds " + projected);
    }
    System.out.println("new and over 3, counted: " + counted);
  }

  private void update() {
    Order seventh = mapper.load(key(7));
    seventh.setTotal(seventh.getTotal() + 2);
    seventh.setStatus("sent");
    mapper.save(
        seventh,
        new DynamoDBSaveExpression()
            .withExpectedEntry("status", new ExpectedAttributeValue(text("paid"))));
    Order after = mapper.load(key(7));
    System.out.printf("updated: total %d, status %s%n", after.getTotal(), after.getStatus());
    try {
      mapper.save(order(7));
      throw new IllegalStateException("not refused");
    } catch (ConditionalCheckFailedException refused) {
      System.out.println("a second order of " + day(7) + " is refused");
    }
  }

  private void transact() {
    Order seventh = mapper.load(key(7));
    seventh.setTotal(seventh.getTotal() + 1);
    mapper.transactionWrite(
        new TransactionWriteRequest().addUpdate(seventh).addPut(order(9)));
    System.out.printf(
        "a transaction: total %d, and %s%n",
        mapper.load(key(7)).getTotal(), mapper.load(key(9)).getDay());
    try {
      mapper.transactionWrite(
          new TransactionWriteRequest().addPut(order(9)).addUpdate(mapper.load(key(7))));
      throw new IllegalStateException("not cancelled");
    } catch (TransactionCanceledException cancelled) {
      System.out.println(
          "a transaction is cancelled: "
              + cancelled.getCancellationReasons().stream()
                  .map(reason -> reason.getCode())
                  .collect(Collectors.joining(" ")));
    }
  }

  private void deleteAll() throws InterruptedException {
    List<Order> got = new ArrayList<>();
    mapper.batchLoad(List.of(key(7), key(9))).get(TABLE).forEach(one -> got.add((Order) one));
    got.sort(Comparator.comparing(Order::getDay));
    System.out.println("got in a batch: " + days(got));
    mapper.delete(
        mapper.load(key(1)),
        new DynamoDBDeleteExpression()
            .withExpectedEntry("total", new ExpectedAttributeValue(number(1))));
    int left = mapper.count(Order.class, new DynamoDBScanExpression());
    System.out.println("deleted: " + left + " are left");
    TableUtils.deleteTableIfExists(client, mapper.generateDeleteTableRequest(Order.class));
    client
        .waiters()
        .tableNotExists()
        .run(new WaiterParameters<>(new DescribeTableRequest(TABLE)));
    System.out.println(TABLE + " is gone");
  }

  public static void main(String[] arguments) throws InterruptedException {
    Mapper told = new Mapper();
    told.createTable();
    told.put();
    told.query();
    told.update();
    told.transact();
    told.deleteAll();
    told.client.shutdown();
  }
}
