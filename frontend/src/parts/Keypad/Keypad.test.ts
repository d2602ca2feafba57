import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import Keypad from './Keypad.vue'

describe('Keypad', () => {
  it.each(['zh', 'en'] as const)('gives its characters and names the keys without one (%s)', async (language) => {
    const part = mountPart(Keypad, { blocks: [['A', 'B'], ['1', '-', '␣', '⌫']], columns: [2, 3], label: 'keys' }, language)
    for (const key of part.findAll('button')) await key.trigger('click')
    expect(part.emitted('press')).toEqual([['A'], ['B'], ['1'], ['-'], ['␣'], ['⌫']])
    expect(part.find('[data-key="⌫"]').attributes('aria-label')).toBe(language === 'en' ? 'Delete' : '删除')
    await expectAccessible(part.element)
  })

  it('leaves the focus where somebody types', async () => {
    const part = mountPart(Keypad, { blocks: [['A']], columns: [1], label: 'keys' })
    const press = new MouseEvent('mousedown', { bubbles: true, cancelable: true })
    part.find('button').element.dispatchEvent(press)
    expect(press.defaultPrevented).toBe(true)
  })
})
