package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
)

// maker is the writer's connection or the pool of readers.
type maker interface {
	querier
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// prepared keeps the statements of a connection or a pool: the program has few texts
// and runs them for ever, and to read one costs SQLite more than most of them take.
type prepared struct {
	maker
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func prepare(m maker) *prepared { return &prepared{maker: m, stmts: map[string]*sql.Stmt{}} }

func (p *prepared) stmt(query string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if st := p.stmts[query]; st != nil {
		return st, nil
	}
	st, err := p.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare %.60s: %w", query, err)
	}
	p.stmts[query] = st
	return st, nil
}

// QueryContext runs a query that is prepared once.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := p.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

// QueryRowContext runs a query of one row that is prepared once.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := p.stmt(query)
	if err != nil {
		return p.maker.QueryRowContext(ctx, query, args...) // it says the same in its row
	}
	return st.QueryRowContext(ctx, args...)
}

// close closes the statements, not what they were made of.
func (p *prepared) close() error {
	if p == nil {
		return nil
	}
	var errs []error
	for _, st := range p.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(errs...)
}

// hand is the writer's connection. Its queries go through database/sql; what it writes
// goes straight to the driver, because the arguments of a thousand rows cost as much
// there as in SQLite.
type hand struct {
	*prepared
	conn  *sql.Conn
	execs map[string]driver.Stmt
	args  []driver.NamedValue
}

func newHand(conn *sql.Conn) *hand {
	return &hand{prepared: prepare(conn), conn: conn, execs: map[string]driver.Stmt{}}
}

// exec runs a statement that is prepared once. Only the writer calls it.
func (h *hand) exec(query string, args ...any) error {
	return h.conn.Raw(func(c any) error {
		ctx := context.Background()
		st := h.execs[query]
		if st == nil {
			made, err := c.(driver.ConnPrepareContext).PrepareContext(ctx, query)
			if err != nil {
				return fmt.Errorf("prepare %.60s: %w", query, err)
			}
			st, h.execs[query] = made, made
		}
		h.args = h.args[:0]
		for i, a := range args {
			v, err := driver.DefaultParameterConverter.ConvertValue(a)
			if err != nil {
				return fmt.Errorf("argument %d of %.60s: %w", i+1, query, err)
			}
			h.args = append(h.args, driver.NamedValue{Ordinal: i + 1, Value: v})
		}
		_, err := st.(driver.StmtExecContext).ExecContext(ctx, h.args)
		return err
	})
}

func (h *hand) close() error {
	if h == nil {
		return nil
	}
	errs := []error{h.prepared.close()}
	for _, st := range h.execs {
		errs = append(errs, st.Close())
	}
	return errors.Join(errs...)
}
