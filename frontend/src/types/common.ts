// What pages of every terminal share. A mirror of app/screen, where each field is explained; a test compares the names.

export interface Text {
  zh: string
  en: string
}

export interface Standing {
  line: 'centre' | 'hall' | 'alone'
  sinceMs: number
  hereOnly: number
  hallOnly: number
  oldestSeconds: number
  clockOff: boolean
  disk: 'ok' | 'low' | 'full'
  printer: 'ok' | 'paper_low' | 'paper_out' | 'cover_open' | 'off' | 'none'
  devices?: Device[]
  alerts?: Device[]
}

export interface Device {
  terminal: string
  kind: 'printer' | 'reader' | 'scanner' | 'strip' | 'signature'
  state: 'ok' | 'paper_low' | 'paper_out' | 'cover_open' | 'off'
  sinceMs: number
  next: '' | 'load_paper' | 'close_cover' | 'check_cable'
}

export type Saved = 'here' | 'hall' | 'centre'

export interface Place {
  role: 'kiosk' | 'counter' | 'board'
  hall: string
  hallName: Text
  terminal: string
  window: string
  pxPerMm: number
  screenLowMm: number
  distanceMm: number
  voice: boolean
  /** Identity cards can be read here. */
  reader: boolean
  /** The floor on which the terminal stands. */
  floor: number
  date: string
  nowMs: number
  guidesVersion: string
  /** When the centre published the guides in use; empty where they came another way. */
  guidesDate: string
}

export interface Area {
  letter: string
  name: Text
  floor: number
  windows: number
  openWindows: number
  waiting: number
  wait: Wait
  items: number
  /** Who takes a ticket now may not be reached today; the other halls that have the area. */
  late: boolean
  elsewhere: Text[]
  /** Until when nobody of the queue is called, '' where they are, and why. */
  pausedUntil: string
  pausedWhy: string
  /** Minutes of waiting, over all who wait or are expected, that one more window would save; 0 where nobody looked. */
  relief: number
}

export interface Wait {
  known: boolean
  low: number
  high: number
}

/** A break of a clerk, or work elsewhere ("back_office"); untilMs is 0 for not said. */
export interface Absence {
  why: string
  sinceMs: number
  untilMs: number
}
