import { beforeEach, describe, expect, it } from 'vitest'
import * as sample from '../testing/fixtures'
import type { TicketRequest } from '../types/kiosk'
import { mountKiosk, no, terminal, type FakeTerminal, type Person } from '../testing/terminal'

let at: FakeTerminal
beforeEach(() => { at = terminal() })

const toGuide = ['[data-verb="guide"]', '[data-area="C"] .into', '[data-item="code-1"]']
const toList = [...toGuide, '[data-check]', '[data-answer="no"]']
const wishes = () => at.kiosk['Issue']!.mock.calls.map(([r]) => r as TicketRequest)
const asked = (method: string) => at.kiosk[method]!.mock.calls.map(([r]) => r as unknown)
const verdict = (p: Person) => p.page.find('[data-verdict]').attributes('data-verdict')
const states = (p: Person) => p.page.findAll('[data-material]').map((e) => e.attributes('data-state'))
async function go(person: Person, ...ways: string[]): Promise<void> { for (const w of ways) await person.tap(w) }

describe('the questions', () => {
  it('come one a screen, before the list, which is made of their answers', async () => {
    at.kiosk['Guide']!.mockResolvedValue({ ...sample.guide, questions: [...sample.guide.questions, { id: '住所为租赁', kind: '', case: '住所为租赁' }] })
    const person = await mountKiosk()
    await go(person, ...toGuide, '[data-check]')
    expect(person.page.find('h1').text()).toBe('您替别人来办吗？')
    expect(person.text()).toContain('第 1 问，共 2 问')
    expect(person.page.findAll('[data-answer]').length).toBe(3)
    await person.tap('[data-answer="yes"]')
    expect(person.page.find('h1').text()).toBe('您是这种情况吗？')
    expect(person.page.find('.case').text()).toBe('住所为租赁')
    await person.tap('[data-answer="unsure"]')
    expect(person.screen()).toBe('checklist')
    expect(asked('Checklist')).toEqual([{ code: 'code-1', answers: { agent: 'yes', 住所为租赁: '' }, have: [], language: 'zh' }])
  })

  it('are none for an item that has none', async () => {
    at.kiosk['Guide']!.mockResolvedValue({ ...sample.guide, questions: [] })
    const person = await mountKiosk()
    await go(person, ...toGuide, '[data-check]')
    expect(person.screen()).toBe('checklist')
  })

  it('keep their answer for who goes back', async () => {
    const person = await mountKiosk()
    await go(person, ...toList, '[data-nav="back"]')
    expect(person.page.find('[data-answer="no"]').attributes('aria-pressed')).toBe('true')
    expect(person.page.find('[data-answer="unsure"]').attributes('aria-pressed')).toBe('false')
  })

  it('are not offered where there is nothing to bring', async () => {
    at.kiosk['Guide']!.mockResolvedValue({ ...sample.guide, materials: [] })
    const person = await mountKiosk()
    await go(person, ...toGuide)
    expect(person.see('[data-check]')).toBe(false)
  })
})

describe('the list', () => {
  it('shows each material once: to tick, or why nobody brings it', async () => {
    const person = await mountKiosk()
    await go(person, ...toList)
    expect(states(person)).toEqual(['bring', 'onSite', 'follow', 'only_if', 'bring'])
    const rest = person.page.findAll('.rest').map((e) => e.text())
    expect(rest[0]).toContain('材料5')
    expect(rest[0]).toContain('民政婚姻登记信息')
    expect(rest[1]).toContain('材料6')
    for (const l of sample.checklist) expect(person.page.find('.list').text().split(l.material.name).length, l.material.name).toBe(2)
  })

  it('says what is missing and what to do, and never closes the way to a ticket', async () => {
    const person = await mountKiosk()
    await go(person, ...toList)
    const way: [string, string, string][] = [
      ['', 'start', '点一下您带来的材料'], ['[data-material="1"]', 'missing', '还缺 1 样必带材料'], ['[data-material="7"]', 'onSite', '在大厅领取'],
      ['[data-material="2"]', 'follow', '可以后补'], ['[data-material="3"]', 'whole', '材料齐了'], ['[data-material="7"]', 'missing', '先取号咨询'],
    ]
    for (const [tap, is, words] of way) {
      if (tap) await person.tap(tap)
      expect(verdict(person)).toBe(is)
      expect(person.page.find('[role="status"][data-verdict]').text()).toContain(words)
      expect(person.page.find('main [data-take]').attributes('disabled')).toBeUndefined()
    }
    expect(states(person)).toEqual(['have', 'have', 'have', 'only_if', 'missing'])
  })

  it('keeps the ticks for who goes back and comes again', async () => {
    const person = await mountKiosk()
    await go(person, ...toList, '[data-material="1"]', '[data-nav="back"]', '[data-nav="back"]', '[data-check]', '[data-answer="no"]')
    expect(states(person)[0]).toBe('have')
  })

  it('is asked for once, and not with every tick', async () => {
    const person = await mountKiosk()
    await go(person, ...toList, '[data-material="1"]', '[data-material="7"]')
    expect(asked('Checklist').length).toBe(1)
  })

  it('can be tried again when it does not come', async () => {
    at.kiosk['Checklist']!.mockImplementationOnce(no('internal', 899))
    const person = await mountKiosk()
    await go(person, ...toList)
    expect(person.see('[data-material]')).toBe(false)
    await go(person, 'main .body .big')
    expect(states(person).length).toBe(5)
  })
})

describe('the ticket', () => {
  it('takes along what is lacking, also from the guide', async () => {
    const person = await mountKiosk()
    await go(person, ...toList, '[data-material="1"]', '[data-material="4"]', '[data-nav="back"]', '[data-nav="back"]', 'main [data-take]')
    expect(person.screen()).toBe('ticket')
    expect(wishes()[0]!.checked).toEqual([{ item: 'code-1', lacks: [2, 3, 7] }])
    expect(JSON.stringify(wishes())).not.toContain('agent')
  })

  it('says nothing of materials when nothing was ticked', async () => {
    const person = await mountKiosk()
    await go(person, ...toList, '[data-material="1"]', '[data-material="1"]', 'main [data-take]')
    expect(wishes()[0]!.checked).toEqual([])
  })

  it('says that everything is there', async () => {
    const person = await mountKiosk()
    await go(person, ...toList, ...[1, 2, 3, 7].map((n) => `[data-material="${n}"]`), 'main [data-take]')
    expect(wishes()[0]!.checked).toEqual([{ item: 'code-1', lacks: [] }])
  })

  it('of the next person knows nothing of it', async () => {
    const person = await mountKiosk()
    await go(person, ...toList, '[data-material="1"]', '[data-nav="home"]', ...toGuide, 'main [data-take]')
    expect(wishes()[0]!.checked).toEqual([])
    await go(person, '[data-done]', ...toGuide, '[data-check]')
    expect(person.page.findAll('[data-answer][aria-pressed="true"]').length).toBe(0)
  })

  it('is not offered for an item of another hall, but its list is', async () => {
    at.kiosk['Guide']!.mockResolvedValue({ ...sample.guide, item: sample.item(1, { here: false }) })
    const person = await mountKiosk()
    await go(person, ...toList)
    expect(person.see('main [data-take]')).toBe(false)
    await person.tap('[data-keep]')
    expect(person.screen()).toBe('keep')
  })
})

describe('taking the list away', () => {
  const toKeep = [...toList, '[data-material="1"]', '[data-keep]']

  it('is a code for a phone, in the language of the page', async () => {
    const person = await mountKiosk('en')
    await go(person, ...toKeep)
    expect(person.page.find('img.code').attributes('alt')).toContain('Change of a company 1')
    expect(asked('ChecklistCode')).toEqual([{ code: 'code-1', answers: { agent: 'no' }, have: [1], language: 'en' }])
  })

  it('is printed once', async () => {
    const person = await mountKiosk()
    await go(person, ...toKeep, '[data-print]')
    expect(asked('ChecklistPaper')).toEqual([{ code: 'code-1', answers: { agent: 'no' }, have: [1], language: 'zh' }])
    expect(person.page.find('[role="status"][data-paper="printed"]').text()).toContain('请取走')
    expect(person.page.find('[data-print]').attributes('disabled')).toBeDefined()
  })

  it.each(['paper_out', 'cover_open', 'off', 'nonsense'])('says what to do when the printer is %s, and lets try again', async (paper) => {
    at.kiosk['ChecklistPaper']!.mockResolvedValueOnce(paper)
    const person = await mountKiosk()
    await go(person, ...toKeep, '[data-print]')
    expect(person.page.find('[data-paper]').text()).toContain('请用手机扫码')
    await person.tap('[data-print]')
    expect(person.see('[data-paper="printed"]')).toBe(true)
  })

  it('offers no paper where there is no printer', async () => {
    at.kiosk['Home']!.mockResolvedValue({ ...structuredClone(sample.home), standing: { ...sample.standing, printer: 'none' } })
    const person = await mountKiosk()
    await go(person, ...toKeep)
    expect(person.see('[data-print]')).toBe(false)
    expect(person.see('img.code')).toBe(true)
  })

  it('says a refusal in words', async () => {
    at.kiosk['ChecklistPaper']!.mockImplementation(no('item_unknown'))
    const person = await mountKiosk()
    await go(person, ...toKeep, '[data-print]')
    expect(person.page.find('[role="alert"]').text()).not.toBe('')
  })
})
