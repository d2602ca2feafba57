import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import NavBar from './NavBar.vue'

const places = (part: ReturnType<typeof mountPart>) => part.findAll('[data-nav]').map((e) => e.attributes('data-nav'))

describe('NavBar', () => {
  it('has back and home first, whatever the next step is', async () => {
    const step = mountPart(NavBar, {}, 'zh', { default: '<button type="button">查询</button>' })
    expect(places(step)).toEqual(['back', 'home'])
    const paged = mountPart(NavBar, { page: 1, pages: 2 })
    expect(places(paged)).toEqual(['back', 'home', 'previous', 'next'])
    await expectAccessible(paged.element)
  })

  it('turns pages and stops at both ends', async () => {
    const part = mountPart(NavBar, { page: 1, pages: 2 }, 'en')
    expect(part.find('[data-nav="previous"]').attributes('disabled')).toBeDefined()
    await part.find('[data-nav="next"]').trigger('click')
    expect(part.emitted('update:page')).toEqual([[2]])
    await part.setProps({ page: 2 })
    expect(part.find('[data-nav="next"]').attributes('disabled')).toBeDefined()
    expect(part.text()).toContain('2/2')
  })
})
