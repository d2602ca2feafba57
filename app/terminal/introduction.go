package terminal

import (
	"fmt"

	"onewindow/app/config"
	"onewindow/app/folder"
	"onewindow/sync/admit"
)

// Introduction is what the hub must know to admit this terminal, in the form that
// onewindowd admit takes. The key is made when there is none yet, so that a terminal
// can be admitted before its first start.
func Introduction(s config.Settings) (string, error) {
	key, err := folder.PublicKey(s.Data)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("--origin %s/%s --role %s --key %s", s.Hall, s.Device, s.Role, admit.KeyText(key)), nil
}
