// Applications, and what shared data says. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Saved, Text } from './common'

/** The newest files in the scanner's folder; `away`: it cannot be read. */
export interface TrayPage {
  files: TrayFile[]
  away: boolean
}

/** `mark` is another one when the file was changed; `fault` is why it cannot be attached: "type", "size", "empty", "unfinished" or ''. */
export interface TrayFile {
  name: string
  mark: string
  size: number
  atMs: number
  type: string
  fault: string
}

/** A scan or signature of an application; material 0 is the application as a whole. */
export interface CaseScan {
  scan: string
  use: string
  material: number
  name: string
  type: string
  size: number
  atMs: number
  /** Beside where things are saved: "waits" for its application to be taken, "away" for one that has not come to the hall. */
  saved: Saved | 'waits' | 'away'
}

/** A scan to look at; the picture is empty for what cannot be drawn. */
export interface ScanPage {
  scan: string
  type: string
  picture: string
}

/** Times in ms; where n is 0 nothing was seen. */
export interface Times {
  n: number
  p50Ms: number
  p90Ms: number
  maxMs: number
}

export interface Intake {
  request: string
  ticket: string
  item: string
  applicant: string
  documentType: string
  documentNumber: string
  phone: string
  agent: string
  agentNumber: string
  representative: string
  address: string
  materials: MaterialRow[]
  note: string
  /** What the window says of it: '' for what the materials make of it, "receive", "refuse", "not_ours" or "at_once". */
  answer: string
  reason: string
  agency: string
}

export interface MaterialRow {
  no: number
  state: string
}

export interface IntakeResult {
  number: string
  state: string
  dueDate: string
  /** Until when what is missing has to be brought; '' where nothing is. */
  answerBy: string
  missing: string[]
  agency: string
  saved: Saved
}

/** An application as a clerk reads it, with the person. */
export interface CasePage {
  number: string
  code: string
  item: Text
  /** "accepted", "correction", "suspended", "granted" ... */
  state: string
  /** The next day that binds the office. */
  dueDate: string
  answerBy: string
  /** What is due: "accept", "bring", "decide", "deliver" or ''; `left` working days of it are left where that is known, below 0 when it is over. */
  what: string
  known: boolean
  left: number
  /** The steps that this window can note now: "accept", "correct", "refuse", "not_ours", "hand_out". */
  may: string[]
  steps: CaseStep[]
  extended: boolean
  reason: string
  agency: string
  takenMs: number
  window: string
  rows: CaseMaterial[]
  applicant: string
  documentType: string
  documentNumber: string
  phone: string
  note: string
  /** Who acts for the person; '' for nobody. */
  agent: string
  agentNumber: string
  representative: string
  address: string
  /** What was proposed to be put right, in its order; `amend` tells that something can be. */
  amendments: CaseAmendment[]
  amend: boolean
  fee: CaseFee
  /** The hub was away: what other windows noted of it is not known here. */
  alone: boolean
  /** Two records claim this application. */
  disputed: boolean
  /** What is attached to it, and that the receipt of its decision was signed on the pad. */
  scans: CaseScan[]
  signed: boolean
}

/** Something that is to be put right, or was; Go's CaseAmendment, where the words of each field stand. */
export interface CaseAmendment {
  sum: string
  field: string
  material: string
  no: number
  scan: string
  old: string
  new: string
  oldType: string
  newType: string
  cause: string
  why: string
  clerk: string
  atMs: number
  state: 'waiting' | 'passed' | 'returned'
  checker: string
  checkedMs: number
  reply: string
  /** This clerk can check it; they proposed it. */
  may: boolean
  mine: boolean
}

/** What a clerk proposes to put right; the fields that go with `field` are filled in. */
export interface AmendWish {
  field: string
  value: string
  documentType: string
  material: number
  received: string
  day: string
  scan: string
  cause: string
  why: string
}

/** One that waits for a second person, in a list: no value of it. */
export interface AmendingCase {
  number: string
  item: Text
  field: string
  clerk: string
  mine: boolean
  atMs: number
}

/** The fee of an application; amounts in yuan, "80.00". */
export interface CaseFee {
  /** "due": the guide charges, and no notice was given yet. */
  state: 'none' | 'due' | 'open' | 'paid'
  text: string
  amount: string
  place: string
  until: string
  over: boolean
  receipt: string
  paidOn: string
  charge: boolean
  pay: boolean
}

/** What was noted of an application after it was taken. */
export interface CaseStep {
  kind: string
  outcome: string
  procedure: string
  day: string
  days: number
}

/** An application of the hall of which something is due soon or was. */
export interface DueCase {
  number: string
  item: Text
  state: string
  what: string
  day: string
  left: number
}

/** A material of an application; "supplied" when it was brought afterwards. */
export interface CaseMaterial {
  no: number
  name: string
  state: string
  suppliedMs: number
  /** Of one that is to be verified: "pending", "not_found" or "mismatch"; `set` names the data set that a material stands on. */
  check: string
  set: Text
}

/** What a data set says of one material. */
export interface SharedEvidence {
  no: number
  set: Text
  holder: string
  /** "found", "not_found", "mismatch", "unserved" or "away" */
  state: string
  record: string
  asOf: string
  says: SharedLine[]
}

export interface SharedLine {
  name: Text
  value: string
}

export interface DifferingCase {
  number: string
  window: string
  sets: Text[]
}
