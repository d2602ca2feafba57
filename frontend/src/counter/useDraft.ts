import { reactive, ref, watch, type Ref } from 'vue'
import type { IdentityCard } from '../types/counter'
import type { GuidePage, ItemCard } from '../types/guide'
import type { Intake, IntakeResult, SharedEvidence } from '../types/intake'

/** What the clerk ticked for one material; '' is "not looked at yet". */
export type Tick = '' | 'received' | 'missing' | 'waived' | 'later' | 'unneeded' | 'unverified' | 'disputed'

/** The application as it stands in the form: what is sent of it, and what it is about. */
export interface Draft extends Pick<Intake, 'applicant' | 'documentType' | 'documentNumber' | 'phone' | 'agent' | 'agentNumber' | 'representative' | 'address' | 'note' | 'answer' | 'reason' | 'agency'> {
  item: ItemCard | null
  guide: GuidePage | null
  ticks: Record<number, Tick>
}

/** An application taken in this visit: which item, and what came out. */
export interface Taken {
  item: ItemCard
  result: IntakeResult
  /** The materials that shared data is to verify: the applicant brings none of them. */
  unverified: string[]
}

function empty(): Draft {
  return { item: null, guide: null, applicant: '', documentType: 'resident_id', documentNumber: '', phone: '', agent: '', agentNumber: '', representative: '', address: '', ticks: {}, note: '', answer: '', reason: '', agency: '' }
}

/** The state a row starts in: what may be needless starts so and is asked of nobody, what shared data proves is to be verified, the rest is for the clerk to look at. */
export function presets(guide: GuidePage): Record<number, Tick> {
  return Object.fromEntries(guide.materials.map((m) => [m.no, m.need === 'maybe' ? 'unneeded' : m.waivedBy.zh ? 'unverified' : ''] as const))
}

/**
 * The intake that is being filled in, for the visit alone: switching panels keeps it, another
 * ticket or none clears every field. useKeptDraft keeps it through a crash.
 */
export function useDraft(ticket: Ref<string>) {
  const draft = reactive<Draft>(empty())
  const taken = ref<Taken[]>([])
  /** The result that is on the screen until the clerk goes on; null while a form is open. */
  const shown = ref<Taken | null>(null)
  /** The outcome chosen for each item code, '' for a visit without an item. */
  const ended = reactive<Record<string, string>>({})

  /** False while what was kept of the visit is looked for. */
  const ready = ref(true)

  /** The card that filled in the person is past its date. */
  const expired = ref(false)

  /** What shared data says of the person in the form, by material; shown and kept nowhere. */
  const evidence = ref<Record<number, SharedEvidence>>({})

  /** Evidence is of one person: with another name or number nothing is known again. Where nothing is known no letter touches the rows: they would all be painted anew. */
  function forget(): void {
    if (Object.keys(evidence.value).length > 0) evidence.value = {}
    for (const m of draft.guide?.materials ?? []) if (m.waivedBy.zh && draft.ticks[m.no] === 'waived') draft.ticks[m.no] = 'unverified'
  }
  watch(() => [draft.applicant, draft.documentType, draft.documentNumber], forget, { flush: 'sync' })

  /** The materials that shared data is to be asked for: not those of which the paper is there, that are needless, or that stand found on the screen. */
  function provable(): number[] {
    return (draft.guide?.materials ?? []).filter((m) => m.waivedBy.zh && evidence.value[m.no]?.state !== 'found' && !['received', 'disputed', 'unneeded'].includes(draft.ticks[m.no] ?? '')).map((m) => m.no)
  }

  /** Takes what shared data says: what it holds is waived, what it has not got is for the clerk to look at. */
  function learn(list: SharedEvidence[]): void {
    for (const e of list) {
      evidence.value[e.no] = { ...e, says: e.says ?? [] }
      draft.ticks[e.no] = e.state === 'found' ? 'waived' : e.state === 'not_found' || e.state === 'mismatch' ? '' : 'unverified'
    }
  }

  function clear(): void {
    Object.assign(draft, empty())
    expired.value = false
    evidence.value = {}
    taken.value = []
    shown.value = null
    for (const code of Object.keys(ended)) delete ended[code]
  }
  watch(ticket, clear, { flush: 'sync' })

  /** Begins another application of the same visit: the person stays, the item goes. */
  function again(): void {
    Object.assign(draft, { item: null, guide: null, ticks: {}, note: '', answer: '', reason: '', agency: '' })
    evidence.value = {}
    shown.value = null
  }

  /** Takes the person from an identity card; phone and note stay. */
  function fromCard(card: IdentityCard): void {
    Object.assign(draft, { applicant: card.name, documentType: 'resident_id', documentNumber: card.number })
    expired.value = card.expired
  }

  /** Keeps what came out of the draft that was sent. */
  function keep(item: ItemCard, result: IntakeResult): void {
    const unverified = (draft.guide?.materials ?? []).filter((m) => draft.ticks[m.no] === 'unverified').map((m) => m.name)
    shown.value = { item, result: { ...result, missing: result.missing ?? [] }, unverified }
    taken.value = [...taken.value, shown.value]
  }

  function choose(item: ItemCard, guide: GuidePage): void {
    // Go sends an empty list as null.
    const whole = { ...guide, materials: guide.materials ?? [] }
    evidence.value = {}
    Object.assign(draft, { item, guide: whole, ticks: presets(whole) })
  }

  /** Numbers of the materials that nobody has looked at yet. */
  function open(): number[] {
    return (draft.guide?.materials ?? []).filter((m) => !draft.ticks[m.no]).map((m) => m.no)
  }

  function tick(no: number, state: string): void {
    draft.ticks[no] = state as Tick
  }

  function receiveRest(): void {
    for (const no of open()) draft.ticks[no] = 'received'
  }

  /** The record to send; what turned out needless is not part of it. */
  function intake(request: string): Intake {
    const materials = Object.entries(draft.ticks)
      .filter(([, state]) => state !== '' && state !== 'unneeded')
      .map(([no, state]) => ({ no: Number(no), state }))
    return {
      request, ticket: ticket.value, item: draft.item?.code ?? '', applicant: draft.applicant.trim(),
      documentType: draft.documentType, documentNumber: draft.documentNumber.trim(), phone: draft.phone.trim(),
      agent: draft.agent.trim(), agentNumber: draft.agentNumber.trim(), representative: draft.documentType === 'credit_code' ? draft.representative.trim() : '', address: draft.address.trim(),
      materials, note: draft.note.trim(), answer: draft.answer,
      reason: draft.answer === 'refuse' || draft.answer === 'not_ours' ? draft.reason.trim() : '', agency: draft.answer === 'not_ours' ? draft.agency.trim() : '',
    }
  }

  return { ticket, draft, taken, shown, ended, expired, evidence, ready, provable, learn, clear, again, fromCard, keep, choose, open, tick, receiveRest, intake }
}

export type VisitDraft = ReturnType<typeof useDraft>
