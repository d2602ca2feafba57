import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { item } from '../../testing/fixtures'
import { mountPart } from '../../testing/terminal'
import ItemRow from './ItemRow.vue'

describe('ItemRow', () => {
  it('shows the whole name and leads on', async () => {
    const part = mountPart(ItemRow, { item: item(1) })
    expect(part.find('.name').text()).toBe(item(1).name.zh)
    expect(part.text()).toContain('5 份材料')
    await part.trigger('click')
    expect(part.emitted('choose')).toHaveLength(1)
    await expectAccessible(part.element)
  })

  it.each([
    ['alias', '社保卡', '也叫：社保卡'], ['pinyin', '社保卡', '拼音符合：社保卡'], ['name', item(1).name.zh, ''], ['a reason of tomorrow', 'x', ''],
  ])('found by %s says why', (why, match, words) => {
    const part = mountPart(ItemRow, { item: item(1, { why, match }), showArea: true })
    expect(part.find('.why').exists() ? part.find('.why').text() : '').toBe(words)
  })

  it('says when this hall does not serve it', () => {
    expect(mountPart(ItemRow, { item: item(1, { here: false }) }, 'en').text()).toContain('Not in this hall')
  })

  it('says who handles what has no guide yet, and where to ask', () => {
    const part = mountPart(ItemRow, { item: item(1, { letter: '', area: { zh: '', en: '' }, here: false, why: 'name', match: item(1).name.zh }), showArea: true })
    expect(part.find('.more').text()).toContain('区市场监督管理局')
    expect(part.text()).toContain('暂无办事指南')
    expect(part.text()).not.toContain('本厅不办')
  })

  it('counts one document as one', () => {
    expect(mountPart(ItemRow, { item: item(1, { materials: 1 }) }, 'en').text()).toContain('1 document')
    expect(mountPart(ItemRow, { item: item(1, { materials: 0 }) }, 'en').text()).toContain('no documents')
  })
})
