package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Signature is a signature pad behind its maker's service on this machine. Makers
// have each their own calls; ours is the reference that an adapter translates from:
// GET /state answers 200 while a pad is plugged in, else 503; POST /sign waits for the
// person and answers 200 with a PNG, 204 when the person declined, 503 without a pad. Nothing
// of a signature is kept here.
type Signature struct {
	// Address is http://127.0.0.1:port; "" means that there is none.
	Address string
	// AnswerTime limits an answer about the state (default 1 s), SignTime a signature
	// (default 60 s).
	AnswerTime, SignTime time.Duration
}

// NewSignature gives the pad at an address; "" for none. It opens nothing.
func NewSignature(address string) *Signature {
	return &Signature{Address: address, AnswerTime: time.Second, SignTime: time.Minute}
}

// Bounds of a signature's picture: bytes, and dots a side.
const (
	mostSignature = 256 << 10
	widestPad     = 4096
)

// Errors of a signature pad.
var (
	// ErrDeclined: the person did not want to sign.
	ErrDeclined = errors.New("the person declined to sign")
	// ErrNoPad: the service runs, and no pad is plugged in.
	ErrNoPad = errors.New("no signature pad is plugged in")
)

// Status asks for the pad's state; None without one.
func (s *Signature) Status(ctx context.Context) (State, error) {
	if s.Address == "" {
		return None, nil
	}
	if _, err := s.call(ctx, s.AnswerTime, http.MethodGet, "/state"); err != nil {
		return Off, err
	}
	return OK, nil
}

// Sign lets the person sign and gives the picture as a PNG. Errors: ErrDeclined,
// ErrNoPad, or what is wrong with the service.
func (s *Signature) Sign(ctx context.Context) ([]byte, error) {
	picture, err := s.call(ctx, s.SignTime, http.MethodPost, "/sign")
	if err != nil {
		return nil, err
	}
	shape, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || shape.Width > widestPad || shape.Height > widestPad {
		return nil, fmt.Errorf("read the signature: it is no picture of a pad: %w", err)
	}
	return picture, nil
}

func (s *Signature) call(ctx context.Context, limit time.Duration, method, path string) ([]byte, error) {
	at, err := url.Parse(s.Address)
	if err != nil {
		return nil, fmt.Errorf("reach the signature pad: %w", err)
	}
	if ip := net.ParseIP(at.Hostname()); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("reach the signature pad: %s is not this machine", at.Hostname())
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, at.JoinPath(path).String(), nil)
	if err != nil {
		return nil, fmt.Errorf("reach the signature pad: %w", err)
	}
	// Its own client: no proxy of the machine may see a signature, and no redirect lead it away.
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("reach the signature pad: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, mostSignature+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("hear the signature pad: %w", err)
	case len(body) > mostSignature:
		return nil, fmt.Errorf("hear the signature pad: over %d bytes", mostSignature)
	case res.StatusCode == http.StatusNoContent:
		return nil, ErrDeclined
	case res.StatusCode == http.StatusServiceUnavailable:
		return nil, ErrNoPad
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("hear the signature pad: status %s", res.Status)
	}
	return body, nil
}

// stroke signs with one line across the pad.
func stroke(w http.ResponseWriter, _ *http.Request) {
	img := image.NewGray(image.Rect(0, 0, 320, 120))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for x := 20; x < 300; x++ {
		img.SetGray(x, 100-x/4, color.Gray{})
	}
	// The asker is gone when this fails, and nobody is left to tell.
	_ = png.Encode(w, img)
}

// SignatureTwin is a virtual signature pad's service.
type SignatureTwin struct {
	server   *http.Server
	listener net.Listener
	ended    chan struct{}

	mu    sync.Mutex
	state State
}

// StartSignatureTwin starts a twin on a loopback address, 127.0.0.1:0 for any free
// port. sign answers each POST /sign and may be as faulty as it likes; nil signs with a stroke.
func StartSignatureTwin(address string, sign http.HandlerFunc) (*SignatureTwin, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("stand as signature pad: %w", err)
	}
	if sign == nil {
		sign = stroke
	}
	t := &SignatureTwin{listener: listener, ended: make(chan struct{}), state: OK}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", t.plugged(func(http.ResponseWriter, *http.Request) {}))
	mux.HandleFunc("POST /sign", t.plugged(sign))
	t.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { defer close(t.ended); _ = t.server.Serve(listener) }()
	return t, nil
}

func (t *SignatureTwin) plugged(then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		state := t.state
		t.mu.Unlock()
		if state == Off {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		then(w, r)
	}
}

// Address is where a Signature finds the twin.
func (t *SignatureTwin) Address() string { return "http://" + t.listener.Addr().String() }

// Set plugs the pad in (OK) or out (Off); the service runs on.
func (t *SignatureTwin) Set(s State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state = s
}

// Close ends the twin.
func (t *SignatureTwin) Close() error {
	err := t.server.Close()
	<-t.ended
	return err
}
