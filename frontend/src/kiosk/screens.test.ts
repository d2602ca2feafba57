import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Language } from '../i18n'
import { expectAccessible } from '../testing/axe'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, terminal, type FakeTerminal } from '../testing/terminal'

let at: FakeTerminal
beforeEach(() => {
  at = terminal()
  at.kiosk['Find']!.mockImplementation((text: string) => Promise.resolve(text === 'S' ? sample.found(sample.items.slice(0, 2), { state: 'none' }) : sample.found([])))
  at.kiosk['Progress']!.mockImplementation((text: string) => Promise.resolve(structuredClone(text === 'C2' ? sample.over : sample.progress)))
})

const over = ['[data-verb="progress"]', '[data-key="C"]', '[data-key="2"]', '[data-look-up]']

/** Every screen and how to get there. */
const ways: Record<string, string[]> = {
  home: [],
  hall: ['[data-verb="reading"]', '[data-read="hall"]'],
  areas: ['[data-verb="ticket"]'],
  'areas for guides': ['[data-verb="guide"]'],
  items: ['[data-verb="ticket"]', '[data-area="C"] .into'],
  guide: ['[data-verb="guide"]', '[data-area="C"] .into', '[data-item]'],
  question: ['[data-verb="guide"]', '[data-area="C"] .into', '[data-item]', '[data-check]'],
  checklist: ['[data-verb="guide"]', '[data-area="C"] .into', '[data-item]', '[data-check]', '[data-answer="no"]', '[data-material="1"]'],
  keep: ['[data-verb="guide"]', '[data-area="C"] .into', '[data-item]', '[data-check]', '[data-answer="no"]', '[data-keep]'],
  search: ['[data-verb="search"]'],
  'search found': ['[data-verb="search"]', '[data-key="S"]'],
  filter: ['[data-verb="search"]', '[data-filter]', '[data-switch="online"]'],
  pick: ['[data-verb="search"]', '[data-filter]', '[data-kind="area"]'],
  leave: ['[data-verb="search"]', '[data-key="S"]', '[data-leave]'],
  left: ['[data-verb="search"]', '[data-key="S"]', '[data-leave]', '[data-send]'],
  reading: ['[data-verb="reading"]'],
  'policies of a column': ['[data-verb="reading"]', '[data-read="people"]'],
  policy: ['[data-verb="reading"]', '[data-read="people"]', '[data-read="p1"]'],
  'what a policy leads to': ['[data-verb="reading"]', '[data-read="people"]', '[data-read="p1"]', '[data-guide]'],
  notices: ['[data-verb="reading"]', '[data-read="notices"]'],
  notice: ['[data-verb="reading"]', '[data-read="notices"]', '[data-read="n1"]'],
  section: ['[data-verb="reading"]', '[data-read="sections"]', '[data-read="s1"]'],
  survey: ['[data-verb="reading"]', '[data-read="surveys"]', '[data-read="hall"]', '[data-answer="4"]'],
  'survey with several': ['[data-verb="reading"]', '[data-read="surveys"]', '[data-read="hall"]', '[data-next]', '[data-answer="0"]'],
  thanks: ['[data-verb="reading"]', '[data-read="surveys"]', '[data-read="hall"]', '[data-next]', '[data-next]', '[data-answer="0"]', '[data-send]'],
  ticket: ['[data-verb="ticket"]', '[data-take="C"]'],
  progress: ['[data-verb="progress"]'],
  appointment: ['[data-verb="appointment"]'],
  digits: ['[data-verb="appointment"]', '[data-way="checkIn"]'],
  'an appointment of today': ['[data-verb="appointment"]', '[data-way="checkIn"]', ...['1', '2', '3', '4'].map((k) => `[data-key="${k}"]`), '[data-look-up]'],
  'areas for an appointment': ['[data-verb="appointment"]', '[data-way="book"]'],
  'days for an appointment': ['[data-verb="appointment"]', '[data-way="book"]', '[data-area="C"] .into'],
  'times for an appointment': ['[data-verb="appointment"]', '[data-way="book"]', '[data-area="C"] .into', '[data-day]'],
  'a phone number': ['[data-verb="appointment"]', '[data-way="book"]', '[data-area="C"] .into', '[data-day]', '[data-time]'],
  'an appointment that is made': ['[data-verb="appointment"]', '[data-way="book"]', '[data-area="C"] .into', '[data-day]', '[data-time]', ...[...'13800001234'].map((k) => `[data-key="${k}"]`), '[data-book]'],
  found: ['[data-verb="progress"]', '[data-key="C"]', '[data-key="1"]', '[data-look-up]'],
  rate: [...over, '[data-rate]'],
  why: [...over, '[data-rate]', '[data-level="1"]', '[data-reason="fast"]'],
  'why not': [...over, '[data-rate]', '[data-level="5"]', '[data-reason="wait"]'],
  say: [...over, '[data-rate]', '[data-level="4"]', '[data-write]'],
  rated: [...over, '[data-rate]', '[data-level="5"]', '[data-end]'],
}

describe.each(['zh', 'en'] as Language[])('in %s', (language) => {
  it.each(Object.keys(ways))('%s can be used without sight', async (name) => {
    document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN'
    const person = await mountKiosk(language)
    for (const t of ways[name]!) await person.tap(t)
    expect(person.page.findAll('h1').length).toBe(1)
    expect(person.page.find('h1').text()).not.toBe('')
    await expectAccessible(document.body)
    // A key that is shown in place of its words would have dots in it.
    expect(person.text()).not.toMatch(/\b(kiosk|common|hall|reading|rating|refusal)\.\w/)
  })

  it('a refusal can be used without sight', async () => {
    at.kiosk['Issue']!.mockImplementation(no('disk_full', 701))
    const person = await mountKiosk(language)
    for (const t of ways['ticket']!) await person.tap(t)
    await expectAccessible(document.body)
  })
})

describe('each tab of a guide', () => {
  it.each(['materials', 'place', 'steps', 'faq'])('%s can be used without sight', async (tab) => {
    const person = await mountKiosk()
    for (const t of ways['guide']!) await person.tap(t)
    const trigger = person.page.find(`[data-tab="${tab}"]`)
    await trigger.trigger('mousedown', { button: 0 })
    await flushPromises()
    expect(trigger.attributes('aria-selected')).toBe('true')
    await expectAccessible(document.body)
  })
})

describe('a guide', () => {
  it('that does not exist yet says who to ask, claims nothing and gives no ticket', async () => {
    at.kiosk['Guide']!.mockResolvedValue({ ...sample.guide, item: sample.item(1, { letter: '', here: false }), promisedDays: 0, places: [], faq: [] })
    const person = await mountKiosk()
    for (const t of ways['guide']!) await person.tap(t)
    expect(person.text()).toContain('暂无办事指南，由区市场监督管理局办理')
    expect(person.page.find('[data-take]').exists()).toBe(false)
    expect(person.page.find('[data-tab]').exists()).toBe(false)
    expect(person.page.find('dl').exists()).toBe(false)
    await expectAccessible(document.body)
  })

  it('of an item that this hall does not serve gives no ticket', async () => {
    at.kiosk['Guide']!.mockResolvedValue({ ...sample.guide, item: sample.item(1, { here: false }) })
    const person = await mountKiosk()
    for (const t of ways['guide']!) await person.tap(t)
    expect(person.see('[data-take]')).toBe(false)
    expect(person.text()).toContain('本大厅不办这个事项')
  })

  it('shows this hall first and its windows in short', async () => {
    const person = await mountKiosk()
    for (const t of ways['guide']!) await person.tap(t)
    await person.page.find('[data-tab="place"]').trigger('mousedown', { button: 0 })
    await flushPromises()
    const halls = person.page.findAll('.lines b').map((b) => b.text())
    expect(halls).toEqual(['江南大厅', '江北大厅'])
    expect(person.text()).toContain('C01–C12')
  })
})

describe('a screen', () => {
  it('takes the focus to its heading, or to its one field', async () => {
    const person = await mountKiosk()
    await person.tap('[data-verb="ticket"]')
    await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('H1'))
    await person.tap('[data-nav="home"]')
    await person.tap('[data-verb="search"]')
    await vi.waitFor(() => expect(document.activeElement?.id).toBe('find'))
  })
})
