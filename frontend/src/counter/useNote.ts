import { computed, type WritableComputedRef } from 'vue'

/** What is half written about one thing, in the desk's own list of notes, so that it outlives the form and the program; empty ones leave the list. */
export function useNote(notes: Record<string, string>, of: () => string): WritableComputedRef<string> {
  return computed({
    get: () => notes[of()] ?? '',
    set: (text) => {
      if (text === '') delete notes[of()]
      else notes[of()] = text
    },
  })
}
