import { reactive } from 'vue'
import type { Answer, Checked, ChecklistRequest } from '../types/guide'

/** What somebody answered and ticked of an item. It lives as long as the visit, and only here. */
export interface Check {
  answers: Record<string, Answer>
  /** Numbers of the materials that they have with them. */
  have: number[]
  /** Numbers of those that they lack; null while nothing was ticked, because that says nothing. */
  lacks: number[] | null
}

export interface Checks {
  checkOf(code: string): Check
  /** The check of an item as the terminal is asked about it. */
  checkRequest(code: string): ChecklistRequest
  /** What a ticket for items takes along to the clerk. */
  checkedOf(items: string[]): Checked[]
  forgetChecks(): void
}

export function createChecks(language: () => 'zh' | 'en'): Checks {
  const checks = reactive(new Map<string, Check>())
  function checkOf(code: string): Check {
    if (!checks.has(code)) checks.set(code, { answers: {}, have: [], lacks: null })
    return checks.get(code)!
  }
  return {
    checkOf,
    checkRequest(code) {
      const { answers, have } = checkOf(code)
      return { code, answers: { ...answers }, have: [...have], language: language() }
    },
    checkedOf: (items) => items.flatMap((item) => {
      const lacks = checks.get(item)?.lacks
      return lacks ? [{ item, lacks: [...lacks] }] : []
    }),
    forgetChecks: () => checks.clear(),
  }
}
