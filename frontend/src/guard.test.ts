import { describe, expect, it, vi } from 'vitest'
import { closeExits } from './guard'

describe('closeExits', () => {
  it('opens no print dialog', () => {
    const print = vi.fn()
    window.print = print
    closeExits()
    window.print()
    expect(print).not.toHaveBeenCalled()
  })

  it.each([
    ['the context menu', () => new MouseEvent('contextmenu', { bubbles: true, cancelable: true })],
    ['a dropped file', () => new Event('drop', { bubbles: true, cancelable: true })],
    ['Ctrl+P', () => new KeyboardEvent('keydown', { key: 'p', ctrlKey: true, bubbles: true, cancelable: true })],
    ['F12', () => new KeyboardEvent('keydown', { key: 'F12', bubbles: true, cancelable: true })],
    ['a pinch', () => Object.assign(new Event('wheel', { bubbles: true, cancelable: true }), { ctrlKey: true })],
  ])('stops %s', (_, make) => {
    closeExits()
    const event = make()
    document.body.dispatchEvent(event)
    expect(event.defaultPrevented).toBe(true)
  })

  it('follows no link and lets plain keys through', () => {
    closeExits()
    document.body.innerHTML = '<a href="https://example.invalid/"><b>x</b></a>'
    const click = new MouseEvent('click', { bubbles: true, cancelable: true })
    document.querySelector('b')!.dispatchEvent(click)
    expect(click.defaultPrevented).toBe(true)
    const key = new KeyboardEvent('keydown', { key: 'p', bubbles: true, cancelable: true })
    document.body.dispatchEvent(key)
    expect(key.defaultPrevented).toBe(false)
  })
})
