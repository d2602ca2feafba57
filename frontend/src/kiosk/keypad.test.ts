import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { mountKiosk, no, terminal, type FakeTerminal } from '../testing/terminal'

let at: FakeTerminal
beforeEach(() => { at = terminal() })

const press = async (key: string, more: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  ;(document.activeElement ?? document.body).dispatchEvent(event)
  await flushPromises()
  return event
}
const focused = () => (document.activeElement as HTMLElement).dataset

describe('a keypad without Tab', () => {
  it('goes through the page in its order, and round', async () => {
    await mountKiosk()
    await press('ArrowDown')
    expect(document.activeElement?.tagName).not.toBe('BODY')
    const seen = []
    for (let i = 0; i < 11; i++) {
      await press('ArrowDown')
      seen.push(focused()['verb'] ?? (document.activeElement?.hasAttribute('data-help') ? 'help' : document.activeElement?.hasAttribute('data-comfort') ? 'comfort' : 'other'))
    }
    expect(seen).toEqual(expect.arrayContaining(['ticket', 'guide', 'progress', 'search', 'appointment', 'reading', 'comfort', 'help']))
    const here = document.activeElement
    await press('ArrowRight')
    await press('ArrowLeft')
    expect(document.activeElement).toBe(here)
  })

  it('keeps Tab inside the page', async () => {
    const person = await mountKiosk()
    person.page.find<HTMLElement>('[data-help]').element.focus()
    expect((await press('Tab')).defaultPrevented).toBe(true)
    expect(focused()['verb']).toBe('ticket')
    await press('Tab', { shiftKey: true })
    expect(document.activeElement?.hasAttribute('data-help')).toBe(true)
  })

  it('leaves left and right to the text of a field', async () => {
    const person = await mountKiosk()
    await person.tap('[data-verb="search"]')
    person.page.find<HTMLElement>('[data-search]').element.focus()
    expect((await press('ArrowLeft')).defaultPrevented).toBe(false)
    expect((await press('ArrowDown')).defaultPrevented).toBe(true)
    expect(document.activeElement?.hasAttribute('data-search')).toBe(false)
  })

  it('finds the focus again after its button has gone or is off', async () => {
    at.kiosk['Issue']!.mockImplementation(no('disk_full', 701))
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-take="B"]']) await person.tap(t)
    const dismiss = person.page.find<HTMLElement>('[role="alert"] button')
    dismiss.element.focus()
    await dismiss.trigger('click')
    await flushPromises()
    await press('Shift')
    expect(document.activeElement?.tagName).toBe('H1')
  })
})
