// A kiosk's pages: tickets, help and progress. A mirror of app/screen, where each field is explained; a test compares the names.

import type { BookingPage } from './booking'
import type { Area, Place, Saved, Standing, Text, Wait } from './common'
import type { Checked, ItemCard } from './guide'

export interface HelpState {
  state: '' | 'sending' | 'told' | 'coming' | 'unreached'
  atMs: number
  window: string
}

export interface HelpAsk {
  terminal: string
  atMs: number
  clerk: string
}

export interface Home {
  place: Place
  standing: Standing
  areas: Area[]
  often: ItemCard[]
  help: HelpState
  reading: boolean
}

export interface TicketRequest {
  request: string
  letter: string
  items: string[]
  class: 'walk_in' | 'priority' | 'appointment'
  language: 'zh' | 'en'
  checked: Checked[]
  /** Since the first touch, 0 for not known. */
  tookMs: number
}

export interface TicketPage {
  ticket: string
  number: string
  area: Area
  windows: string
  items: Text[]
  ahead: number
  wait: Wait
  class: string
  issuedMs: number
  issuedAt: string
  date: string
  qr: string
  saved: Saved
  state: string
  window: string
  paper: string
  ownSeries: boolean
  /** The slip is a return pass that can be used now. */
  pass: boolean
}

export interface Progress {
  found: boolean
  ticket: TicketPage
  applications: CaseStatus[]
  /** The appointment that was asked for; none for anything else. */
  booking?: BookingPage | null
  /** Whether the visit can be rated with what was shown, was rated, or cannot be (yet). */
  rate: 'open' | 'rated' | ''
}

export interface CaseStatus {
  number: string
  code: string
  item: Text
  state: string
  dueDate: string
  saved: Saved
  /** What is still to be brought, and the last day for it; empty where nothing is. */
  absent: string[]
  answerBy: string
  /** Who takes what is not ours or was passed on, '' for nobody. */
  agency: string
}
