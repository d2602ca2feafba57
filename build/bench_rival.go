//go:build bench

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"onewindow/app/event"
)

// rivalBatch is how many messages the rival's consumer takes in one commit.
const rivalBatch = 500

// rival is the route that most teams would write: the terminal publishes each event to
// a JetStream stream, asynchronously, and a consumer puts what it fetches into SQLite,
// 500 in a commit, and acknowledges it afterwards. It checks no chain, folds no ticket
// and, by JetStream's default, answers before anything is on the disk. It gives events
// per second from the first publish to the last acknowledgement behind its commit.
func (d *drain) rival() (perSecond float64, err error) {
	folder, err := d.fresh("rival")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	broker, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: folder})
	if err != nil {
		return 0, err
	}
	go broker.Start()
	defer func() { broker.Shutdown(); broker.WaitForShutdown() }()
	if !broker.ReadyForConnections(10 * time.Second) {
		return 0, errors.New("the rival's server does not start")
	}
	ctx, stop := context.WithTimeout(context.Background(), drainLimit)
	defer stop()
	bodies, err := d.bodies()
	if err != nil {
		return 0, err
	}
	from, js, err := streamOf(ctx, broker.Addr().String())
	if err != nil {
		return 0, err
	}
	defer from.Close()
	into, reader, err := streamOf(ctx, broker.Addr().String())
	if err != nil {
		return 0, err
	}
	defer into.Close()
	path := filepath.Join(folder, "centre.db")
	s, err := openStore(path, "jiangnan/hub", d.clock.now)
	if err != nil {
		return 0, err
	}
	if err := s.Close(); err != nil {
		return 0, err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)")
	if err != nil {
		return 0, err
	}
	defer closing(db, &err)
	db.SetMaxOpenConns(1)
	begin := time.Now()
	sent := make(chan error, 1)
	go func() { sent <- publishAll(ctx, js, bodies) }()
	if err := consume(ctx, reader, &inserter{db: db, prepared: map[string]*sql.Stmt{}}, len(bodies)); err != nil {
		return 0, err
	}
	took := time.Since(begin)
	return float64(len(bodies)) / took.Seconds(), <-sent
}

// bodies are the events that are drained.
func (d *drain) bodies() (out [][]byte, err error) {
	for _, p := range d.pushes {
		out = append(out, p.Bodies...)
	}
	if len(out) != drainEvents {
		return nil, fmt.Errorf("%d events, not %d", len(out), drainEvents)
	}
	return out, nil
}

func streamOf(ctx context.Context, addr string) (*natsgo.Conn, jetstream.JetStream, error) {
	conn, err := natsgo.Connect("nats://" + addr)
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(4096))
	if err == nil {
		_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "EVENTS", Subjects: []string{"events"}, Storage: jetstream.FileStorage})
	}
	return conn, js, err
}

func publishAll(ctx context.Context, js jetstream.JetStream, bodies [][]byte) error {
	for _, b := range bodies {
		if _, err := js.PublishAsync("events", b); err != nil {
			return fmt.Errorf("the rival publishes: %w", err)
		}
	}
	select {
	case <-js.PublishAsyncComplete():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// consume fetches, commits and acknowledges until all are there.
func consume(ctx context.Context, js jetstream.JetStream, in *inserter, want int) error {
	consumer, err := js.CreateOrUpdateConsumer(ctx, "EVENTS", jetstream.ConsumerConfig{Durable: "centre", AckPolicy: jetstream.AckAllPolicy, MaxAckPending: 8 * rivalBatch})
	if err != nil {
		return fmt.Errorf("the rival consumes: %w", err)
	}
	for have := 0; have < want; {
		batch, err := consumer.Fetch(min(rivalBatch, want-have), jetstream.FetchMaxWait(time.Second))
		if err != nil {
			return fmt.Errorf("the rival fetches: %w", err)
		}
		var p rowPack
		var last jetstream.Msg
		for m := range batch.Messages() {
			have++
			e, err := event.Decode(m.Data())
			if err != nil {
				return err
			}
			sum := event.Sum(m.Data())
			p.events = append(p.events, have+1, 2, int64(e.Seq), string(e.Kind), 0, nil, nil, sum[:], m.Data())
			last = m
		}
		if last == nil {
			continue
		}
		if err := in.commit(p); err != nil {
			return err
		}
		if err := last.DoubleAck(ctx); err != nil {
			return fmt.Errorf("the rival acknowledges: %w", err)
		}
	}
	return nil
}
