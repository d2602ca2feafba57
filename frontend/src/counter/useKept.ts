import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { call } from '../bridge'

/** A form that is kept while it is written. */
export interface Kept {
  form: 'intake' | 'disclosure' | 'notes'
  /** The visit that it is of, '' for none. */
  ticket: Ref<string>
  /** Something may be kept of it by now. */
  open: Ref<boolean>
  /** Its state as a text; the form is empty when useKept begins. */
  text: () => string
  /** Puts a text back; `still` is false once another visit is here. */
  restore: (text: string, still: () => boolean) => Promise<void> | void
  /** False while what was kept is looked for. */
  ready?: Ref<boolean>
}

/**
 * Keeps each change of a form with the terminal's own program, so that a machine that dies in
 * the middle of it costs nothing. Typing never waits: while one state is being kept the page
 * goes on, and the newest one follows. A form that is empty again is dropped.
 */
export function useKept({ form, ticket, open, text, restore, ready = ref(true) }: Kept): void {
  const empty = text()
  let last = empty
  let busy = false
  let over = false

  async function keep(): Promise<void> {
    if (busy) return
    busy = true
    while (!over && ready.value && open.value) {
      const now = text()
      if (now === last) break
      const at = ticket.value
      try {
        await call('Counter.KeepDraft', form, at, now === empty ? '' : now)
      } catch {
        // The visit has just ended, or the program is gone: the next change tries again.
      }
      if (at === ticket.value) last = now
    }
    busy = false
  }

  async function fetch(): Promise<void> {
    const at = ticket.value
    const still = () => at === ticket.value
    last = empty
    ready.value = false
    try {
      const kept = await call<string>('Counter.Draft', form, at)
      if (kept !== '' && still()) {
        await restore(kept, still)
        if (still()) last = text()
      }
    } catch {
      // The program is gone, or what was kept is none of ours: the form begins empty.
    } finally {
      if (still()) ready.value = true
    }
  }

  // Another visit: nothing is kept of it before what was kept is back. Sync, because clearing
  // the form of the visit before would else be the first thing that is kept of this one.
  watch(ticket, () => { last = empty; ready.value = false }, { flush: 'sync' })
  watch(text, () => void keep())
  onScopeDispose(() => { over = true })
  watch([ticket, open], ([, may]) => { if (may) void fetch() }, { immediate: true })
}

/** Keeps a form that is nothing but its fields; with another visit it is empty. */
export function useKeptForm<T extends object>(form: 'disclosure' | 'notes', fields: T, none: () => T, ticket: Ref<string> = ref('')): void {
  function clear(): void {
    for (const name of Object.keys(fields)) delete (fields as Record<string, unknown>)[name]
    Object.assign(fields, none())
  }
  useKept({ form, ticket, open: ref(true), text: () => JSON.stringify(fields), restore: (text) => { Object.assign(fields, JSON.parse(text)) } })
  watch(ticket, clear, { flush: 'sync' })
}
