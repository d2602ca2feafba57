import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import ChoiceToggle from './ChoiceToggle.vue'

it('ChoiceToggle is a switch that says its state', async () => {
  const part = mountPart(ChoiceToggle, { modelValue: false, label: '优先号', hint: '老年人' })
  expect(part.attributes('aria-checked')).toBe('false')
  await part.trigger('click')
  expect(part.emitted('update:modelValue')).toEqual([[true]])
  await part.setProps({ modelValue: true })
  expect(part.attributes('aria-checked')).toBe('true')
  await expectAccessible(part.element)
})
