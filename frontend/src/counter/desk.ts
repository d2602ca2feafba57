import type { Absence } from '../types/common'
import type { CounterTicket } from '../types/counter'
import type { DisclosureForm, DisclosurePage } from '../types/disclosure'

/** What the desk is doing. */
export type DeskState = 'idle' | 'called' | 'serving' | 'away'

/** What the right side of the desk shows. */
export type Panel = 'queue' | 'intake' | 'finish' | 'elsewhere' | 'number' | 'case' | 'disclosure' | 'notice' | 'follow' | 'hall' | 'away'

/** A notice that is being written; minutes is how long it stands, '0' until the day ends. */
export interface NoticeDraft {
  zh: string
  en: string
  minutes: string
}

/** How many Chinese characters a notice may have, and twice as many English ones: hall.NoticeMost. */
export const noticeMost = 60

/** How many characters a clerk may write about a bad rating: feedback.NoteMost. */
export const noteMost = 500

/** Sentences that halls need often. */
export const readyNotices = ['slow', 'closing', 'found', 'lift'] as const

export function deskState(current: CounterTicket | null, away: Absence | null): DeskState {
  if (away) return 'away'
  if (current?.state === 'serving') return 'serving'
  return current?.state === 'called' ? 'called' : 'idle'
}

/** Why a visit is parked, passed on, called out of its order or withdrawn; the words stand beside the ticket. */
export const parkReasons = ['copies', 'form', 'phone', 'fetch'] as const
export const passReasons = ['other_area', 'knows', 'first'] as const
export const callReasons = ['unwell', 'stands_here', 'parked_back', 'window_down'] as const
/** Why a queue is paused, and for how many minutes. */
export const pauseReasons = ['system_down', 'no_clerk', 'incident'] as const
export const pauseMinutes = ['15', '30', '60'] as const
/** Why a clerk leaves the window for a while, for how many minutes, and what is usual: hall.Away. */
export const awayReasons = ['rest', 'meal', 'meeting', 'fault', 'back_office'] as const
export const awayMinutes = ['5', '10', '20', '30', '60', '90']
export const awayUsual = { rest: '10', meal: '60', meeting: '30', fault: '20', back_office: '0' } as const
export const withdrawReasons = ['system_down', 'no_clerk', 'moved'] as const

/** What a clerk opens an application for; it is noted. */
export const casePurposes = ['supply', 'ask', 'deliver', 'answer', 'withdraw', 'correct'] as const

/** What of an application can be put right, and why it has to be: intake.Fields and intake.Causes. */
export const amendFields = ['applicant', 'document', 'phone', 'agent', 'material', 'due', 'scan'] as const
export const amendCauses = ['typed', 'misread', 'ticked', 'told', 'other'] as const
export const amendScanCauses = ['misplaced', 'told', 'other'] as const

/** For how many minutes a visit may be parked. */
export const parkMinutes = ['5', '15', '30', '60'] as const

/** The outcomes of an item, in the order of their keys 1 to 6. */
export const outcomes = ['accepted', 'correction', 'refused', 'on_the_spot', 'advice', 'passed_on'] as const

/** What an application's state says about how its item ended. */
export function outcomeOf(state: string): string {
  if (state.startsWith('accepted')) return 'accepted'
  return ({ correction: 'correction', refused: 'refused', not_ours: 'passed_on', handed_out: 'on_the_spot' } as Record<string, string>)[state] ?? ''
}

/** What a window says of an application that is handed in; '' is what the materials make of it. */
export const intakeAnswers = ['', 'receive', 'refuse', 'not_ours', 'at_once'] as const

/** The states in which the applicant can take an application back. */
export const withdrawable = ['received', 'correction', 'accepted', 'accepted_later', 'suspended']

/** How a deadline looks: over or today, near, or far. */
export function toneOf(known: boolean, left: number): 'over' | 'near' | 'far' {
  return !known || left > 3 ? 'far' : left > 0 ? 'near' : 'over'
}

/** The code on an application's documents begins so; its number follows. */
export const documentCode = 'OWC:'

/** The number of a request for information has a G, for 公开. */
export const disclosureNumber = /-G\d+$/i

/** What a clerk opens a request for information for; it is noted. */
export const disclosurePurposes = ['handle', 'answer', 'ask', 'correct'] as const

/** The choices of a request for information, in the order of the statutory table or of the law. */
export const parties = ['person', 'business', 'research', 'charity', 'legal', 'other'] as const
export const channels = ['counter', 'post', 'letter', 'online'] as const
export const forms = ['paper', 'electronic', 'inspect'] as const
export const deliveries = ['collect', 'on_site', 'post', 'email'] as const

/** How a request can be answered, by the groups of the statutory table. */
export const answers = {
  granted: ['granted', 'already_public'],
  partly: ['partly'],
  refused: ['secret', 'forbidden', 'security', 'third_party', 'internal', 'process', 'case_file', 'query'],
  unable: ['not_existing', 'not_ours', 'to_be_made', 'unclear'],
  unprocessed: ['repeat', 'petition', 'publication', 'excessive', 'reconfirm'],
  otherwise: ['uncorrected', 'unpaid', 'withdrawn', 'other'],
} as const

export function emptyDisclosure(): DisclosureForm {
  return {
    request: '', agency: '', by: 'person', channel: 'counter', day: '', oral: false, readBack: false, form: 'paper', delivery: 'collect',
    documentType: 'resident_id', documentNumber: '', name: '', contact: '', phone: '', address: '', asked: '',
  }
}

/** The steps that a request allows as it stands; the terminal has the last word. */
export function stepsOf(page: DisclosurePage): string[] {
  switch (page.state) {
    case 'open':
      return ['answered', ...(page.notified ? [] : ['correction_asked']), 'consulted', ...(page.extended ? [] : ['extended']), ...(page.reasons ? [] : ['reasons_asked']), 'charged']
    case 'correcting':
      return ['corrected', 'answered']
    case 'consulting':
      return ['heard', ...(page.extended ? [] : ['extended']), 'answered']
    case 'charged':
      return ['paid', 'answered']
    case 'answered':
      return page.overtime ? ['corrected'] : [] // who has a good reason may be late
    default:
      return []
  }
}
