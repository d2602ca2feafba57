import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import * as sample from '../../testing/fixtures'
import { mountPart } from '../../testing/terminal'
import type { Quote } from '../../types/guide'
import QuoteCard from './QuoteCard.vue'

const quote: Quote = { state: 'given', item: sample.item(1), field: 'materials', fromFaq: false, lines: ['一', '二', '三', '四', '五'], promisedDays: 0, dayUnit: '工作日', visits: 1, phone: '' }

it('QuoteCard says what it is about, quotes, and leads on', async () => {
  const part = mountPart(QuoteCard, { quote })
  expect(part.find('.said').text()).toBe('一二三')
  expect(part.find('.from').text()).toContain('2')
  await part.find('button').trigger('click')
  expect(part.emitted('choose')).toHaveLength(1)
  await expectAccessible(part.element)
})

it('QuoteCard puts a figure into words, and leaves the words of the staff as they are', async () => {
  const part = mountPart(QuoteCard, { quote: { ...quote, field: 'time', lines: ['5', '工作日'], promisedDays: 5 } })
  expect(part.find('.said').text()).toBe('5 个工作日')
  await part.setProps({ quote: { ...quote, field: 'time', fromFaq: true, lines: ['当天就能拿。'], promisedDays: 5 } })
  expect(part.find('.said').text()).toBe('当天就能拿。')
})
