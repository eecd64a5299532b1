// The story of tests/clients/transcript.txt with the Go SDK v2.
// The endpoint, a region and credentials come from the environment, as a user gives them.

package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

const table = "orders"
const patience = 20 * time.Second

type item = map[string]types.AttributeValue

// Order is what a program of a user's stores.
type Order struct {
	User   string                `dynamodbav:"user"`
	Day    string                `dynamodbav:"day"`
	Total  int                   `dynamodbav:"total"`
	Status string                `dynamodbav:"status"`
	Big    attributevalue.Number `dynamodbav:"big,omitempty"`
	Bytes  []byte                `dynamodbav:"bytes,omitempty"`
	Tags   []string              `dynamodbav:"tags,stringset,omitempty"`
	Line   map[string]any        `dynamodbav:"line,omitempty"`
	Gift   bool                  `dynamodbav:"gift,omitempty"`
}

type story struct {
	context context.Context
	client  *dynamodb.Client
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func text(value string) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: value}
}

func number(value string) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: value}
}

func day(number int) string {
	return fmt.Sprintf("2024-01-%02d", number)
}

func key(number int) item {
	return item{"user": text("u1"), "day": text(day(number))}
}

func order(number int) Order {
	status := "new"
	if number%2 == 1 {
		status = "paid"
	}
	return Order{User: "u1", Day: day(number), Total: number, Status: status}
}

func marshalled(order Order) item {
	made, err := attributevalue.MarshalMap(order)
	check(err)
	return made
}

func unmarshalled(found item) Order {
	var order Order
	check(attributevalue.UnmarshalMap(found, &order))
	return order
}

func days(items []item) string {
	found := []string{}
	for _, one := range items {
		found = append(found, unmarshalled(one).Day)
	}
	return strings.Join(found, " ")
}

func (s story) createTable() {
	definition := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{
			AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS,
		}
	}
	schema := func(hash string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("day"), KeyType: types.KeyTypeRange},
		}
	}
	_, err := s.client.CreateTable(s.context, &dynamodb.CreateTableInput{
		TableName: aws.String(table),
		AttributeDefinitions: []types.AttributeDefinition{
			definition("user"), definition("day"), definition("status"),
		},
		KeySchema: schema("user"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName:  aws.String("by_status"),
			KeySchema:  schema("status"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
		BillingMode: types.BillingModePayPerRequest,
	})
	check(err)
	described := &dynamodb.DescribeTableInput{TableName: aws.String(table)}
	check(dynamodb.NewTableExistsWaiter(s.client).Wait(s.context, described, patience))
	made, err := s.client.DescribeTable(s.context, described)
	check(err)
	fmt.Println(*made.Table.TableName, "is", made.Table.TableStatus)
}

func (s story) putAndGet() {
	first := order(1)
	first.Big = "12345678901234567890123456789012345678"
	first.Bytes = []byte{0, 255}
	first.Tags = []string{"a", "b"}
	first.Line = map[string]any{"product": "tea", "amounts": []int{1, 2}}
	first.Gift = true
	stored := marshalled(first)
	stored["note"] = &types.AttributeValueMemberNULL{Value: true}
	_, err := s.client.PutItem(s.context, &dynamodb.PutItemInput{
		TableName: aws.String(table), Item: stored,
	})
	check(err)
	got, err := s.client.GetItem(s.context, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: key(1), ConsistentRead: aws.Bool(true),
	})
	check(err)
	found := unmarshalled(got.Item)
	slices.Sort(found.Tags)
	note := "something"
	if _, isNull := got.Item["note"].(*types.AttributeValueMemberNULL); isNull {
		note = "null"
	}
	line := fmt.Sprintf("%v/%v", found.Line["product"], found.Line["amounts"].([]any)[1])
	fmt.Println("got", found.Big, hex.EncodeToString(found.Bytes),
		strings.Join(found.Tags, ","), line, found.Gift, note)
}

func (s story) batch() {
	puts := []types.WriteRequest{}
	for number := 2; number <= 7; number++ {
		puts = append(puts, types.WriteRequest{
			PutRequest: &types.PutRequest{Item: marshalled(order(number))},
		})
	}
	_, err := s.client.BatchWriteItem(s.context, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{table: puts},
	})
	check(err)
	fmt.Println("put", len(puts), "more")
}

func (s story) query() {
	between, err := s.client.Query(s.context, &dynamodb.QueryInput{
		TableName:                aws.String(table),
		KeyConditionExpression:   aws.String("#u = :u AND #d BETWEEN :a AND :b"),
		FilterExpression:         aws.String("#s = :s"),
		ProjectionExpression:     aws.String("#d"),
		ExpressionAttributeNames: map[string]string{"#u": "user", "#d": "day", "#s": "status"},
		ExpressionAttributeValues: item{
			":u": text("u1"), ":a": text(day(2)), ":b": text(day(4)), ":s": text("new"),
		},
	})
	check(err)
	fmt.Printf("from %s to %s: %s\n", day(2), day(4), days(between.Items))
	paid, err := s.client.Query(s.context, &dynamodb.QueryInput{
		TableName:                 aws.String(table),
		IndexName:                 aws.String("by_status"),
		KeyConditionExpression:    aws.String("#s = :s"),
		ExpressionAttributeNames:  map[string]string{"#s": "status"},
		ExpressionAttributeValues: item{":s": text("paid")},
		ScanIndexForward:          aws.Bool(false),
	})
	check(err)
	fmt.Println("paid, the newest first:", days(paid.Items))
}

func (s story) paginate() {
	fmt.Print("a query in pages:")
	query := dynamodb.NewQueryPaginator(s.client, &dynamodb.QueryInput{
		TableName:                 aws.String(table),
		KeyConditionExpression:    aws.String("#u = :u"),
		ExpressionAttributeNames:  map[string]string{"#u": "user"},
		ExpressionAttributeValues: item{":u": text("u1")},
		Limit:                     aws.Int32(3),
	})
	for query.HasMorePages() {
		page, err := query.NextPage(s.context)
		check(err)
		fmt.Print(" ", page.Count)
	}
	fmt.Print("\na scan in pages:")
	scan := dynamodb.NewScanPaginator(s.client, &dynamodb.ScanInput{
		TableName: aws.String(table), Limit: aws.Int32(2),
	})
	for scan.HasMorePages() {
		page, err := scan.NextPage(s.context)
		check(err)
		fmt.Print(" ", page.Count)
	}
	fmt.Println()
}

func (s story) update() {
	changed, err := s.client.UpdateItem(s.context, &dynamodb.UpdateItemInput{
		TableName:                aws.String(table),
		Key:                      key(7),
		UpdateExpression:         aws.String("SET #t = #t + :two, #s = :sent"),
		ConditionExpression:      aws.String("#s = :paid"),
		ExpressionAttributeNames: map[string]string{"#t": "total", "#s": "status"},
		ExpressionAttributeValues: item{
			":two": number("2"), ":sent": text("sent"), ":paid": text("paid"),
		},
		ReturnValues: types.ReturnValueAllNew,
	})
	check(err)
	after := unmarshalled(changed.Attributes)
	fmt.Printf("updated: total %d, status %s\n", after.Total, after.Status)
	_, err = s.client.PutItem(s.context, &dynamodb.PutItemInput{
		TableName:                           aws.String(table),
		Item:                                marshalled(order(7)),
		ConditionExpression:                 aws.String("attribute_not_exists(#u)"),
		ExpressionAttributeNames:            map[string]string{"#u": "user"},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var unmet *types.ConditionalCheckFailedException
	if !errors.As(err, &unmet) {
		log.Fatal("not refused as it should be: ", err)
	}
	total := unmarshalled(unmet.Item).Total
	fmt.Printf("%s: %s; total is %d\n", unmet.ErrorCode(), unmet.ErrorMessage(), total)
}

func (s story) transact() {
	add := types.TransactWriteItem{Update: &types.Update{
		TableName:                 aws.String(table),
		Key:                       key(7),
		UpdateExpression:          aws.String("ADD #t :one"),
		ExpressionAttributeNames:  map[string]string{"#t": "total"},
		ExpressionAttributeValues: item{":one": number("1")},
	}}
	put := types.TransactWriteItem{Put: &types.Put{
		TableName: aws.String(table), Item: marshalled(order(8)),
	}}
	_, err := s.client.TransactWriteItems(s.context, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{add, put},
	})
	check(err)
	gets := []types.TransactGetItem{}
	for _, number := range []int{1, 2, 3, 4, 5, 6, 8, 7} {
		gets = append(gets, types.TransactGetItem{
			Get: &types.Get{TableName: aws.String(table), Key: key(number)},
		})
	}
	got, err := s.client.TransactGetItems(s.context, &dynamodb.TransactGetItemsInput{
		TransactItems: gets,
	})
	check(err)
	last := unmarshalled(got.Responses[len(got.Responses)-1].Item)
	fmt.Printf("a transaction: %d orders, total %d\n", len(got.Responses), last.Total)
	unmet := types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName:                aws.String(table),
		Key:                      key(9),
		ConditionExpression:      aws.String("attribute_exists(#u)"),
		ExpressionAttributeNames: map[string]string{"#u": "user"},
	}}
	_, err = s.client.TransactWriteItems(s.context, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{unmet, add},
	})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		log.Fatal("not cancelled as it should be: ", err)
	}
	fmt.Print(cancelled.ErrorCode(), ":")
	for _, reason := range cancelled.CancellationReasons {
		fmt.Print(" ", *reason.Code)
	}
	fmt.Println()
}

func (s story) statement() {
	found, err := s.client.ExecuteStatement(s.context, &dynamodb.ExecuteStatementInput{
		Statement:  aws.String(`SELECT "day" FROM orders WHERE "user" = ? AND "day" > ?`),
		Parameters: []types.AttributeValue{text("u1"), text(day(7))},
	})
	check(err)
	fmt.Println("a statement:", days(found.Items))
}

func (s story) refusals() {
	_, err := s.client.GetItem(s.context, &dynamodb.GetItemInput{
		TableName: aws.String("nothing"), Key: key(1),
	})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		log.Fatal("not refused as it should be: ", err)
	}
	fmt.Printf("%s: %s\n", missing.ErrorCode(), missing.ErrorMessage())
	_, err = s.client.GetItem(s.context, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: item{"user": text("u1")},
	})
	var invalid smithy.APIError
	if !errors.As(err, &invalid) {
		log.Fatal("not refused as it should be: ", err)
	}
	fmt.Printf("%s: %s\n", invalid.ErrorCode(), invalid.ErrorMessage())
}

func (s story) deleteAll() {
	gone, err := s.client.DeleteItem(s.context, &dynamodb.DeleteItemInput{
		TableName: aws.String(table), Key: key(8), ReturnValues: types.ReturnValueAllOld,
	})
	check(err)
	fmt.Println("deleted: status", unmarshalled(gone.Attributes).Status)
	_, err = s.client.DeleteTable(s.context, &dynamodb.DeleteTableInput{TableName: aws.String(table)})
	check(err)
	described := &dynamodb.DescribeTableInput{TableName: aws.String(table)}
	check(dynamodb.NewTableNotExistsWaiter(s.client).Wait(s.context, described, patience))
	fmt.Println(table, "is gone")
}

func main() {
	ctx := context.Background()
	loaded, err := config.LoadDefaultConfig(ctx)
	check(err)
	told := story{ctx, dynamodb.NewFromConfig(loaded)}
	for _, step := range []func(){
		told.createTable, told.putAndGet, told.batch, told.query, told.paginate, told.update,
		told.transact, told.statement, told.refusals, told.deleteAll,
	} {
		step()
	}
}
