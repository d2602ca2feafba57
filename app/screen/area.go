package screen

// Area is one service area (a queue) of this hall.
type Area struct {
	Letter      string `json:"letter"`
	Name        Text   `json:"name"`
	Floor       int    `json:"floor"`
	Windows     int    `json:"windows"`
	OpenWindows int    `json:"openWindows"`
	Waiting     int    `json:"waiting"`
	Wait        Wait   `json:"wait"`
	Items       int    `json:"items"`
	// Late tells that who takes a ticket now may not be reached today; Elsewhere are the other
	// halls that have the area.
	Late      bool   `json:"late"`
	Elsewhere []Text `json:"elsewhere"`
	// PausedUntil is the clock time until which nobody of the queue is called, empty where they
	// are; PausedWhy is the clerk's reason, of the fixed ones or in own words.
	PausedUntil string `json:"pausedUntil"`
	PausedWhy   string `json:"pausedWhy"`
	// Relief is how many minutes of waiting, over all who wait or are expected in this session,
	// one more window would save: rounded down to tens, as of the last half minute; 0 where nobody looked.
	Relief int `json:"relief"`
}

// Wait is an honest range of minutes; Known is false when nothing can be said yet.
type Wait struct {
	Known bool `json:"known"`
	Low   int  `json:"low"`
	High  int  `json:"high"`
}
