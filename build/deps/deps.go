//go:build deps

// Package deps holds the modules that are agreed on until the code imports them.
package deps

import (
	_ "github.com/alecthomas/kong"
	_ "github.com/google/uuid"
	_ "github.com/makiuchi-d/gozxing/qrcode"
	_ "github.com/mozillazg/go-pinyin"
	_ "github.com/nats-io/nats-server/v2/server"
	_ "github.com/nats-io/nats.go"
	_ "github.com/nats-io/nkeys"
	_ "github.com/pressly/goose/v3"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/skip2/go-qrcode"
	_ "github.com/wailsapp/wails/v2"
	_ "github.com/wailsapp/wails/v2/pkg/options"
	_ "github.com/wailsapp/wails/v2/pkg/options/assetserver"
	_ "github.com/wailsapp/wails/v2/pkg/options/linux"
	_ "github.com/wailsapp/wails/v2/pkg/options/windows"
	_ "go.uber.org/goleak"
	_ "golang.org/x/crypto/argon2"
	_ "golang.org/x/image/font/opentype"
	_ "golang.org/x/text/encoding/simplifiedchinese"
	_ "modernc.org/sqlite"
	_ "pgregory.net/rapid"
)
