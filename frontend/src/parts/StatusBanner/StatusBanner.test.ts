import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { standing } from '../../testing/fixtures'
import { mountPart } from '../../testing/terminal'
import { sentencesOf } from './standing'
import StatusBanner from './StatusBanner.vue'

describe('StatusBanner', () => {
  it.each([
    [{}, ['centre']],
    [{ line: 'hall' }, ['hall']],
    [{ line: 'alone' }, ['alone']],
    [{ printer: 'paper_low' }, ['centre']],
    [{ printer: 'paper_out', line: 'alone' }, ['paperOut', 'alone']],
    [{ printer: 'cover_open' }, ['coverOpen']],
    [{ printer: 'none', clockOff: true }, ['printerNone', 'clockOff']],
    [{ disk: 'full', printer: 'off', line: 'hall' }, ['diskFull', 'printerOff', 'hall']],
    [{ disk: 'low' }, ['centre']],
  ] as const)('%j says %j', (more, keys) => {
    expect(sentencesOf({ ...standing, ...more }, false).map((s) => s.key)).toEqual(keys)
  })

  it('of a terminal that does not answer believes nothing else', () => {
    expect(sentencesOf({ ...standing, line: 'alone' }, true)).toEqual([{ key: 'lost', tone: 'bad' }])
    expect(sentencesOf(null, false)).toEqual([{ key: 'starting', tone: 'ok' }])
  })

  it.each(['zh', 'en'] as const)('is read out, two sentences at most (%s)', async (language) => {
    const part = mountPart(StatusBanner, { standing: { ...standing, disk: 'full', printer: 'off', line: 'hall' }, lost: false }, language)
    expect(part.attributes('role')).toBe('status')
    expect(part.findAll('[data-standing]').length).toBe(2)
    expect(part.attributes('data-tone')).toBe('bad')
    await expectAccessible(part.element)
  })
})
