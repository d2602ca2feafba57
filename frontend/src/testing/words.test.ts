import { describe, expect, it } from 'vitest'
import { noteMost, noticeMost } from '../counter/desk'
import { languages, wordsOf } from '../i18n'
import { badReasons, goodReasons, remarkMost } from '../kiosk/useRating'

/** The paths of all words of a branch, with the names that they let in: "kiosk.ahead {n}". */
function paths(branch: unknown, at = ''): string[] {
  if (typeof branch === 'string') {
    const named = [...new Set(branch.match(/\{\w+\}/g) ?? [])].sort()
    return [[at, ...named].join(' ')]
  }
  return Object.entries(branch as Record<string, unknown>).flatMap(([key, below]) => paths(below, at ? `${at}.${key}` : key))
}

const sources = import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.test.ts'], { eager: true, query: '?raw', import: 'default' })

describe('words', () => {
  const all = languages.map((l) => paths(wordsOf(l)).sort())

  it('are the same in each language, with the same places to fill in', () => {
    expect(all[0]!.length).toBeGreaterThan(80)
    expect(all[1]).toEqual(all[0])
  })

  it('are never empty', () => {
    const empty = (branch: unknown): boolean =>
      typeof branch === 'string' ? branch.trim() === '' : Object.values(branch as object).some(empty)
    for (const l of languages) expect(empty(wordsOf(l)), l).toBe(false)
  })

  it('have the full-width marks of Chinese text', () => {
    expect(JSON.stringify(wordsOf('zh'), null, 1).match(/.*(?:[\u4e00-\u9fff][;,:!?]|[;,:!?][\u4e00-\u9fff]).*/g)).toBeNull()
  })

  it('exist for every key that a source file names', () => {
    const known = new Set(all[0]!.map((p) => p.split(' ')[0]!))
    const missing: string[] = []
    for (const [file, text] of Object.entries(sources)) {
      for (const [, key] of text.matchAll(/\bt\(\s*'((?:common|kiosk|hall|counter|reading|rating|figures|refusal)\.[\w.]+)'/g)) {
        if (!known.has(key!)) missing.push(`${file}: ${key}`)
      }
    }
    expect(missing).toEqual([])
  })
})

describe('refusals', () => {
  const go = import.meta.glob<string>('../../../app/event/refusal.go', { eager: true, query: '?raw', import: 'default' })
  const keys = Object.values(go).flatMap((text) => [...text.matchAll(/&Refusal\{Code: \d+, Key: "(\w+)"\}/g)].map((m) => m[1]!))

  it('have a sentence for every key of the terminal, and none besides', () => {
    expect(keys.length).toBeGreaterThan(30)
    for (const l of languages) expect(Object.keys(wordsOf(l)['refusal'] as object).sort(), l).toEqual([...keys].sort())
  })

  it('have each a number of their own', () => {
    const numbers = Object.values(go).flatMap((text) => [...text.matchAll(/&Refusal\{Code: (\d+)/g)].map((m) => m[1]!))
    expect(numbers.filter((n, at) => numbers.indexOf(n) !== at)).toEqual([])
  })

  it('are whole sentences with a next step', () => {
    for (const [key, words] of Object.entries(wordsOf('zh')['refusal'] as Record<string, string>)) {
      expect(words.match(/。/g)?.length, key).toBeGreaterThanOrEqual(2)
      expect(words, key).toMatch(/请|再呼叫|可以|按/)
    }
    for (const [key, words] of Object.entries(wordsOf('en')['refusal'] as Record<string, string>)) {
      expect(words, key).toMatch(/[Pp]lease|Call again/)
    }
  })
})

describe('limits', () => {
  it('of ratings are the terminal\'s own, and so are the reasons', () => {
    const [go = ''] = Object.values(import.meta.glob<string>('../../../app/feedback/rating.go', { eager: true, query: '?raw', import: 'default' }))
    const [asked = ''] = Object.values(import.meta.glob<string>('../../../app/feedback/feedback.go', { eager: true, query: '?raw', import: 'default' }))
    const list = (name: string) => [...(go.match(new RegExp(`${name} += \\[\\]string\\{([^}]*)\\}`))?.[1] ?? '').matchAll(/"(\w+)"/g)].map((m) => m[1])
    expect(list('goodReasons')).toEqual([...goodReasons])
    expect(list('badReasons')).toEqual([...badReasons])
    expect(go).toContain('RemarkMost = QuestionMost')
    expect(asked.match(/QuestionMost = (\d+)/)?.[1]).toBe(String(remarkMost))
    expect(go.match(/NoteMost += (\d+)/)?.[1]).toBe(String(noteMost))
    for (const l of languages) expect(Object.keys((wordsOf(l)['rating'] as { reason: object }).reason).sort(), l).toEqual([...goodReasons, ...badReasons].sort())
  })

  it('are the terminal\'s own', () => {
    const [go = ''] = Object.values(import.meta.glob<string>('../../../app/hall/notice.go', { eager: true, query: '?raw', import: 'default' }))
    expect(go.match(/NoticeMost += (\d+)/)?.[1]).toBe(String(noticeMost))
    expect(go.match(/NoticeMostEn += (\d+)/)?.[1]).toBe(String(2 * noticeMost))
  })
})
