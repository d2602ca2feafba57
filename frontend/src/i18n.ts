import { createI18n } from 'vue-i18n'

/** The languages of every screen; the first is spoken when nobody has chosen. */
export const languages = ['zh', 'en'] as const
export type Language = (typeof languages)[number]

const files = import.meta.glob<Record<string, unknown>>('./locales/*/*.json', { eager: true, import: 'default' })

/** The words of a language, one branch per file: `kiosk.home.title` stands in kiosk.json. */
export function wordsOf(language: Language): Record<string, unknown> {
  const words: Record<string, unknown> = {}
  for (const [path, file] of Object.entries(files)) {
    const [, lang, name] = /locales\/(\w+)\/(\w+)\.json$/.exec(path) ?? []
    if (lang === language && name) words[name] = file
  }
  return words
}

export function createWords(language: Language = 'zh') {
  return createI18n({
    legacy: false,
    locale: language as string,
    fallbackLocale: 'zh',
    messages: { zh: wordsOf('zh'), en: wordsOf('en') } as unknown as Record<string, never>,
  })
}

/** The language of the page for screen readers and for the choice of glyphs. */
export function tagOf(language: string): string {
  return language === 'en' ? 'en' : 'zh-CN'
}
