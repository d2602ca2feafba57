// The hall: its hours, days and desks. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Absence, Area, Text } from './common'
import type { Times } from './intake'

/** The figures of a hall, a queue or an hour ("09"). */
export interface FigureRow {
  key: string
  issued: number
  served: number
  noShow: number
  carried: number
  cancelled: number
  recalls: number
  transfers: number
  outOfOrder: number
  inTarget: number
  promises: number
  kept: number
  wait: Times
  service: Times
  idleMs: number
  openMs: number
  heldMs: number
}

/** The day of the clerk who is signed in. */
export interface OwnDay {
  whole: FigureRow
  hours: FigureRow[]
  visits: OwnVisit[]
}

/** When a visit began, "09:05", and how long it took. */
export interface OwnVisit {
  at: string
  tookMs: number
}

/** What a supervisor sees of the hall. */
export interface HallNow {
  queues: HallQueue[]
  windows: HallWindow[]
  advice: Advice[]
  whole: FigureRow
  hours: FigureRow[]
  targetMinutes: number
  reasons: CallReason[]
  carried: CarriedOver[]
}

/** A closed window that would save so many person-minutes if it were opened for its area now. */
export interface Advice {
  window: string
  letter: string
  area: Text
  saves: number
}

/** Why tickets were called out of their order, and how often. */
export interface CallReason {
  reason: string
  calls: number
}

/** A ticket of an earlier day whose slip is a return pass. */
export interface CarriedOver {
  number: string
  date: string
  letter: string
  used: boolean
}

/** A queue of the hall; longestMinutes is -1 where nobody waits. */
export interface HallQueue {
  area: Area
  longestMinutes: number
  figures: FigureRow
}

/** A window of the hall; state is "closed", "free", "called", "serving" or "lost". */
export interface HallWindow {
  id: string
  letter: string
  state: string
  clerk: string
  services: string[]
  number: string
  sinceMs: number
  away: Absence | null
}

export interface HallPage {
  address: string
  phone: string
  hours: Hours
  opening: Opening
  days: HallDay[]
  holidays: Holidays[]
  unknownYear: number
  others: OtherHours[]
  desks: Desk[]
}

/** Dates and times are empty where there is nothing to tell. */
export interface Opening {
  state: 'open' | 'pause' | 'before' | 'after' | 'closed' | 'not_told' | 'not_known'
  today: HallDay
  until: string
  again: string
  nextDate: string
  nextAt: string
  unknownFrom: string
  closedFrom: string
  closedTo: string
  holidays: string[]
}

export interface HallDay {
  date: string
  kind: 'work' | 'make_up' | 'rest' | 'holiday' | 'unknown'
  holiday: string
  periods: Period[]
}

export interface Hours {
  text: string
  weekdays: number[]
  periods: Period[]
}

export interface Period {
  from: string
  to: string
}

export interface Holidays {
  names: string[]
  from: string
  to: string
  makeUps: string[]
}

export interface OtherHours {
  hours: Hours
  opening: Opening
  areas: SomeItems[]
}

export interface SomeItems {
  letter: string
  items: number
  of: number
}

export interface Desk {
  department: string
  letters: string[]
  consult: string
  complaint: string
}
