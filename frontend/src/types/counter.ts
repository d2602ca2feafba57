// A counter's page and its visit. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Absence, Area, Place, Saved, Standing, Text } from './common'
import type { ItemCard } from './guide'
import type { AmendingCase, DifferingCase, TrayPage } from './intake'
import type { CaseStatus, HelpAsk } from './kiosk'

export interface IdentityCard {
  name: string
  number: string
  birth: string
  address: string
  validTo: string
  expired: boolean
}

export interface CounterPage {
  place: Place
  standing: Standing
  clerk: string
  clerkName: string
  /** The clerk sees to the whole hall; may take tickets back. */
  supervisor: boolean
  mayWithdraw: boolean
  window: string
  services: string[]
  /** Why nobody is called to the window, null while the clerk is there. */
  away: Absence | null
  areas: Area[]
  allWindows: WindowShape[]
  current: CounterTicket | null
  waiting: number
  servedToday: number
  /** This counter has a printer for documents. */
  documents: boolean
  recent: RecentVisit[]
  /** Visits that go on later, this window's first. */
  parked: ParkedVisit[]
  conflicts: Conflict[]
  /** Applications of the hall of which shared data has said something else. */
  differing: DifferingCase[]
  /** What a second person has yet to check. */
  amending: AmendingCase[]
  helps: HelpAsk[]
  /** What the boards tell everybody now, the newest first. */
  notices: Notice[]
  /** Bad ratings that this clerk may look after, and how many of them are overdue. */
  followUps: number
  followUpsOverdue: number
  /** What lies in the scanner's folder; null where none is set. */
  tray: TrayPage | null
}

/** A sentence of the staff to everybody in the hall; `en` may be empty, `until` is the local clock time of its end, empty for the end of the day. */
export interface Notice {
  id: string
  zh: string
  en: string
  until: string
  clerk: string
}

export interface WindowShape {
  id: string
  letter: string
  clerk: string
}

export interface CheckedItem {
  code: string
  lacks: string[]
  stale: boolean
}

export interface CounterTicket {
  ticket: string
  number: string
  letter: string
  area: Text
  class: string
  /** The clock time of the appointment, '' without one. */
  slot: string
  language: string
  items: ItemCard[]
  state: string
  recalls: number
  calledMs: number
  startedMs: number
  waitMinutes: number
  recallInSeconds: number
  saved: Saved
  applications: CaseStatus[]
  checked: CheckedItem[]
  /** How often it was passed on, and whether that is too often. */
  passes: number
  passWarning: boolean
  /** The window that wants the person back, '' for none. */
  back: string
  /** Why the ticket came here out of the usual way, '' for the usual way. */
  reason: string
}

/** A visit whose person is away for a while. */
export interface ParkedVisit {
  ticket: string
  number: string
  window: string
  mine: boolean
  reason: string
  untilMs: number
}

/** Where a visit goes on: in an area's queue, at one window, or both. */
export interface PassWish {
  letter: string
  window: string
  back: boolean
  reason: string
}

export interface RecentVisit {
  number: string
  state: string
  finishedAt: string
  saved: Saved
}

export interface Conflict {
  number: string
  kind: string
  windows: string[]
}

export interface Outcome {
  item: string
  outcome: string
}
