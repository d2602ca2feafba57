import { onScopeDispose, watch, type Ref } from 'vue'
import { call } from '../bridge'
import type { GuidePage } from '../types'
import type { Draft, VisitDraft } from './useDraft'

/** What of a draft is kept: the guide is had again by its code. */
type Kept = Omit<Draft, 'item' | 'guide'> & { code: string }

function textOf(draft: Draft): string {
  const { item, applicant, documentType, documentNumber, phone, ticks, note } = draft
  return JSON.stringify({ code: item?.code ?? '', applicant, documentType, documentNumber, phone, ticks, note } satisfies Kept)
}

/**
 * Keeps each change of the draft with the terminal's own program, so that a machine
 * that dies in the middle of an intake costs nothing. Typing never waits: while one
 * state is being kept the page goes on, and the newest one follows.
 */
export function useKeptDraft(visit: VisitDraft, serving: Ref<boolean>): void {
  const untouched = textOf(visit.draft)
  let last = untouched
  let busy = false
  let over = false

  async function keep(): Promise<void> {
    if (busy) return
    busy = true
    while (!over && visit.ready.value && visit.ticket.value !== '') {
      const text = textOf(visit.draft)
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
        const guide = code === '' ? null : await call<GuidePage>('Counter.Guide', code)
        if (at === visit.ticket.value) {
          if (guide) visit.choose(guide.item, guide)
          Object.assign(visit.draft, kept)
          last = textOf(visit.draft)
        }
      }
    } catch {
      // Nobody is being served yet, or the guide is gone: the form begins empty.
    } finally {
      if (at === visit.ticket.value) visit.ready.value = true
    }
  }

  watch(visit.draft, () => void keep(), { deep: true })
  onScopeDispose(() => { over = true })
  watch([visit.ticket, serving], ([ticket, is]) => { if (ticket !== '' && is) void restore() }, { immediate: true })
}
