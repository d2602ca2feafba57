import axe from 'axe-core'
import { expect } from 'vitest'

/**
 * Checks an element as a screen reader would meet it. Colour is left to the
 * browser runs: happy-dom lays nothing out and paints nothing.
 */
export async function expectAccessible(element: Element): Promise<void> {
  const found = await axe.run(element, { resultTypes: ['violations'], rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } })
  expect(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`)).toEqual([])
}
