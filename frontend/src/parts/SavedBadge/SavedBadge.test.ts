import { expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import SavedBadge from './SavedBadge.vue'

it.each([['here', 1, '已存本机', 'Saved here'], ['hall', 2, '已存大厅', 'Saved in the hall'], ['centre', 3, '已存中心', 'Saved at the centre']] as const)(
  'SavedBadge of %s fills %i marks and says so', async (saved, marks, zh, en) => {
    const part = mountPart(SavedBadge, { saved })
    expect(part.findAll('circle.on').length).toBe(marks)
    expect(part.text()).toBe(zh)
    expect(mountPart(SavedBadge, { saved }, 'en').text()).toBe(en)
    await expectAccessible(part.element)
  })
