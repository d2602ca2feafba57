import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import ScaleRow from './ScaleRow.vue'

it('ScaleRow has five steps, says what its ends mean, and which is chosen', async () => {
  const part = mountPart(ScaleRow, { modelValue: 0, label: '满意吗？', low: { zh: '很不满意', en: 'Not at all' }, high: { zh: '非常满意', en: 'Very much' } })
  const steps = part.findAll('[role="radio"]')
  expect(steps.map((s) => s.text())).toEqual(['1很不满意', '2', '3', '4', '5非常满意'])
  expect(steps.every((s) => s.attributes('aria-checked') === 'false')).toBe(true)
  await steps[3]!.trigger('click')
  expect(part.emitted('update:modelValue')).toEqual([[4]])
  await part.setProps({ modelValue: 4 })
  expect(part.find('[data-answer="4"]').attributes('aria-checked')).toBe('true')
  await expectAccessible(part.element)
})
