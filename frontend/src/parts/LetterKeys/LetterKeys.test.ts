import type { VueWrapper } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import type { Guess } from '../../types/guide'
import LetterKeys from './LetterKeys.vue'
import { pageFrom } from './rows'

const guess = (text: string): Guess => ({ text, letters: text.length })
const many = [...'是时事十使市试式室石师诗'].map(guess)
const keys = (guesses: Guess[], more = {}, language: 'zh' | 'en' = 'zh') => mountPart(LetterKeys, { guesses, label: 'keys', ...more }, language)

describe('LetterKeys', () => {
  it.each(['zh', 'en'] as const)('gives letters, digits behind a key, and can be used without sight (%s)', async (language) => {
    const part = keys([], { language: 'zh' }, language)
    await part.find('[data-key="Q"]').trigger('click')
    await part.find('[data-key="12"]').trigger('click')
    expect(part.find('[data-key="Q"]').exists()).toBe(false)
    await part.find('[data-key="7"]').trigger('click')
    await expectAccessible(part.element)
    await part.find('[data-key="AB"]').trigger('click')
    await part.find('[data-key="⌫"]').trigger('click')
    expect(part.emitted('press')).toEqual([['Q'], ['7'], ['⌫']])
  })

  it('shows a row of guesses only while there are some, and gives the one that is tapped', async () => {
    const part = keys([])
    expect(part.find('[data-guesses]').exists()).toBe(false)
    await part.setProps({ guesses: [guess('社保卡'), guess('上班')] })
    await part.find('[data-guess="上班"]').trigger('click')
    expect(part.emitted('choose')).toEqual([[guess('上班')]])
    expect(part.find('[data-further]').attributes('disabled')).toBeDefined()
    await expectAccessible(part.element)
  })

  it('pages through what has no room, begins again behind the last, and with other letters', async () => {
    const part = keys(many)
    const shown = () => part.findAll('[data-guess]').map((e) => e.text()).join('')
    expect(shown()).toBe('是时事十使市试式室')
    await part.find('[data-further]').trigger('click')
    expect(shown()).toBe('石师诗')
    await part.find('[data-further]').trigger('click')
    expect(shown()).toBe('是时事十使市试式室')
    await part.find('[data-further]').trigger('click')
    await part.setProps({ guesses: many.slice(0, 10) })
    expect(shown()).toBe('是时事十使市试式室')
  })

  it('tells what letters become, where somebody may choose', async () => {
    const part = keys([], { language: 'zh' })
    await part.find('[data-key="中"]').trigger('click')
    expect(part.emitted('language')).toHaveLength(1)
    await part.setProps({ language: 'en' })
    expect(part.find('[data-key="英"]').attributes('aria-label')).toContain('英')
    await part.setProps({ language: undefined })
    expect(part.find('[data-key="英"]').exists()).toBe(false)
  })

  it('keeps who goes by keys alone at the guesses, or at the letters when none is left', async () => {
    let next: Guess[] = []
    const part: VueWrapper = keys([guess('社保卡'), guess('上班')], { onChoose: () => void part.setProps({ guesses: next }) })
    const choose = async (text: string, then: Guess[]) => {
      next = then
      const key = part.find<HTMLElement>(`[data-guess="${text}"]`)
      key.element.focus()
      await key.trigger('click')
      await nextTick()
    }
    await choose('社保卡', [guess('的')])
    expect((document.activeElement as HTMLElement).dataset['guess']).toBe('的')
    await choose('的', [])
    expect((document.activeElement as HTMLElement).dataset['key']).toBe('Q')
  })

  it('leaves the focus where somebody types', () => {
    const part = keys([guess('是')])
    const press = new MouseEvent('mousedown', { bubbles: true, cancelable: true })
    part.find('[data-guess]').element.dispatchEvent(press)
    expect(press.defaultPrevented).toBe(true)
  })
})

describe('a page of guesses', () => {
  const room = { width: 100, char: 10, gap: 5, least: 20, pad: 10 }
  it.each([
    ['三个字,两字,是', 0, '三个字,两字'], // 40 + 5 + 30, and 20 more with their gap are 100
    ['三个字,两字,是', 2, '是'], ['是,时,事,十', 0, '是,时,事,十'], ['是,时,事,十,使', 0, '是,时,事,十'], ['比一行还要长的一整句话,是', 0, '比一行还要长的一整句话'],
  ])('%s from %i on is %s', (texts, from, want) => {
    const wide = texts.startsWith('三') && from === 0 ? { ...room, width: 99 } : room
    expect(pageFrom(texts.split(',').map(guess), from, wide).map((g) => g.text).join()).toBe(want)
  })
})
