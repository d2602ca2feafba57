import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, terminal, type FakeTerminal, type Person } from '../testing/terminal'
import type { SurveyAnswers } from '../types/reading'

let at: FakeTerminal
beforeEach(() => { at = terminal() })

async function go(person: Person, ...ways: string[]): Promise<void> { for (const w of ways) await person.tap(w) }
const rows = (p: Person) => p.page.findAll('[data-read]').map((e) => e.attributes('data-read'))
const sent = () => at.kiosk['AnswerSurvey']!.mock.calls.map(([r]) => r as SurveyAnswers)
const toSurvey = ['[data-verb="reading"]', '[data-read="surveys"]', '[data-read="hall"]']

describe('what there is to read', () => {
  it('is offered at home only where there is something', async () => {
    at.kiosk['Home']!.mockResolvedValue({ ...sample.home, reading: false })
    const person = await mountKiosk()
    expect(person.see('[data-verb="search"]')).toBe(true)
    expect(person.see('[data-verb="reading"]')).toBe(false)
  })

  it('is listed with what is newest and when it was published', async () => {
    const person = await mountKiosk()
    await go(person, '[data-verb="reading"]')
    expect(rows(person)).toEqual(['hall', 'notices', 'people', 'sections', 'surveys'])
    expect(person.page.find('[data-read="people"]').text()).toContain('标题p1')
    expect(person.page.find('[data-read="people"]').text()).toContain('2026-11-16')
    expect(person.text()).toContain('2026-11-20 发布')
  })

  it('says that it is a sample, and leaves out what there is none of', async () => {
    at.kiosk['Reading']!.mockResolvedValue({ ...sample.reading, notices: [], surveys: [], sample: true })
    const person = await mountKiosk()
    await go(person, '[data-verb="reading"]')
    expect(rows(person)).toEqual(['hall', 'people', 'sections'])
    expect(person.text()).toContain('样例内容')
  })

  it('leads from a policy to the guides of what can be applied for, and back to the same tab', async () => {
    const person = await mountKiosk()
    await go(person, '[data-verb="reading"]', '[data-read="people"]', '[data-read="p1"]')
    expect(person.text()).toContain('样例发〔2026〕1号')
    expect(person.text()).toContain('当场办结')
    await go(person, '[data-guide]', '[data-item="code-2"]')
    expect(person.screen()).toBe('guide')
    expect(at.kiosk['Guide']).toHaveBeenCalledWith('code-2')
    await go(person, '[data-nav="back"]')
    expect(person.page.find('[data-tab="items"]').attributes('aria-selected')).toBe('true')
  })

  it('leads straight to the guide where there is one, and nowhere where there is none', async () => {
    at.kiosk['Policy']!.mockResolvedValue({ ...sample.policy, items: [sample.item(3)], interpretation: null })
    const person = await mountKiosk()
    await go(person, '[data-verb="reading"]', '[data-read="people"]', '[data-read="p1"]')
    expect(person.page.findAll('[role="tab"]').length).toBe(2)
    await go(person, '[data-guide]')
    expect(at.kiosk['Guide']).toHaveBeenCalledWith('code-3')
    at.kiosk['Policy']!.mockResolvedValue({ ...sample.policy, items: [] })
    await go(person, '[data-nav="home"]', '[data-verb="reading"]', '[data-read="people"]', '[data-read="p2"]')
    expect(person.see('[data-guide]')).toBe(false)
  })

  it('has its title in English, and says that the rest is Chinese', async () => {
    const person = await mountKiosk('en')
    await go(person, '[data-verb="reading"]', '[data-read="notices"]', '[data-read="n1"]')
    expect(person.page.find('h1').text()).toBe('Title n1')
    expect(person.text()).toContain('Details are given in Chinese')
    expect(person.page.find('.text').attributes('lang')).toBe('zh-CN')
  })

  it('leads on from a section to the next, and back', async () => {
    const person = await mountKiosk()
    await go(person, '[data-verb="reading"]', '[data-read="sections"]', '[data-read="s1"]', '[data-next]')
    expect(person.page.find('h1').text()).toBe('标题s2')
    expect(at.kiosk['Disclosure']).toHaveBeenLastCalledWith('s2')
    await go(person, '[data-nav="back"]')
    expect(person.page.find('h1').text()).toBe('标题s1')
  })

  it('that was taken down meanwhile says so and what to do', async () => {
    at.kiosk['Announcement']!.mockImplementation(no('not_published', 602))
    const person = await mountKiosk()
    await go(person, '[data-verb="reading"]', '[data-read="notices"]', '[data-read="n1"]')
    expect(person.text()).toContain('已经过期或撤下')
  })
})

describe('a survey', () => {
  it('asks one question a screen, takes what was chosen, and thanks', async () => {
    const person = await mountKiosk('en')
    await go(person, ...toSurvey)
    expect(person.text()).toContain('Question 1 of 3')
    await go(person, '[data-answer="4"]', '[data-next]')
    expect(person.page.find('[data-answer="0"]').attributes('role')).toBe('checkbox')
    await go(person, '[data-answer="1"]', '[data-answer="0"]', '[data-answer="1"]', '[data-next]', '[data-answer="0"]', '[data-answer="1"]', '[data-send]')
    expect(sent().map(({ survey, language, answers }) => ({ survey, language, answers }))).toEqual([{ survey: 'hall', language: 'en', answers: [{ question: 'overall', chosen: [4] }, { question: 'helped', chosen: [0] }, { question: 'again', chosen: [1] }] }])
    expect(person.screen()).toBe('thanks')
    await go(person, '[data-nav="back"]')
    expect(person.screen()).toBe('readings')
  })

  it('keeps what was chosen for who goes back, and lets a question pass', async () => {
    const person = await mountKiosk()
    await go(person, ...toSurvey)
    expect(person.page.find('[data-next]').text()).toBe('跳过')
    await go(person, '[data-next]', '[data-answer="0"]', '[data-next]', '[data-nav="back"]')
    expect(person.page.find('[data-answer="0"]').attributes('aria-checked')).toBe('true')
    await go(person, '[data-next]', '[data-send]')
    expect(sent()[0]!.answers).toEqual([{ question: 'helped', chosen: [0] }])
  })

  it('that nothing was answered of cannot be sent', async () => {
    const person = await mountKiosk()
    await go(person, ...toSurvey, '[data-next]', '[data-next]')
    expect(person.page.find('[data-send]').attributes('disabled')).toBeDefined()
  })

  it('is sent once by a double tap, and again under the same request after a refusal', async () => {
    let answer: () => void = () => undefined
    at.kiosk['AnswerSurvey']!.mockImplementationOnce(no('disk_full', 701)).mockImplementationOnce(() => new Promise<void>((done) => { answer = done }))
    const person = await mountKiosk()
    await go(person, ...toSurvey, '[data-answer="5"]', '[data-next]', '[data-next]', '[data-send]')
    expect(person.see('[data-refusal="disk_full"]')).toBe(true)
    expect(person.screen()).toBe('survey')
    await go(person, '[data-send]', '[data-send]')
    answer()
    await flushPromises()
    expect(person.screen()).toBe('thanks')
    expect(sent().length).toBe(2)
    expect(sent()[1]!.request).toBe(sent()[0]!.request)
  })

  it('that somebody left is gone, and the next one begins anew', async () => {
    const person = await mountKiosk()
    await go(person, ...toSurvey, '[data-answer="5"]', '[data-next]', '[data-nav="home"]', ...toSurvey)
    expect(person.page.find('[data-answer="5"]').attributes('aria-checked')).toBe('false')
    expect(at.kiosk['AnswerSurvey']).not.toHaveBeenCalled()
  })

  it('that comes when its person has left is shown to nobody', async () => {
    let answer: (v: unknown) => void = () => undefined
    at.kiosk['Survey']!.mockImplementation(() => new Promise((done) => { answer = done }))
    const person = await mountKiosk()
    await go(person, ...toSurvey, '[data-nav="home"]')
    answer(sample.survey)
    await flushPromises()
    expect(person.screen()).toBe('home')
  })

  it('is waited for as long as who types is', async () => {
    vi.useFakeTimers()
    const person = await mountKiosk()
    await go(person, ...toSurvey)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(person.see('[data-idle]')).toBe(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(person.screen()).toBe('home')
    vi.useRealTimers()
  })
})
