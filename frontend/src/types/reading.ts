// What there is to read, and surveys. A mirror of app/screen, where each field is explained; a test compares the names.

import type { Text } from './common'
import type { ItemCard, QA } from './guide'

export interface ReadingPage {
  columns: Column[]
  notices: ReadCard[]
  sections: ReadCard[]
  surveys: ReadCard[]
  date: string
  sample: boolean
}

export interface Column {
  id: string
  name: Text
  policies: number
  newest: ReadCard
}

export interface ReadCard {
  id: string
  title: Text
  department: string
  date: string
  questions: number
}

export interface PolicyPage {
  card: ReadCard
  number: string
  points: string[]
  interpretation: QA[]
  items: ItemCard[]
}

export interface TextPage {
  card: ReadCard
  paragraphs: string[]
  next: ReadCard
}

export interface SurveyPage {
  card: ReadCard
  questions: SurveyQuestion[]
}

export interface SurveyQuestion {
  id: string
  text: Text
  kind: 'one' | 'several' | 'scale'
  choices: Text[]
  low: Text
  high: Text
}

export interface SurveyAnswers {
  request: string
  survey: string
  answers: SurveyAnswer[]
  language: string
}

export interface SurveyAnswer {
  question: string
  chosen: number[]
}
