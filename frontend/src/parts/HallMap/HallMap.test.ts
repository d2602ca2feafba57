import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import HallMap from './HallMap.vue'
import { examples } from './examples'

const [up, same, down] = examples((zh) => zh).map((e) => e.props!)

describe('HallMap', () => {
  it.each([[up, '上到 3 楼', 'up to floor 3'], [same, '就在这一楼', 'on this floor'], [down, '下到 1 楼', 'down to floor 1']])('says the way (%#)', async (props, zh, en) => {
    expect(mountPart(HallMap, props!).find('figcaption').text()).toContain(zh)
    const part = mountPart(HallMap, props!, 'en')
    expect(part.find('figcaption').text()).toContain(en)
    await expectAccessible(part.element)
  })

  it('has the top floor first, one goal, and marks where you are', () => {
    const part = mountPart(HallMap, up!)
    expect(part.findAll('[data-floor]').map((f) => f.attributes('data-floor'))).toEqual(['3', '2', '1'])
    expect(part.findAll('[data-goal]').map((g) => g.text())).toEqual(['C01–C12'])
    expect(part.find('.here').text()).toContain('您在这里')
    expect(part.find('.here').text()).toContain('J01')
    expect(part.text()).not.toContain('M01')
  })

  it('shows the floor of the machine though it has no windows', () => {
    const part = mountPart(HallMap, { ...up, here: 5 })
    expect(part.findAll('[data-floor]').map((f) => f.attributes('data-floor'))).toEqual(['5', '3', '2', '1'])
  })
})
