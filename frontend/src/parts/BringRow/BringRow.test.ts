import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { checklist, line } from '../../testing/fixtures'
import { mountPart } from '../../testing/terminal'
import BringRow from './BringRow.vue'

describe('BringRow', () => {
  it('is ticked by a tap and says so', async () => {
    const part = mountPart(BringRow, { modelValue: false, line: line(1) })
    expect(part.attributes('aria-checked')).toBe('false')
    await part.trigger('click')
    expect(part.emitted('update:modelValue')).toEqual([[true]])
    await part.setProps({ modelValue: true })
    expect(part.attributes('aria-checked')).toBe('true')
    await expectAccessible(part.element)
  })

  it.each([
    ['bring', {}, false, false], ['missing', {}, false, true], ['have', {}, true, true], ['onSite', { onSite: true }, false, true], ['have', { onSite: true }, true, true],
    ['follow', { duty: 'follow' }, false, true], ['only_if', { duty: 'only_if' }, false, true],
  ] as const)('is %s for %j, ticked %s, begun %s', (state, more, have, begun) => {
    expect(mountPart(BringRow, { modelValue: have, line: line(1, more), begun }).attributes('data-state')).toBe(state)
  })

  it.each([['zh', '看情况：', '委托他人代办时提供'], ['en', 'It depends:', '委托他人代办时提供']] as const)('says with its note what it depends on (%s)', (language, words, note) => {
    const text = mountPart(BringRow, { modelValue: false, line: checklist[3] }, language).text()
    expect(text).toContain(words)
    expect(text).toContain(note)
  })
})
