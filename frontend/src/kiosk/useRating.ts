import { useI18n } from 'vue-i18n'
import { call } from '../bridge'
import type { RateRequest, Rated } from '../types/rating'
import type { Rating, Screen } from './useTrail'
import { useVisit } from './visit'

/** The levels, the best first: codes of GB/T 39046-2020, A.8. */
export const levels = [1, 2, 3, 4, 5] as const

/** Reasons that go with a good and with a bad rating: feedback.Reasons. */
export const goodReasons = ['fast', 'friendly', 'clear', 'once'] as const
export const badReasons = ['wait', 'slow', 'manner', 'unclear', 'materials', 'trips', 'place'] as const

export const negative = (level: number): boolean => level >= 4

/** How many characters a remark may have: feedback.RemarkMost. */
export const remarkMost = 120

const own: Screen['name'][] = ['rate', 'why', 'say']

/** Saves a rating, as often as its giver changes it before they go, and ends its way. */
export function useRating(rating: Rating) {
  const visit = useVisit()
  const { locale } = useI18n({ useScope: 'global' })

  /** True when the terminal has it. What was chosen on the screen counts only then. */
  async function save(change: Partial<Rating>): Promise<boolean> {
    const said = { ...rating, ...change }
    const request: RateRequest = { request: said.request, visit: said.visit, level: said.level, reasons: [...said.reasons], remark: said.remark, language: locale.value === 'en' ? 'en' : 'zh' }
    const kept = await visit.once(() => call<Rated>('Kiosk.Rate', request))
    if (kept) Object.assign(rating, change, { remark: kept.remark, due: kept.due })
    return kept !== null
  }

  /** The way back leads past what was said, and the visit is not offered again. */
  function finish(): void {
    while (own.includes(visit.screen.value.name)) visit.back()
    const at = visit.screen.value
    if (at.name === 'found') at.progress = { ...at.progress, rate: 'rated' }
    visit.open({ name: 'rated', rating })
  }

  return { visit, save, finish }
}
