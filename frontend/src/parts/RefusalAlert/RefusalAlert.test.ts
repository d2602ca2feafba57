import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import RefusalAlert from './RefusalAlert.vue'

const refusal = (key: string) => ({ code: 1, key, args: {} })

describe('RefusalAlert', () => {
  it.each(['zh', 'en'] as const)('stands empty until there is something to say (%s)', async (language) => {
    const part = mountPart(RefusalAlert, { refusal: null }, language)
    expect(part.attributes('role')).toBe('alert')
    expect(part.text()).toBe('')
    await part.setProps({ refusal: refusal('disk_full') })
    expect(part.find('p').text().length).toBeGreaterThan(10)
    await expectAccessible(part.element)
    await part.find('button').trigger('click')
    expect(part.emitted('dismiss')).toHaveLength(1)
  })

  it('has a sentence for a key that it does not know', () => {
    const part = mountPart(RefusalAlert, { refusal: refusal('from_a_newer_terminal') })
    expect(part.text()).toContain('再试一次')
    expect(part.text()).not.toContain('newer')
  })
})
