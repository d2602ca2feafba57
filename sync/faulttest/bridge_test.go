package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"onewindow/app/event"
)

// bridge is how a page, or somebody at the screen, reaches one program.
type bridge struct {
	base   string
	client *http.Client
}

// newBridge reaches host:port in a network; nil is the test's own.
func newBridge(addr string, inside *space) *bridge {
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	transport := &http.Transport{MaxIdleConnsPerHost: 8, DialContext: func(ctx context.Context, network, addr string) (conn net.Conn, err error) {
		err = inside.do(func() error {
			conn, err = dialer.DialContext(ctx, network, addr)
			return err
		})
		return conn, err
	}}
	return &bridge{base: "http://" + addr, client: &http.Client{Timeout: 15 * time.Second, Transport: transport}}
}

// ask calls a method as a page does. A refusal comes as *event.Refusal; every
// other error means that the answer was lost and nobody knows what happened.
func ask[T any](ctx context.Context, b *bridge, method string, args ...any) (value T, err error) {
	if args == nil {
		args = []any{}
	}
	body, err := json.Marshal(args)
	if err != nil {
		return value, err
	}
	// A request to a process that was killed must not be sent again by the transport
	// on its own: who asks decides that. Without GetBody it cannot.
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+"/rpc/"+method, bytes.NewReader(body))
	if err != nil {
		return value, err
	}
	r.GetBody = nil
	r.Header.Set("Content-Type", "application/json")
	res, err := b.client.Do(r)
	if err != nil {
		return value, err
	}
	defer res.Body.Close()
	var answer struct {
		Value   T              `json:"value"`
		Refusal *event.Refusal `json:"refusal"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return value, fmt.Errorf("%s: %s: %w", method, res.Status, err)
	}
	if answer.Refusal != nil {
		return value, answer.Refusal
	}
	return answer.Value, nil
}
