import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { area } from '../../testing/fixtures'
import { mountPart } from '../../testing/terminal'
import AreaRow from './AreaRow.vue'

describe('AreaRow', () => {
  it('leads into the area or takes a ticket, never both', async () => {
    const part = mountPart(AreaRow, { area: area('B'), action: '取号' })
    await part.find('[data-take]').trigger('click')
    expect([part.emitted('take')?.length, part.emitted('choose')]).toEqual([1, undefined])
    await part.find('.into').trigger('click')
    expect([part.emitted('take')?.length, part.emitted('choose')?.length]).toEqual([1, 1])
    await expectAccessible(part.element)
  })

  it('tells six buttons of the same word apart for who cannot see', () => {
    expect(mountPart(AreaRow, { area: area('B'), action: 'Ticket' }, 'en').find('[data-take]').text()).toBe('Ticket Services of B')
  })

  it('promises no minutes while no window is open', () => {
    const part = mountPart(AreaRow, { area: area('B', { openWindows: 0, wait: { known: true, low: 1, high: 2 } }) })
    expect(part.text()).toContain('窗口暂未开')
    expect(part.text()).not.toContain('分钟')
  })
})
