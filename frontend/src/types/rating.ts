// Ratings of visits, and what follows a bad one. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Saved, Text } from './common'

/** What somebody says of a visit; `visit` is what they showed for it. */
export interface RateRequest {
  request: string
  visit: string
  level: number
  reasons: string[]
  remark: string
  language: 'zh' | 'en'
}

/** A rating that was noted; `due` is the last day of the follow-up of a bad one. */
export interface Rated {
  remark: string
  due: string
  saved: Saved
}

/** The bad ratings that the clerk may look after; `alone` tells that they are what was told last. */
export interface FollowUps {
  rows: FollowUpRow[]
  open: number
  overdue: number
  alone: boolean
}

/** A visit with a bad rating; `next` is what this clerk can do. */
export interface FollowUpRow {
  ticket: string
  number: string
  date: string
  window: string
  items: Text[]
  level: number
  state: 'open' | 'answered' | 'returned' | 'checked'
  due: string
  overdue: boolean
  next: 'answer' | 'check' | ''
  /** What was written is destroyed, so that nothing is written about it either. */
  erased: boolean
}

export interface FollowUpPage {
  row: FollowUpRow
  ratings: RatingSaid[]
  answers: AnswerSaid[]
  alone: boolean
}

export interface RatingSaid {
  rating: string
  level: number
  reasons: string[]
  remark: string
  /** Something was written that cannot be read any more. */
  shut: boolean
  proof: 'slip' | 'number' | 'document'
  counts: boolean
  atMs: number
}

/** What a clerk answered, and what a second one said of it. */
export interface AnswerSaid {
  note: string
  clerk: string
  atMs: number
  good: boolean
  back: boolean
  checkNote: string
  checker: string
}
