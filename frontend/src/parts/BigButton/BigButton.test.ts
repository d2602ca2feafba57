import { describe, expect, it, vi } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import BigButton from './BigButton.vue'

describe('BigButton', () => {
  it('is a button with its words', async () => {
    const onClick = vi.fn()
    const part = mountPart(BigButton, { tone: 'main', icon: 'ticket', onClick }, 'zh', { default: '取号' })
    await part.trigger('click')
    expect(onClick).toHaveBeenCalledOnce()
    expect(part.text()).toBe('取号')
    await expectAccessible(part.element)
  })

  it('takes no second tap while busy', () => {
    const onClick = vi.fn()
    const part = mountPart(BigButton, { busy: true, onClick }, 'zh', { default: '取号' })
    ;(part.element as HTMLButtonElement).click()
    expect(onClick).not.toHaveBeenCalled()
    expect(part.attributes('aria-busy')).toBe('true')
  })
})
