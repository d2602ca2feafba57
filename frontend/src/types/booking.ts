// Appointments. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Area, Saved, Text } from './common'

export interface BookingPage {
  code: string
  /** A PNG as a data: address. */
  qr: string
  /** The last four digits with which the person can check in, too; empty where none were given. */
  phone: string
  /** The person's identity card checks in, too. */
  card: boolean
  area: Area
  windows: string
  items: Text[]
  date: string
  /** The clock time "09:15", and from when till when to check in. */
  at: string
  from: string
  till: string
  /** "late": a check-in makes a walk-in; "used": it has its ticket, `number`. */
  state: 'booked' | 'open' | 'late' | 'missed' | 'cancelled' | 'used'
  number: string
  saved: Saved
  paper: string
}

export interface BookingDay {
  date: string
  free: number
}

export interface BookingTime {
  /** In ms since 1970. */
  atMs: number
  at: string
}

export interface BookingRequest {
  request: string
  letter: string
  items: string[]
  atMs: number
  /** Eleven digits. */
  phone: string
  language: string
}
