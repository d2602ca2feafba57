package store

import (
	"context"
	"database/sql"
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
