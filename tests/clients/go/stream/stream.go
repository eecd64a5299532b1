// A reader of a stream with the Go SDK v2: every shard from its beginning, in the order of its pages,
// and then what comes, until a record of the key "end" has come.

package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

const pause = 50 * time.Millisecond

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func text(value types.AttributeValue) string {
	if member, is := value.(*types.AttributeValueMemberS); is {
		return member.Value
	}
	return "-"
}

// tell prints a record, and says whether it is the last.
func tell(record types.Record) bool {
	id := text(record.Dynamodb.Keys["id"])
	fmt.Printf("%s %s %s to %s\n", record.EventName, id,
		text(record.Dynamodb.OldImage["status"]), text(record.Dynamodb.NewImage["status"]))
	return id == "end"
}

func main() {
	ctx := context.Background()
	loaded, err := config.LoadDefaultConfig(ctx)
	check(err)
	client := dynamodbstreams.NewFromConfig(loaded)
	listed, err := client.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{
		TableName: aws.String(os.Args[1]),
	})
	check(err)
	stream := listed.Streams[0].StreamArn
	described, err := client.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{
		StreamArn: stream,
	})
	check(err)
	fmt.Println(described.StreamDescription.StreamStatus, len(described.StreamDescription.Shards))
	for _, shard := range described.StreamDescription.Shards {
		place, err := client.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{
			StreamArn: stream, ShardId: shard.ShardId,
			ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		check(err)
		for next := place.ShardIterator; next != nil; {
			page, err := client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{
				ShardIterator: next, Limit: aws.Int32(3),
			})
			check(err)
			for _, record := range page.Records {
				if tell(record) {
					return
				}
			}
			if next = page.NextShardIterator; len(page.Records) == 0 {
				time.Sleep(pause)
			}
		}
	}
}
