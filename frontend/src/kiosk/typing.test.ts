import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { expectAccessible } from '../testing/axe'
import { mountKiosk, terminal, type FakeTerminal, type Person } from '../testing/terminal'
import TypedField from './TypedField.vue'
import { waitingIn } from './useTyping'

let at: FakeTerminal
beforeEach(() => {
  at = terminal()
  at.kiosk['Choices']!.mockImplementation((letters: string) => Promise.resolve(letters === '' ? [] : [{ text: '社保卡'.slice(0, letters.length), letters: letters.length }, { text: '是', letters: 1 }]))
})

const field = (p: Person) => (p.page.find('[data-search], [data-words]').element as HTMLInputElement).value
async function typing(language: 'zh' | 'en' = 'zh', keys = 'SBK'): Promise<Person> {
  const person = await mountKiosk(language)
  await person.tap('[data-verb="search"]')
  for (const key of keys) await person.tap(`[data-key="${key}"]`)
  return person
}

describe('letters', () => {
  it('wait in the field, marked, until characters are chosen for them; the rest waits on', async () => {
    const person = await typing()
    expect(field(person)).toBe('SBK')
    expect(person.page.find('[data-waiting]').text()).toBe('SBK')
    await person.tap('[data-guess="是"]')
    expect(field(person)).toBe('是BK')
    expect(person.page.find('[data-waiting]').text()).toBe('BK')
    expect(at.kiosk['Choices']!.mock.calls.at(-1)).toEqual(['BK'])
    await person.tap('[data-guess="社保"]')
    expect(field(person)).toBe('是社保')
    expect(person.see('[data-guesses]')).toBe(false)
    expect(at.kiosk['Find']!.mock.calls.map(([words]) => words)).toEqual(['S', 'SB', 'SBK', '是BK', '是社保'])
  })

  it('are taken back one by one, then the characters', async () => {
    const person = await typing('zh', 'SB')
    await person.tap('[data-guess="是"]')
    for (const left of ['是', '', '']) {
      await person.tap('[data-key="⌫"]')
      expect(field(person)).toBe(left)
    }
  })

  it('become the first guess by the space key, which else is a space', async () => {
    const person = await typing()
    await person.tap('[data-key="␣"]')
    await person.tap('[data-key="␣"]')
    expect(field(person)).toBe('社保卡 ')
  })

  it('that a keyboard types into the field wait as well', async () => {
    const person = await typing('zh', '')
    await person.page.find('[data-search]').setValue('办shebao')
    await flushPromises()
    expect(person.page.find('[data-waiting]').text()).toBe('shebao')
    await person.tap('[data-guess="是"]')
    expect(field(person)).toBe('办是hebao')
  })

  it.each(['en', '中'])('stay letters for who writes no Chinese (%s)', async (how) => {
    const person = await typing(how === 'en' ? 'en' : 'zh', '')
    if (how === 'en') await person.tap('button[lang="en"]')
    else await person.tap('[data-key="中"]')
    expect(person.see('[data-key="中"]')).toBe(false)
    await person.tap('[data-key="S"]')
    expect(person.see('[data-guesses]')).toBe(false)
    expect(person.see('[data-waiting]')).toBe(false)
  })

  it('of which the answer is late are not taken for newer ones', async () => {
    const late: ((v: unknown) => void)[] = []
    at.kiosk['Choices']!.mockImplementation((letters: string) => (letters === '' ? Promise.resolve([]) : new Promise((done) => { late.push(done) })))
    const person = await typing('zh', 'SB')
    late[1]!([{ text: '社保', letters: 2 }, { text: '是', letters: 1 }])
    await flushPromises()
    await person.tap('[data-key="⌫"]')
    expect(person.page.findAll('[data-guess]').map((e) => e.text())).toEqual(['是'])
  })

  it('end where no more has room, though their characters would have', async () => {
    const person = await typing('zh', '')
    await person.page.find('[data-search]').setValue('字'.repeat(39))
    for (const key of 'SB') await person.tap(`[data-key="${key}"]`)
    await person.tap('[data-guess="社保"]')
    await person.tap('[data-key="S"]')
    expect(field(person)).toBe(`${'字'.repeat(39)}社`)
    await person.page.find('[data-search]').setValue('s'.repeat(60))
    await person.tap('[data-key="S"]')
    expect(field(person)).toBe('s'.repeat(60))
  })

  it('become characters in a question that is left, too', async () => {
    const person = await typing('zh', 'X')
    at.kiosk['Find']!.mockResolvedValue({ items: [], quote: { state: '', lines: [] } })
    for (const key of ['[data-key="S"]', '[data-leave]', '[data-guess="社保"]', '[data-key="12"]', '[data-key="？"]']) await person.tap(key)
    expect(person.screen()).toBe('leave')
    expect(field(person)).toBe('社保？')
  })
})

it.each([['', ''], ['SBK', 'SBK'], ['护照diu', 'diu'], ['护照 diu', 'diu'], ["xi'an", "xi'an"], ["'", ''], ['nü', 'nü'], ['护照', ''], ['A4', ''], ['B1c', 'c']])('of %j %j waits', (text, want) => {
  expect(waitingIn(text)).toBe(want)
})

it('TypedField marks the letters that wait, for eyes alone', async () => {
  const part = mount(TypedField, { props: { text: '护照DIU', waiting: 'DIU' }, slots: { default: '<input type="text" aria-label="field">' }, attachTo: document.body })
  expect(part.find('.mark').text()).toBe('护照DIU')
  expect(part.find('.mark').attributes('aria-hidden')).toBe('true')
  await expectAccessible(part.element)
  await part.setProps({ text: '护照', waiting: '' })
  expect(part.find('[data-waiting]').exists()).toBe(false)
})
