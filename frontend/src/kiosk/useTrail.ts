import { computed, reactive, type ComputedRef } from 'vue'
import type { BookingPage, BookingTime } from '../types/booking'
import type { Text } from '../types/common'
import type { Filter, ItemCard, Question } from '../types/guide'
import type { Home, Progress, TicketPage } from '../types/kiosk'
import type { ReadCard, SurveyPage } from '../types/reading'
import type { Kept } from './useReturn'

/** What somebody came for: a number, to read first, or a time on another day. */
export type Goal = 'ticket' | 'guide' | 'book'

/** What somebody looks for, and among what. */
export interface Search { scrolled?: Scrolled; name: 'search'; text: string; page: number; filter: Filter }

/** The kinds of a filter that are picked from a list. */
export type Picked = 'audience' | 'lifeEvent' | 'area' | 'department'

/** The lists of what there is to read. */
export type Readings = 'policies' | 'notices' | 'sections' | 'surveys'

export const anything = (): Filter => ({ audience: '', area: '', department: '', lifeEvent: '', online: false, runOnce: false })

/** The hall itself, on the floor where the kiosk stands. */
export const hallScreen = (home: Home | null): Screen => ({ name: 'hall', tab: 'floors', floor: home?.place.floor ?? 1 })

/** What somebody says of a visit while they say it: `visit` is what they showed for it, `number` its number or nothing. */
export interface Rating { request: string; visit: string; number: string; level: number; reasons: string[]; remark: string; due: string }

interface Scrolled { room: Kept; body: Kept }

/** A screen, what was chosen or typed on it, and how far it was scrolled. */
export type Screen = { scrolled?: Scrolled } & (
  | { name: 'home' }
  | { name: 'areas'; goal: Goal; page: number }
  | { name: 'items'; goal: Goal; letter: string; page: number }
  | { name: 'guide'; code: string; tab: string }
  | Search
  | { name: 'filter'; search: Search }
  | { name: 'pick'; search: Search; kind: Picked; page: number }
  | { name: 'leave'; text: string; phone: string; left: string }
  | { name: 'ticket'; ticket: TicketPage }
  | { name: 'late'; letter: string; items: string[] }
  | { name: 'progress'; text: string }
  | { name: 'appointment' }
  | { name: 'digits'; text: string }
  | { name: 'bookings'; list: BookingPage[]; page: number }
  | { name: 'booking'; booking: BookingPage; own: boolean }
  | { name: 'bookDay'; letter: string; page: number }
  | { name: 'bookTime'; letter: string; date: string; page: number }
  | { name: 'bookPhone'; letter: string; date: string; at: BookingTime; text: string; request: string }
  /** `code` is the slip's, empty where only a number was typed: who gives a ticket up must have it in hand. */
  | { name: 'found'; progress: Progress; code: string }
  | { name: 'hall'; tab: string; floor: number }
  | { name: 'comfort' }
  | { name: 'question'; item: ItemCard; questions: Question[]; at: number }
  | { name: 'checklist'; item: ItemCard }
  | { name: 'keep'; item: ItemCard }
  | { name: 'reading'; page: number }
  | { name: 'readings'; kind: Readings; column: string; title: Text; page: number }
  | { name: 'policy'; card: ReadCard; tab: string }
  | { name: 'text'; kind: 'notices' | 'sections'; card: ReadCard }
  | { name: 'survey'; survey: SurveyPage; at: number; answers: Record<string, number[]>; request: string }
  | { name: 'thanks'; card: ReadCard }
  /** How a visit was; what is said lies in one place for all of its screens. */
  | { name: 'rate'; rating: Rating }
  | { name: 'why'; rating: Rating }
  | { name: 'say'; rating: Rating }
  | { name: 'rated'; rating: Rating }
)

export interface Trail {
  screen: ComputedRef<Screen>
  /** How many screens lie behind; 0 at home. */
  depth: ComputedRef<number>
  open(next: Screen): void
  back(): void
  /** Forgets every screen and what was entered on it. */
  goHome(): void
}

/**
 * The way somebody took through the screens. Each step keeps its own page, tab
 * and text, so that going back loses nothing. It is ours and not a router's
 * history, because a history cannot be wiped: after a person has gone, nothing
 * of the visit may be left in the page.
 */
export function createTrail(): Trail {
  const steps = reactive<Screen[]>([{ name: 'home' }])
  return {
    screen: computed(() => steps[steps.length - 1]!),
    depth: computed(() => steps.length - 1),
    open(next) { steps.push(next) },
    back() { if (steps.length > 1) steps.pop() },
    goHome() { steps.splice(0, steps.length, { name: 'home' }) },
  }
}
