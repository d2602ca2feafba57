import { computed, type Ref } from 'vue'
import { call } from '../bridge'
import type { GuidePage } from '../types/guide'
import type { Draft, VisitDraft } from './useDraft'
import { useKept } from './useKept'

/** What of a draft is kept: the guide is had again by its code. */
type Kept = Omit<Draft, 'item' | 'guide'> & { code: string }

/** Of an application that is taken only the person is kept, for the next one of the visit. */
function textOf({ draft, shown }: Pick<VisitDraft, 'draft' | 'shown'>): string {
  const { item, applicant, documentType, documentNumber, phone, agent, agentNumber, representative, address, ticks, note, answer, reason, agency } = shown.value ? { ...draft, item: null, ticks: {}, note: '', answer: '', reason: '', agency: '' } : draft
  return JSON.stringify({ code: item?.code ?? '', applicant, documentType, documentNumber, phone, agent, agentNumber, representative, address, ticks, note, answer, reason, agency } satisfies Kept)
}

/** Keeps the draft of a visit's application. `taken` are the items whose applications the visit has already. */
export function useKeptDraft(visit: VisitDraft, serving: Ref<boolean>, taken: () => string[]): void {
  async function restore(text: string, still: () => boolean): Promise<void> {
    const { code, ...kept } = JSON.parse(text) as Kept
    // An application that is taken by now is none any more, also when the answer never came.
    const open = code !== '' && !taken().includes(code)
    const guide = open ? await call<GuidePage>('Counter.Guide', code).catch(() => null) : null
    if (!still()) return
    Object.assign(visit.draft, { ...kept, ticks: {}, ...(open ? {} : { note: '', answer: '', reason: '', agency: '' }) })
    if (!guide) return
    visit.choose(guide.item, guide)
    for (const no of Object.keys(visit.draft.ticks).map(Number)) visit.tick(no, kept.ticks[no] ?? '')
  }
  useKept({ form: 'intake', ticket: visit.ticket, open: computed(() => serving.value && visit.ticket.value !== ''), text: () => textOf(visit), restore, ready: visit.ready })
}
