import { useI18n } from 'vue-i18n'

/** The board speaks both languages at once: Chinese first, English as the second line. */
export function useBoth() {
  const { t } = useI18n({ useScope: 'global' })
  return {
    zh: (key: string, named: Record<string, unknown> = {}): string => t(`board.${key}`, named, { locale: 'zh' }),
    en: (key: string, named: Record<string, unknown> = {}): string => t(`board.${key}`, named, { locale: 'en' }),
  }
}
