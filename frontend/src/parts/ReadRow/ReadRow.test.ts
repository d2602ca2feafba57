import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import ReadRow from './ReadRow.vue'

const title = { zh: '企业开办一窗服务实施办法', en: 'Starting a company at one window' }

it('ReadRow tells what it is, whose and of when, and leads on', async () => {
  const part = mountPart(ReadRow, { title, icon: 'paper', more: { zh: '区市场监督管理局', en: '' }, date: '2026-10-15' })
  expect(part.find('.name').text()).toBe(title.zh)
  expect(part.find('.more').text()).toContain('区市场监督管理局')
  expect(part.find('.date').text()).toBe('2026-10-15')
  await part.trigger('click')
  expect(part.emitted('choose')).toHaveLength(1)
  await expectAccessible(part.element)
  expect(mountPart(ReadRow, { title }).find('.more').exists()).toBe(false)
})
