import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import Stepper from './Stepper.vue'

it('Stepper goes step by step and ends at both ends', async () => {
  const part = mountPart(Stepper, { modelValue: 4, label: '音量' })
  expect(part.find('[data-step="more"]').attributes('aria-label')).toBe('增大音量')
  await part.find('[data-step="more"]').trigger('click')
  expect(part.emitted('update:modelValue')).toEqual([[5]])
  await part.setProps({ modelValue: 5 })
  expect(part.find('[data-step="more"]').attributes('disabled')).toBeDefined()
  expect(part.find('[data-step="less"]').attributes('disabled')).toBeUndefined()
  await part.setProps({ modelValue: 1 })
  expect(part.find('[data-step="less"]').attributes('disabled')).toBeDefined()
  await expectAccessible(part.element)
})
