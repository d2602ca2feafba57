import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import Icon from './Icon.vue'
import { shapes, type IconName } from './shapes'

it.each(Object.keys(shapes) as IconName[])('Icon %s draws and says nothing', async (name) => {
  const part = mountPart(Icon, { name })
  expect(part.attributes('aria-hidden')).toBe('true')
  const drawn = part.findAll('path').map((p) => p.attributes('d') ?? '')
  expect(drawn.length).toBeGreaterThan(0)
  for (const d of drawn) expect(d).toMatch(/^M[\d\s.,MmLlHhVvAaCcSsZz-]+$/)
  await expectAccessible(part.element)
})
