import { onScopeDispose, watch, type Ref } from 'vue'
import { call } from '../bridge'
import type { GuidePage } from '../types'
import type { Draft, VisitDraft } from './useDraft'

/** What of a draft is kept: the guide is had again by its code. */
type Kept = Omit<Draft, 'item' | 'guide'> & { code: string }

/** Of an application that is taken only the person is kept, for the next one of the visit. */
function textOf({ draft, shown }: Pick<VisitDraft, 'draft' | 'shown'>): string {
  const { item, applicant, documentType, documentNumber, phone, ticks, note, answer, reason, agency } = shown.value ? { ...draft, item: null, ticks: {}, note: '', answer: '', reason: '', agency: '' } : draft
  return JSON.stringify({ code: item?.code ?? '', applicant, documentType, documentNumber, phone, ticks, note, answer, reason, agency } satisfies Kept)
}

/**
 * Keeps each change of the draft with the terminal's own program, so that a machine
 * that dies in the middle of an intake costs nothing. Typing never waits: while one
 * state is being kept the page goes on, and the newest one follows. `taken` are the items
 * whose applications the visit has already.
 */
export function useKeptDraft(visit: VisitDraft, serving: Ref<boolean>, taken: () => string[]): void {
  const untouched = textOf(visit)
  let last = untouched
  let busy = false
  let over = false

  async function keep(): Promise<void> {
    if (busy) return
    busy = true
    while (!over && visit.ready.value && visit.ticket.value !== '') {
      const text = textOf(visit)
      if (text === last) break
      const at = visit.ticket.value
      try {
        await call('Counter.KeepDraft', at, text)
      } catch {
        // The visit has just ended, or the program is gone: the next change tries again.
      }
      if (at === visit.ticket.value) last = text
    }
    busy = false
  }

  async function restore(): Promise<void> {
    const at = visit.ticket.value
    last = untouched
    visit.ready.value = false
    try {
      const text = await call<string>('Counter.Draft')
      if (text !== '' && at === visit.ticket.value) {
        const { code, ...kept } = JSON.parse(text) as Kept
        // An application that is taken by now is none any more, also when the answer never came.
        const open = code !== '' && !taken().includes(code)
        const guide = open ? await call<GuidePage>('Counter.Guide', code).catch(() => null) : null
        if (at === visit.ticket.value) {
          Object.assign(visit.draft, { ...kept, ticks: {}, ...(open ? {} : { note: '', answer: '', reason: '', agency: '' }) })
          if (guide) {
            visit.choose(guide.item, guide)
            for (const no of Object.keys(visit.draft.ticks).map(Number)) visit.tick(no, kept.ticks[no] ?? '')
          }
          last = textOf(visit)
        }
      }
    } catch {
      // The program is gone, or what was kept is none of ours: the form begins empty.
    } finally {
      if (at === visit.ticket.value) visit.ready.value = true
    }
  }

  // Another visit: nothing is kept of it before what was kept is back. Sync, because clearing
  // the form of the visit before would else be the first thing that is kept of this one.
  watch(visit.ticket, () => { last = untouched; visit.ready.value = false }, { flush: 'sync' })
  watch(visit.draft, () => void keep(), { deep: true })
  watch(visit.shown, () => void keep())
  onScopeDispose(() => { over = true })
  watch([visit.ticket, serving], ([ticket, is]) => { if (ticket !== '' && is) void restore() }, { immediate: true })
}
