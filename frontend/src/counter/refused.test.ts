import { describe, expect, it } from 'vitest'
import { createWords, languages } from '../i18n'
import { sentencesFor } from './refused'

const refusal = (key: string, args: Record<string, string> = {}) => ({ code: 1, key, args })

describe.each(languages)('sentences for refusals in %s', (language) => {
  const words = createWords(language).global as unknown as { te: (key: string) => boolean; t: (key: string, named?: Record<string, string>) => string }
  const { t, te } = words
  const said = (key: string, args: Record<string, string> = {}) => {
    const r = refusal(key, args)
    return t(sentencesFor(r).find((k) => te(k)) ?? '', r.args)
  }

  it.each([
    ['too_soon', { seconds: '17' }, '17'],
    ['pin_locked', { seconds: '42' }, '42'],
    ['still_serving', { number: 'B012' }, 'B012'],
    ['window_taken', { clerk: '李(样例)' }, '李(样例)'],
    ['ticket_state', { state: 'waiting', number: 'B012' }, 'B012'],
    ['shared_many', { seconds: '9' }, '9'],
    ['code_used', { number: 'B012' }, 'B012'],
  ])('%s names what the clerk needs to know', (key, args, part) => {
    expect(said(key, args)).toContain(part)
  })

  it.each([
    ['too_soon', {}], ['ticket_state', { number: 'B012', state: 'of_the_future' }], ['ticket_state', {}], ['identity_wrong', { why: 'new' }], ['nobody_waits', {}],
  ])('%s falls back to the common sentence when its arguments are not known', (key, args) => {
    expect(said(key, args)).toBe(t(`refusal.${key}`))
  })

  it('says at least that something failed for a refusal of the future', () => {
    expect(said('from_tomorrow')).toBe(t('refusal.internal'))
  })

  it('leaves no gap unfilled', () => {
    for (const why of ['length', 'charset', 'date', 'checksum', 'type']) expect(te(`counter.refused.identity_wrong_${why}`), why).toBe(true)
    for (const why of ['type', 'size', 'empty', 'unfinished']) {
      expect(te(`counter.refused.scan_wrong_${why}`), why).toBe(true)
      expect(te(`counter.scanned.is_${why}`) && te(`counter.scanned.fault_${why}`), why).toBe(true)
    }
    for (const reason of ['none', 'off', 'declined', 'time']) expect(te(`counter.refused.pad_failed_${reason}`), reason).toBe(true)
    for (const field of ['applicant', 'document_number', 'phone']) expect(te(`counter.refused.field_missing_${field}`), field).toBe(true)
  })
})
