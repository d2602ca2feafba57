import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import HallFloors from './HallFloors.vue'
import { examples } from './examples'

const [own, other] = examples((zh) => zh).map((e) => e.props!)

describe('HallFloors', () => {
  it('has the top floor first, names every area, and only those of the open floor can be chosen', async () => {
    const part = mountPart(HallFloors, own!)
    expect(part.findAll('[data-floor]').map((f) => f.attributes('data-floor'))).toEqual(['3', '2', '1'])
    expect(part.findAll('[data-area]').map((a) => a.attributes('data-area'))).toEqual(['B', 'E'])
    for (const words of ['A 不动产交易登记', 'C 商事登记与市场许可', '社保医保', '10 个窗口在办，共 20 个', '41 人等候']) expect(part.text()).toContain(words)
    expect(part.text()).not.toContain('街道便民服务')
    await expectAccessible(part.element)
  })

  it('marks the floor of the machine, also when another one is open', async () => {
    const part = mountPart(HallFloors, other!, 'en')
    expect(part.find('[data-floor="1"] .you').text()).toBe('You are here')
    expect(part.findAll('.you').length).toBe(1)
    expect(part.find('[data-area="L"]').text()).toContain('No window open yet')
    expect(part.find('[data-open-floor="3"]').attributes('aria-pressed')).toBe('true')
    await expectAccessible(part.element)
  })

  it('opens a floor and leads to an area', async () => {
    const part = mountPart(HallFloors, own!)
    await part.find('[data-open-floor="2"]').trigger('click')
    await part.find('[data-area="A"]').trigger('click')
    expect(part.emitted('update:floor')).toEqual([[2]])
    expect(part.emitted('choose')).toEqual([['A']])
  })

  it('shows the floor of the machine though it has no windows', () => {
    expect(mountPart(HallFloors, { ...own, here: 5 }).findAll('[data-floor]').map((f) => f.attributes('data-floor'))).toEqual(['5', '3', '2', '1'])
  })
})
