// Requests for information (依申请公开). A mirror of app/screen, where each field is explained; a test compares the names.

import type { Saved } from './common'

/** A request for information (依申请公开) as the form has it; Go's DisclosureForm, where the words of each field stand. */
export interface DisclosureForm {
  request: string
  agency: string
  by: string
  channel: string
  day: string
  oral: boolean
  readBack: boolean
  form: string
  delivery: string
  documentType: string
  documentNumber: string
  name: string
  contact: string
  phone: string
  address: string
  asked: string
}

/** A request for information; in a list everything of the person is empty. */
export interface DisclosurePage {
  agency: string
  by: string
  channel: string
  day: string
  oral: boolean
  form: string
  delivery: string
  documentType: string
  documentNumber: string
  name: string
  contact: string
  phone: string
  address: string
  asked: string
  number: string
  /** "open", "correcting", "consulting", "charged" or "answered" */
  state: string
  due: string
  /** "known", "suspended" or "unknown" */
  dueKnown: string
  /** working days until due, below 0 afterwards */
  left: number
  late: boolean
  /** the last day for a correction is over: it needs a good reason then */
  overtime: boolean
  noticeBy: string
  answerBy: string
  whom: string
  outcome: string
  earlier: string
  words: string
  extended: boolean
  notified: boolean
  reasons: boolean
  heard: boolean
  /** there is a document that tells where it stands */
  notice: boolean
  alone: boolean
  disputed: boolean
  saved: Saved
}

export interface DisclosureList {
  alone: boolean
  rows: DisclosurePage[] | null
}

/** What the same person asked for before. */
export interface BeforePage {
  repeats: RepeatRow[] | null
  month: number
  all: number
  manyAMonth: number
  itemFee: number
  looked: number
  shut: number
  alone: boolean
}

/** An earlier request that may be the same, and why. */
export interface RepeatRow {
  number: string
  agency: string
  day: string
  asked: string
  answered: string
  outcome: string
  settled: boolean
  common: string[] | null
  beyond: string[] | null
}

/** A step of a request; Go's DisclosureStep. */
export interface DisclosureStep {
  request: string
  number: string
  step: string
  whom: string
  basis: string
  pages: number
  month: number
  outcome: string
  earlier: string
  excused: boolean
  words: string
}
