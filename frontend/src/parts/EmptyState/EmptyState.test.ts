import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import EmptyState from './EmptyState.vue'

it('EmptyState says what to do next', async () => {
  const part = mountPart(EmptyState, { title: '没有找到', hint: '换个说法再试' }, 'zh', { default: '<button type="button">返回</button>' })
  expect(part.attributes('role')).toBe('status')
  expect(part.text()).toContain('换个说法再试')
  await expectAccessible(part.element)
})
