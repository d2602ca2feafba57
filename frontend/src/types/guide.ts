// Guides, what is found in them, and what one has to bring. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Area, Text } from './common'

export interface ItemCard {
  code: string
  name: Text
  department: string
  letter: string
  area: Text
  runOnce: boolean
  materials: number
  here: boolean
  why: string
  match: string
}

export interface GuidePage {
  item: ItemCard
  handling: string
  legalDays: number
  promisedDays: number
  dayUnit: string
  visits: number
  conditions: string[]
  materials: Material[]
  steps: string[]
  result: string
  fee: string
  charged: boolean
  consultPhone: string
  complaintPhone: string
  hours: string
  places: Spot[]
  online: boolean
  legalBasis: string
  faq: QA[]
  queue: Area
  questions: Question[]
}

export interface Material {
  no: number
  name: string
  form: string
  originals: number
  copies: number
  need: 'must' | 'maybe' | 'later' | ''
  waivedBy: Text
  note: string
}

export interface Spot {
  hall: Text
  address: string
  floor: number
  windows: string
  here: boolean
}

export interface QA {
  q: string
  a: string
}

export interface Filter {
  audience: '' | 'person' | 'company'
  area: string
  department: string
  lifeEvent: string
  online: boolean
  runOnce: boolean
}

export interface Found {
  items: ItemCard[]
  quote: Quote
}

export interface Quote {
  state: '' | 'given' | 'none'
  item: ItemCard
  field: string
  fromFaq: boolean
  lines: string[]
  promisedDays: number
  dayUnit: string
  visits: number
  phone: string
}

export interface FilterChoices {
  areas: FilterChoice[]
  departments: FilterChoice[]
  lifeEvents: FilterChoice[]
  items: number
}

export interface FilterChoice {
  value: string
  name: Text
  items: number
}

/** Characters that typed letters may stand for, and how many of the letters they take. */
export interface Guess {
  text: string
  letters: number
}

export type Answer = 'yes' | 'no' | ''

export interface ChecklistRequest {
  code: string
  answers: Record<string, Answer>
  have: number[]
  language: 'zh' | 'en'
}

export interface Question {
  id: string
  kind: string
  case: string
}

export interface CheckLine {
  material: Material
  duty: 'bring' | 'shared' | 'follow' | 'not_yours' | 'only_if'
  onSite: boolean
}

export interface Checked {
  item: string
  lacks: number[]
}
