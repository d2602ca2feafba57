import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import ChoiceRow from './ChoiceRow.vue'

const name = { zh: '结婚', en: 'Marriage' }

it('ChoiceRow is chosen, or leads on and tells what is chosen there', async () => {
  const chosen = mountPart(ChoiceRow, { name, note: '5 个事项', chosen: true })
  expect(chosen.find('[role="radio"]').attributes('aria-checked')).toBe('true')
  await chosen.find('button').trigger('click')
  expect(chosen.emitted('choose')).toHaveLength(1)
  const leads = mountPart(ChoiceRow, { name: { zh: '人生事件', en: 'Life event' }, value: name, open: true })
  expect(leads.find('[role="radio"]').exists()).toBe(false)
  expect(leads.find('.value').text()).toBe('结婚')
  const beside = mountPart(ChoiceRow, { name, chosen: true, several: true })
  expect(beside.find('[role="checkbox"]').attributes('aria-checked')).toBe('true')
  await expectAccessible(leads.element)
})
