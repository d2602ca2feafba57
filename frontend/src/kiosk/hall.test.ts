import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWords, type Language } from '../i18n'
import { expectAccessible } from '../testing/axe'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, terminal, type FakeTerminal, type Person } from '../testing/terminal'
import type { HallPage, Opening } from '../types/hall'
import HallState from './HallState.vue'

let at: FakeTerminal
beforeEach(() => { at = terminal() })
afterEach(() => vi.useRealTimers())

const opened = async (language: Language = 'zh') => {
  const person = await mountKiosk(language)
  for (const t of ['[data-verb="reading"]', '[data-read="hall"]']) await person.tap(t)
  return person
}
const tab = async (person: Person, name: string) => {
  await person.page.find(`[data-tab="${name}"]`).trigger('mousedown', { button: 0 })
  await flushPromises()
}
const answers = (more: Partial<HallPage>) => at.kiosk['Hall']!.mockImplementation(() => Promise.resolve({ ...structuredClone(sample.hallPage), ...more }))

/** What the state says, as one line. */
function words(o: Partial<Opening>, language: Language = 'zh'): string {
  const state = mount(HallState, { props: { opening: { ...sample.opening, ...o } }, global: { plugins: [createWords(language)] } })
  return state.findAll('p').map((p) => p.text()).join(' | ')
}
const national: Partial<Opening> = { today: { ...sample.hallDay('2026-09-30'), periods: [] }, closedFrom: '2026-10-01', closedTo: '2026-10-07', holidays: ['国庆节'], nextDate: '2026-10-08', nextAt: '08:30' }
const year2027: Partial<Opening> = { state: 'not_known', today: { date: '2027-03-02', kind: 'unknown', holiday: '', periods: [] }, unknownFrom: '2027-03-02', until: '', nextDate: '', nextAt: '' }

describe('the state of the hall', () => {
  const today = sample.hallDay('2026-11-24')
  const weekend: Partial<Opening> = { today: sample.hallDay('2026-11-27'), closedFrom: '2026-11-28', closedTo: '2026-11-29', nextDate: '2026-11-30', nextAt: '08:30' }
  it.each<[string, Partial<Opening>, string, string]>([
    ['open', { today, until: '17:00', again: '' }, '正在办公，到 17:00', 'Open until 17:00'],
    ['open before the pause', { today, until: '12:00', again: '13:30' }, '正在办公，到 12:00；13:30 再开', 'Open until 12:00, and again at 13:30'],
    ['in the pause', { state: 'pause', until: '', again: '13:30' }, '现在休息，13:30 再开', 'Closed for a pause, open again at 13:30'],
    ['in the morning', { state: 'before', until: '', again: '08:30' }, '还没开门，今天 8:30 开', 'Not open yet; opens today at 8:30'],
    ['in the evening', { state: 'after', until: '', today, nextDate: '2026-11-25', nextAt: '08:30' }, '今天已下班 | 明天 8:30 开门。', 'Closed for today | Opens tomorrow at 8:30.'],
    ['on a Friday', { ...weekend, until: '17:00', again: '' }, '正在办公，到 17:00 | 明天起休息，11月30日星期一 8:30 开门。', 'Open until 17:00 | Closed from tomorrow. Opens Monday, November 30 at 8:30.'],
    ['on a Saturday', { ...weekend, state: 'closed', until: '', today: { ...sample.hallDay('2026-11-28'), kind: 'rest' } }, '今天休息 | 11月30日星期一 8:30 开门。', 'Closed today | Opens Monday, November 30 at 8:30.'],
    ['on a Sunday', { ...weekend, state: 'closed', until: '', closedFrom: '2026-11-29', today: { ...sample.hallDay('2026-11-29'), kind: 'rest' } }, '今天休息 | 明天 8:30 开门。', 'Closed today | Opens tomorrow at 8:30.'],
    ['before one closed day', { ...weekend, today: sample.hallDay('2026-09-18'), state: 'after', until: '', closedFrom: '2026-09-19', closedTo: '2026-09-19', nextDate: '2026-09-20' }, '今天已下班 | 明天休息，9月20日星期日 8:30 开门。', 'Closed for today | Closed tomorrow. Opens Sunday, September 20 at 8:30.'],
    ['at 16:50 before a holiday', { ...national, until: '17:00', again: '' }, '正在办公，到 17:00 | 明天起国庆节放假，10月8日星期四 8:30 开门。', 'Open until 17:00 | Closed from tomorrow for National Day. Opens Thursday, October 8 at 8:30.'],
    ['on a holiday', { ...national, state: 'closed', until: '', closedFrom: '2026-10-01', today: { date: '2026-10-01', kind: 'holiday', holiday: '国庆节', periods: [] } }, '今天国庆节放假 | 10月8日星期四 8:30 开门。', 'Closed today: National Day | Opens Thursday, October 8 at 8:30.'],
    ['on the last working day of a year', { today: sample.hallDay('2026-12-31'), until: '17:00', again: '', unknownFrom: '2027-01-01', nextDate: '', nextAt: '' }, '正在办公，到 17:00 | 明天起的安排还不知道：2027 年放假安排尚未公布。', 'Open until 17:00 | From tomorrow on it is not known: the holidays of 2027 are not announced yet.'],
    ['in a year that is not known', year2027, '今天开不开门还不知道 | 2027 年放假安排尚未公布，请问工作人员。', 'Whether it opens today is not known | The holidays of 2027 are not announced yet. Please ask a member of staff.'],
    ['without hours', { state: 'not_told', until: '' }, '办公时间没有公布 | 请问工作人员，或看大厅公告。', 'The hours were not published | Please ask a member of staff, or see the notices in the hall.'],
    ['by the name of no translation', { ...national, until: '17:00', again: '', holidays: ['校庆'] }, '正在办公，到 17:00 | 明天起校庆放假，10月8日星期四 8:30 开门。', 'Open until 17:00 | Closed from tomorrow for 校庆. Opens Thursday, October 8 at 8:30.'],
  ])('%s', (_, o, zh, en) => expect([words(o), words(o, 'en')]).toEqual([zh, en]))
})

describe('the page of the hall', () => {
  it.each<[string, Language]>(['floors', 'times', 'phones'].flatMap((name) => [[name, 'zh'], [name, 'en']] as [string, Language][]))('%s can be used without sight in %s', async (name, language) => {
    document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
    const person = await opened(language)
    await tab(person, name)
    expect(person.page.find(`[data-tab="${name}"]`).attributes('aria-selected')).toBe('true')
    await expectAccessible(document.body)
    expect(person.text()).not.toMatch(/\b(kiosk|common|hall)\.\w/)
  })

  it('begins each tab at its top', async () => {
    const person = await opened()
    const body = person.page.find('.body').element
    await tab(person, 'times')
    body.scrollTop = 300
    await tab(person, 'phones')
    expect(body.scrollTop).toBe(0)
  })

  it('leads from a floor to what an area does, and back to the same floor', async () => {
    at.kiosk['Home']!.mockResolvedValue({ ...structuredClone(sample.home), areas: [sample.area('A', { floor: 2 }), sample.area('B'), sample.area('S', { windows: 0 })] })
    const person = await opened()
    expect(person.see('[data-area="A"]')).toBe(false)
    await person.tap('[data-open-floor="2"]')
    await person.tap('[data-area="A"]')
    expect(person.screen()).toBe('items')
    await person.tap('[data-nav="back"]')
    expect(person.screen()).toBe('hall')
    expect(person.see('[data-area="A"]')).toBe(true)
  })

  it('tells the days ahead, why one is closed, and which are not known', async () => {
    const day = (date: string, kind: HallPage['days'][0]['kind'], holiday = '', open = true) => ({ date, kind, holiday, periods: open ? sample.hallDay(date).periods : [] })
    answers({ days: [day('2026-10-07', 'holiday', '国庆节', false), day('2026-10-08', 'work'), day('2026-10-10', 'make_up', '国庆节'), day('2026-10-11', 'rest', '', false), day('2027-01-01', 'unknown', '', false)] })
    const person = await opened()
    await tab(person, 'times')
    const rows = person.page.findAll('[data-day]').map((r) => r.text().replace(/\s+/g, ' '))
    expect(rows).toEqual(['10月7日星期三国庆节放假', '10月8日星期四8:30–12:00、13:30–17:00', '10月10日星期六8:30–12:00、13:30–17:00调休上班', '10月11日星期日休息', '1月1日星期五尚未公布'])
  })

  it('tells the holidays to come with their make-up days, and the year without a notice', async () => {
    answers({ holidays: [{ names: ['国庆节'], from: '2026-10-01', to: '2026-10-07', makeUps: ['2026-09-20', '2026-10-10'] }] })
    const person = await opened()
    await tab(person, 'times')
    expect(person.page.find('[data-holiday]').text()).toContain('10月1日至10月7日调休上班：9月20日、10月10日')
    expect(person.page.find('[data-unknown="2027"]').text()).toBe('2027 年放假安排尚未公布。')
    expect(person.see('[data-none]')).toBe(false)
    answers({})
    await at.changed()
    expect(person.page.find('[data-none]').text()).toBe('今年没有别的节假日了。')
    // In a year without a notice nobody can say that no holiday is left.
    answers({ opening: { ...sample.opening, ...year2027 } })
    await at.changed()
    expect(person.see('[data-none]')).toBe(false)
    expect(person.see('[data-state="not_known"]')).toBe(true)
  })

  it('names the areas that have other hours, and how it stands with these now', async () => {
    const person = await opened()
    await tab(person, 'times')
    const other = person.page.find('[data-other]').text()
    for (const part of ['周一至周六 8:30', 'E E 区业务：3 个事项', 'G G 区业务：全部事项', '正在办公，到 12:00']) expect(other).toContain(part)
  })

  it('writes the usual week in English from its days', async () => {
    const person = await opened('en')
    await tab(person, 'times')
    expect(person.page.find('.usual').text()).toBe('As a rule Monday to Friday 8:30–12:00, 13:30–17:00, not on public holidays')
    answers({ hours: { text: '周一、周三', weekdays: [1, 3], periods: [{ from: '09:00', to: '16:00' }] } })
    await at.changed()
    expect(person.page.find('.usual').text()).toBe('As a rule Monday, Wednesday 9:00–16:00, not on public holidays')
    answers({ hours: { text: '以公告为准', weekdays: [], periods: [] } })
    await at.changed()
    expect(person.page.find('.usual [lang="zh-CN"]').text()).toBe('以公告为准')
  })

  it('gives the phones, and no number where each item has its own', async () => {
    const person = await opened()
    await tab(person, 'phones')
    expect(person.page.find('[data-own-phone]').text()).toContain('0571-00008100')
    expect(person.page.find('[data-desk="区民政局"]').text()).toContain('咨询 各事项不同，见办事指南')
    expect(person.page.find('[data-desk="区公安分局"]').text()).toContain('0571-00008008')
  })

  it('follows the clock: it asks again with the next minute, and keeps what it shows when nobody answers', async () => {
    vi.useFakeTimers()
    const person = await opened()
    expect(person.page.find('[data-state]').attributes('data-state')).toBe('open')
    answers({ opening: { ...sample.opening, state: 'after', until: '', again: '' } })
    await vi.advanceTimersByTimeAsync(61_000)
    await flushPromises()
    expect(person.page.find('[data-state]').attributes('data-state')).toBe('after')
    at.kiosk['Hall']!.mockImplementation(no('internal', 900))
    await at.changed()
    expect(person.page.find('[data-state]').attributes('data-state')).toBe('after')
    expect(person.see('[data-refusal]')).toBe(false)
  })

  it('says so when there is no answer at all, and asks again', async () => {
    at.kiosk['Hall']!.mockImplementation(no('internal', 900))
    const person = await opened()
    expect(person.see('[data-refusal="internal"]')).toBe(true)
    answers({})
    await at.changed()
    expect(person.see('[data-state="open"]')).toBe(true)
  })
})
