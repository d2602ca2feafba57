import { useI18n } from 'vue-i18n'
import type { Text } from '../types'

/** `say` gives a name in the person's language, for places that take plain text. */
export function useWords(): { say: (text: Text) => string; english: () => boolean } {
  const { locale } = useI18n({ useScope: 'global' })
  const english = () => locale.value === 'en'
  return { english, say: (text) => (english() ? text.en || text.zh : text.zh || text.en) }
}
