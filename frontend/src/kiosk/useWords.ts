import { useI18n } from 'vue-i18n'
import type { Text } from '../types/common'

export interface Words {
  /** A name in the person's language, for places that take plain text. */
  say(text: Text): string
  /** Words of the pages in both languages, for parts that take names; `n` chooses the plural. */
  both(key: string, n?: number): Text
  english(): boolean
}

export function useWords(): Words {
  const { t, locale } = useI18n({ useScope: 'global' })
  const english = () => locale.value === 'en'
  return {
    english,
    say: (text) => (english() ? text.en || text.zh : text.zh || text.en),
    both: (key, n = 0) => ({ zh: t(key, { n }, { locale: 'zh', plural: n }), en: t(key, { n }, { locale: 'en', plural: n }) }),
  }
}
