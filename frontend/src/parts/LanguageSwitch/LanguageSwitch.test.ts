import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import LanguageSwitch from './LanguageSwitch.vue'

it('LanguageSwitch names each language in itself and says which is on', async () => {
  const part = mountPart(LanguageSwitch, {})
  const pressed = () => part.findAll('button').map((b) => b.attributes('aria-pressed'))
  expect(part.findAll('button').map((b) => [b.text(), b.attributes('lang')])).toEqual([['中文', 'zh-CN'], ['English', 'en']])
  expect(pressed()).toEqual(['true', 'false'])
  await part.findAll('button')[1]!.trigger('click')
  expect(pressed()).toEqual(['false', 'true'])
  expect(part.text()).toContain('中文')
  await expectAccessible(part.element)
})
