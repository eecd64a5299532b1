// The story of tests/clients/mapped.txt with guregu/dynamo.
// Its queries send KeyConditions, also those that filter and project.

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
)

const user = "u1"

// Order is what a program of a user's stores.
type Order struct {
	User    string    `dynamo:"user,hash"`
	Day     string    `dynamo:"day,range" index:"by_status,range"`
	Total   int       `dynamo:"total"`
	Status  string    `dynamo:"status" index:"by_status,hash"`
	Tags    []string  `dynamo:"tags,set"`
	Expires time.Time `dynamo:"expires,unixtime"`
}

type story struct {
	context context.Context
	db      *dynamo.DB
	orders  dynamo.Table
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func day(number int) string {
	return fmt.Sprintf("2024-01-%02d", number)
}

func order(number int) Order {
	status := "new"
	if number%2 == 1 {
		status = "paid"
	}
	return Order{
		User: user, Day: day(number), Total: number, Status: status,
		Tags: []string{"a", "b"}, Expires: time.Now().Add(time.Hour),
	}
}

func key(number int) dynamo.Keys {
	return dynamo.Keys{user, day(number)}
}

func days(found []Order) string {
	said := []string{}
	for _, one := range found {
		said = append(said, one.Day)
	}
	return strings.Join(said, " ")
}

func (s story) all(query *dynamo.Query) []Order {
	var found []Order
	check(query.All(s.context, &found))
	return found
}

func (s story) one(number int) Order {
	var found Order
	check(s.orders.Get("user", user).Range("day", dynamo.Equal, day(number)).One(s.context, &found))
	return found
}

func (s story) createTable() {
	check(s.db.CreateTable("orders", Order{}).OnDemand(true).Wait(s.context))
	made, err := s.orders.Describe().Run(s.context)
	check(err)
	fmt.Println(made.Name, "is", made.Status)
	check(s.orders.UpdateTTL("expires", true).Run(s.context))
	lives, err := s.orders.DescribeTTL().Run(s.context)
	check(err)
	fmt.Printf("items expire by %s: %s\n", lives.Attribute, lives.Status)
}

func (s story) put() {
	check(s.orders.Put(order(1)).Run(s.context))
	got := s.one(1)
	expires := "some time"
	if time.Until(got.Expires) > 59*time.Minute {
		expires = "an hour"
	}
	slices.Sort(got.Tags)
	fmt.Printf("put and got: total %d, status %s, tags %s, expires in %s\n",
		got.Total, got.Status, strings.Join(got.Tags, " "), expires)
	more := []any{}
	for number := 2; number <= 8; number++ {
		more = append(more, order(number))
	}
	written, err := s.orders.Batch("user", "day").Write().Put(more...).Run(s.context)
	check(err)
	fmt.Println("put", written, "more")
}

func (s story) query() {
	fresh := s.orders.Get("user", user).Filter("$ = ?", "status", "new").Project("day", "total")
	between := s.orders.Get("user", user).Range("day", dynamo.Between, day(2), day(6)).
		Filter("$ = ?", "status", "new")
	fmt.Printf("new, from %s to %s: %s\n", day(2), day(6), days(s.all(between)))
	paid := s.orders.Get("status", "paid").Index("by_status").Filter("'total' > ?", 3).
		Order(dynamo.Descending)
	fmt.Println("paid and over 3, the newest first:", days(s.all(paid)))
	pages := []string{}
	for next, isFirst := (dynamo.PagingKey)(nil), true; isFirst || next != nil; isFirst = false {
		var page []Order
		var err error
		next, err = fresh.StartFrom(next).SearchLimit(3).AllWithLastEvaluatedKey(s.context, &page)
		check(err)
		pages = append(pages, days(page))
	}
	fmt.Println("new, of every three examined:", strings.Join(pages, " | "))
	counted, err := s.orders.Get("user", user).Filter("$ = ? AND 'total' > ?", "status", "new", 3).
		Count(s.context)
	check(err)
	fmt.Println("new and over 3, counted:", counted)
	var scanned []Order
	check(s.orders.Scan().Filter("'total' > ?", 6).All(s.context, &scanned))
	fmt.Println("a scan for those over 6:", days(scanned))
}

func (s story) update() {
	var after Order
	check(s.orders.Update("user", user).Range("day", day(7)).Add("total", 2).Set("status", "sent").
		If("$ = ?", "status", "paid").Value(s.context, &after))
	fmt.Printf("updated: total %d, status %s\n", after.Total, after.Status)
	err := s.orders.Put(order(7)).If("attribute_not_exists($)", "user").Run(s.context)
	if !dynamo.IsCondCheckFailed(err) {
		log.Fatal("not refused as it should be: ", err)
	}
	fmt.Println("a second order of", day(7), "is refused")
}

func (s story) transact() {
	add := s.orders.Update("user", user).Range("day", day(7)).Add("total", 1)
	check(s.db.WriteTx().Idempotent(true).Update(add).Put(s.orders.Put(order(9))).Run(s.context))
	fmt.Printf("a transaction: total %d, and %s\n", s.one(7).Total, s.one(9).Day)
	again := s.orders.Put(order(9)).If("attribute_not_exists($)", "user")
	err := s.db.WriteTx().Put(again).Update(add).Run(s.context)
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		log.Fatal("not cancelled as it should be: ", err)
	}
	fmt.Print("a transaction is cancelled:")
	for _, reason := range cancelled.CancellationReasons {
		fmt.Print(" ", *reason.Code)
	}
	fmt.Println()
}

func (s story) deleteAll() {
	var got []Order
	check(s.orders.Batch("user", "day").Get(key(7), key(9)).All(s.context, &got))
	slices.SortFunc(got, func(a, b Order) int { return strings.Compare(a.Day, b.Day) })
	fmt.Println("got in a batch:", days(got))
	check(s.orders.Delete("user", user).Range("day", day(1)).If("'total' = ?", 1).Run(s.context))
	left, err := s.orders.Scan().Count(s.context)
	check(err)
	fmt.Println("deleted:", left, "are left")
	check(s.orders.DeleteTable().Wait(s.context))
	fmt.Println("orders is gone")
}

func main() {
	ctx := context.Background()
	loaded, err := config.LoadDefaultConfig(ctx)
	check(err)
	db := dynamo.New(loaded)
	told := story{ctx, db, db.Table("orders")}
	for _, step := range []func(){
		told.createTable, told.put, told.query, told.update, told.transact, told.deleteAll,
	} {
		step()
	}
}
