import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, terminal, type FakeTerminal, type Person } from '../testing/terminal'
import { wordsOf } from './useSpeech'

let at: FakeTerminal
let person: Person
beforeEach(() => {
  vi.useFakeTimers()
  at = terminal()
})
afterEach(() => vi.useRealTimers())

const said = () => at.kiosk['Say']!.mock.calls.map((c) => c[0] as string)
const listen = async () => {
  await vi.advanceTimersByTimeAsync(100)
  await flushPromises()
  const words = said().join(' | ')
  at.kiosk['Say']!.mockClear()
  return words
}
const speaking = async (language: 'zh' | 'en' = 'zh') => {
  person = await mountKiosk(language)
  for (const t of ['[data-comfort]', '[data-switch="speech"]']) await person.tap(t)
  await listen()
}

describe('speech', () => {
  it('is silent until somebody asks for it', async () => {
    person = await mountKiosk()
    await person.tap('[data-verb="ticket"]')
    expect(await listen()).toBe('')
  })

  it('is not offered where the terminal has no voice', async () => {
    at.kiosk['Home']!.mockResolvedValue({ ...structuredClone(sample.home), place: { ...sample.home.place, voice: false } })
    person = await mountKiosk()
    await person.tap('[data-comfort]')
    expect(person.see('[data-switch="speech"]')).toBe(false)
    expect(person.see('[data-switch="big"]')).toBe(true)
  })

  it('says the question and the choices of each screen, with the volume and the speed that were chosen', async () => {
    await speaking()
    for (const t of ['[data-volume] [data-step="more"]', '[data-speed] [data-step="less"]', '[data-done]']) await person.tap(t)
    const home = await listen()
    for (const words of ['您好，请选择', '共 6 个选择', '取号', '查事项', '预约', '大厅与政策']) expect(home).toContain(words)
    await person.tap('[data-verb="ticket"]')
    await vi.advanceTimersByTimeAsync(100)
    const [text, ...how] = at.kiosk['Say']!.mock.calls.at(-1)!
    expect(text).toContain('您办哪一类？')
    expect(text).toContain('A 区业务')
    expect(how).toEqual(['zh', 4, 2])
  })

  it('says a question with its answers, what is on the list, and what is missing', async () => {
    await speaking()
    for (const t of ['[data-done]', '[data-verb="guide"]', '[data-area="C"] .into', '[data-item]', '[data-check]']) {
      await listen()
      await person.tap(t)
    }
    const question = await listen()
    for (const words of ['您替别人来办吗', '共 3 个选择', '替别人办', '给自己办', '说不准']) expect(question).toContain(words)
    await person.tap('[data-answer="no"]')
    const list = await listen()
    for (const words of ['共 5 个选择', '材料1', '这些不用带：材料5']) expect(list).toContain(words)
    person.page.find<HTMLElement>('[data-material="1"]').element.focus()
    expect(await listen()).toContain('未选')
    await person.tap('[data-material="1"]')
    expect(await listen()).toContain('还缺 1 样必带材料')
  })

  it('ends what it was saying when another screen comes', async () => {
    await speaking()
    at.kiosk['Hush']!.mockClear()
    await person.tap('[data-done]')
    expect(at.kiosk['Hush']).toHaveBeenCalled()
  })

  it('says where the keys are, and whether a switch is on', async () => {
    await speaking()
    person.page.find<HTMLElement>('[data-switch="big"]').element.focus()
    expect(await listen()).toContain('大字, 长辈版：字和按键都放大, 未选')
    person.page.find<HTMLElement>('[data-help]').element.focus()
    expect(await listen()).toContain('请工作人员来帮忙')
  })

  it('says refusals, what is typed, and the number of a ticket', async () => {
    await speaking()
    at.kiosk['Issue']!.mockImplementationOnce(no('disk_full', 701))
    for (const t of ['[data-done]', '[data-verb="ticket"]']) await person.tap(t)
    await listen()
    await person.tap('[data-take="C"]')
    expect(await listen()).toContain('请到另一台机器')
    await person.tap('[data-take="C"]')
    const ticket = await listen()
    for (const words of ['C012', '前面还有', '请取走']) expect(ticket).toContain(words)
    for (const t of ['[data-nav="home"]', '[data-verb="progress"]']) await person.tap(t)
    await listen()
    for (const t of ['[data-key="B"]', '[data-key="1"]']) await person.tap(t)
    expect(await listen()).toContain('B1')
  })

  it('asks whether somebody is there, aloud', async () => {
    await speaking()
    await vi.advanceTimersByTimeAsync(61_000)
    expect(await listen()).toContain('您还在吗？')
  })

  it('reads no characters with an English voice', async () => {
    await speaking('en')
    for (const t of ['[data-done]', '[data-verb="guide"]', '[data-area="C"] .into']) await person.tap(t)
    const words = await listen()
    expect(words).toContain('Services of C')
    expect(words).not.toMatch(/[\u4e00-\u9fff]/)
  })

  it('is off again for the next person', async () => {
    await speaking()
    for (const t of ['[data-done]', '[data-verb="ticket"]', '[data-take="A"]', '[data-done]']) await person.tap(t)
    await listen()
    await person.tap('[data-verb="ticket"]')
    expect(await listen()).toBe('')
  })
})

describe('wordsOf', () => {
  it('takes what is to be heard and nothing else', () => {
    document.body.innerHTML = '<div id="w"><svg aria-hidden="true"><text>x</text></svg><b>取号</b><span><span>选区</span></span><img alt="二维码"></div>'
    expect(wordsOf(document.querySelector('#w')!)).toBe('取号, 选区, 二维码')
    document.body.innerHTML = ''
  })
})
