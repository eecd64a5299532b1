// A crowd of clients of the Go SDK v2, each with a connection of its own, all of them open at once.
//
//	crowd NUMBER
//
// Opens them, says "open", and for each line on standard input has every client put an item and
// get it, all at the same time, and says "done". No request is tried twice.

package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var table = aws.String("crowd")

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func work(client *dynamodb.Client, number int, turn string) {
	here := context.Background()
	id := &types.AttributeValueMemberS{Value: fmt.Sprintf("go %d", number)}
	_, err := client.PutItem(here, &dynamodb.PutItemInput{
		TableName: table,
		Item: map[string]types.AttributeValue{
			"id": id, "turn": &types.AttributeValueMemberN{Value: turn},
		},
	})
	check(err)
	got, err := client.GetItem(here, &dynamodb.GetItemInput{
		TableName:      table,
		Key:            map[string]types.AttributeValue{"id": id},
		ConsistentRead: aws.Bool(true),
	})
	check(err)
	found, isNumber := got.Item["turn"].(*types.AttributeValueMemberN)
	if !isNumber || found.Value != turn {
		log.Fatal("not found: ", id.Value)
	}
}

func workTogether(clients []*dynamodb.Client, turn int) {
	var all sync.WaitGroup
	for number, client := range clients {
		all.Add(1)
		go func() {
			defer all.Done()
			work(client, number, strconv.Itoa(turn))
		}()
	}
	all.Wait()
}

func main() {
	number, err := strconv.Atoi(os.Args[1])
	check(err)
	settings, err := config.LoadDefaultConfig(context.Background(), config.WithRetryMaxAttempts(1))
	check(err)
	clients := make([]*dynamodb.Client, number)
	for place := range clients {
		clients[place] = dynamodb.NewFromConfig(settings, func(options *dynamodb.Options) {
			options.HTTPClient = &http.Client{Transport: &http.Transport{}}
		})
	}
	workTogether(clients, 0)
	fmt.Println("open")
	lines := bufio.NewScanner(os.Stdin)
	for turn := 1; lines.Scan(); turn++ {
		workTogether(clients, turn)
		fmt.Println("done")
	}
}
