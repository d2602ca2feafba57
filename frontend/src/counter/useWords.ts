import { useI18n } from 'vue-i18n'
import type { Text } from '../types/common'

/** The counter's words: `t` for its sentences, `say` for names that come in two languages. */
export function useWords() {
  const { t, te, locale } = useI18n({ useScope: 'global' })
  const english = () => locale.value.startsWith('en')
  return {
    t, te, locale,
    say: (text: Text): string => (english() ? text.en || text.zh : text.zh || text.en),
    /** Why a ticket is where it is, also in a clerk's own words. */
    why: (reason: string): string => (te(`counter.reason.${reason}`) ? t(`counter.reason.${reason}`) : reason),
    reasons: (list: readonly string[]) => list.map((value) => ({ value, label: t(`counter.reason.${value}`) })),
  }
}
