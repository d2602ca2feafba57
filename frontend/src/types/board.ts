// Boards. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Area, Place, Standing, Text } from './common'

export interface BoardPage {
  place: Place
  standing: Standing
  calls: BoardCall[]
  areas: Area[]
  /** What the staff tells everybody, the newest first; `en` may be empty. */
  notices: Text[]
  /** The number that is being announced; empty for none. */
  saying: string
}

export interface BoardCall {
  number: string
  window: string
  floor: number
  letter: string
  atMs: number
  state: string
  recalls: number
}
