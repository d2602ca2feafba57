import { describe, expect, it } from 'vitest'
import { characterOf, scanGate, type Verdict } from './scanGate'

/** Feeds a text with a fixed pause between keys and gives the verdict on the Enter after it. */
function type(text: string, pauseMs: number, options: { repeated?: boolean; enterAfterMs?: number } = {}): Verdict {
  const gate = scanGate()
  let at = 1000
  for (const key of text) gate.key(key, (at += pauseMs), options.repeated)
  return gate.key('Enter', at + (options.enterAfterMs ?? pauseMs))
}

const code = 'OW1 %:ABCDEFGHIJ0123456789'

describe('the scan gate', () => {
  it.each([1, 8, 20, 50])('takes a burst of one key every %i ms as a scan', (pause) => {
    expect(type(code, pause)).toEqual({ kind: 'scan', text: code })
  })

  it.each([
    ['a person who types', code, 140, {}],
    ['a person who types very fast', code, 75, {}],
    ['a key that is held down', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 30, { repeated: true }],
    ['an identity number from a card reader', '99010820000907755X', 5, {}],
    ['a burst whose Enter comes much later', code, 5, { enterAfterMs: 400 }],
    ['Enter alone', '', 5, {}],
  ])('leaves %s alone', (_, text, pause, options) => {
    expect(type(text, pause, options)).toEqual({ kind: 'other' })
  })

  it('starts anew after a pause, so that typed characters do not spoil a scan', () => {
    const gate = scanGate()
    gate.key('x', 0)
    let at = 500
    const kinds = [...code].map((key) => gate.key(key, (at += 5)).kind)
    expect(kinds[0]).toBe('first')
    expect(new Set(kinds.slice(1))).toEqual(new Set(['burst']))
    expect(gate.key('Enter', at + 5)).toEqual({ kind: 'scan', text: code })
  })

  it('bears a scanner that stumbles now and then', () => {
    const gate = scanGate()
    let at = 0
    ;[...code].forEach((key, i) => gate.key(key, (at += i % 9 === 8 ? 110 : 6)))
    expect(gate.key('Enter', at + 6)).toEqual({ kind: 'scan', text: code })
  })

  it('is not disturbed by the Shift keys that a scanner presses', () => {
    const gate = scanGate()
    let at = 0
    for (const key of code) {
      gate.key('Shift', at)
      gate.key(key, (at += 5))
    }
    expect(gate.key('Enter', at + 5)).toEqual({ kind: 'scan', text: code })
  })

  it('gives nothing a second time', () => {
    const gate = scanGate()
    let at = 0
    for (const key of code) gate.key(key, (at += 5))
    expect(gate.key('Enter', at + 5).kind).toBe('scan')
    expect(gate.key('Enter', at + 10).kind).toBe('other')
  })
})

describe('characterOf', () => {
  const press = (key: string, where: string, shiftKey = false, isComposing = false) => characterOf({ key, code: where, shiftKey, isComposing })

  it('believes the browser while no input method is at work', () => {
    expect(press('é', 'KeyE')).toBe('é')
  })

  it.each([
    ['KeyA', true, 'A'], ['KeyA', false, 'a'], ['Digit5', true, '%'], ['Digit4', true, '$'], ['Digit8', true, '*'], ['Digit7', false, '7'],
    ['Equal', true, '+'], ['Minus', false, '-'], ['Period', false, '.'], ['Slash', false, '/'], ['Semicolon', true, ':'], ['Space', false, ' '], ['Enter', false, 'Enter'],
  ])('reads %s (shift %s) as %s under a Chinese input method', (where, shift, character) => {
    expect(press('Process', where, shift)).toBe(character)
  })

  it('knows every character of base45', () => {
    const keys = [...Array.from({ length: 26 }, (_, i) => press('Process', `Key${String.fromCharCode(65 + i)}`, true)),
      ...Array.from({ length: 10 }, (_, i) => press('Process', `Digit${i}`)),
      press('Process', 'Space'), press('Process', 'Digit4', true), press('Process', 'Digit5', true), press('Process', 'Digit8', true), press('Process', 'Equal', true),
      press('Process', 'Minus'), press('Process', 'Period'), press('Process', 'Slash'), press('Process', 'Semicolon', true)]
    expect(keys.sort().join('')).toBe([...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'].sort().join(''))
  })
})
