/** Picks the words of the language in which an example is shown. */
export type Say = (zh: string, en: string) => string

/** One way in which a part can stand on a screen. */
export interface Example {
  /** What it shows, in a few words for who builds pages. */
  name: string
  props?: Record<string, unknown>
  /** What stands in the part's slot. */
  slot?: string
  /** The words of the one next step, where the slot takes a button. */
  step?: string
}

/**
 * The examples of a part: its documentation, the fixtures of its accessibility
 * test, and the pictures of the gallery, all from one list.
 */
export type Examples = (say: Say) => Example[]
