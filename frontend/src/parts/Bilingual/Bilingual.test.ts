import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import Bilingual from './Bilingual.vue'

describe('Bilingual', () => {
  it.each([
    ['zh', { zh: '税务', en: 'Tax' }, '税务', undefined],
    ['en', { zh: '税务', en: 'Tax' }, 'Tax', undefined],
    ['en', { zh: '税务', en: '税务' }, '税务', 'zh-CN'],
    ['en', { zh: '税务', en: '' }, '税务', 'zh-CN'],
  ] as const)('in %s shows %j as %s', async (language, text, words, lang) => {
    const part = mountPart(Bilingual, { text }, language)
    expect(part.text()).toBe(words)
    expect(part.attributes('lang')).toBe(lang)
    await expectAccessible(part.element)
  })
})
