import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { TicketRequest } from '../types/kiosk'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, scan, terminal, type FakeTerminal } from '../testing/terminal'

let at: FakeTerminal
beforeEach(() => { at = terminal() })

const wishes = () => at.kiosk['Issue']!.mock.calls.map(([r]) => r as TicketRequest)

describe('the guides in use', () => {
  const calls = (method: string) => at.kiosk[method]!.mock.calls.length

  it('may change when somebody is back at home, and the page has the new ones then', async () => {
    const person = await mountKiosk()
    expect(calls('AtHome')).toBe(1) // a page that died and is new
    await person.tap('[data-verb="guide"]')
    await person.tap('[data-area="C"] .into')
    await at.changed()
    expect(calls('AtHome')).toBe(1)
    const asked = calls('Home')
    await person.tap('[data-nav="home"]')
    expect(person.screen()).toBe('home')
    expect(calls('AtHome')).toBe(2)
    expect(calls('Home')).toBe(asked + 1)
  })

  it('are named with their date where the steps are', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="guide"]', '[data-area="C"] .into', '[data-item]']) await person.tap(t)
    await person.page.find('[data-tab="steps"]').trigger('mousedown', { button: 0 })
    await flushPromises()
    expect(person.text()).toContain('2026.11-1')
    expect(person.text()).toContain('(2026-11-20 发布)')
  })
})

describe('a ticket', () => {
  const here = sample.areas.filter((a) => a.windows > 0)

  it.each(here.map((a) => a.letter))('of area %s is at most three taps from home', async (letter) => {
    const person = await mountKiosk()
    await person.tap('[data-verb="ticket"]')
    if (!person.see(`[data-take="${letter}"]`)) await person.tap('[data-nav="next"]')
    await person.tap(`[data-take="${letter}"]`)
    expect(person.screen()).toBe('ticket')
    expect(person.taps).toBeLessThanOrEqual(3)
    expect(person.text()).toContain(`${letter}012`)
  })

  it('is three taps away by way of the area\'s own screen, too', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-area="C"] .into', '.take [data-take="C"]']) await person.tap(t)
    expect(person.screen()).toBe('ticket')
    expect(wishes()).toEqual([expect.objectContaining({ letter: 'C', items: [], class: 'walk_in', language: 'zh' })])
  })

  it('of an item names the item', async () => {
    const person = await mountKiosk('en')
    for (const t of ['[data-verb="guide"]', '[data-area="C"] .into', '[data-item="code-1"]', '[data-take="C"]']) await person.tap(t)
    expect(wishes()).toEqual([expect.objectContaining({ letter: 'C', items: ['code-1'], language: 'en' })])
  })

  it('tells how long it took since the first touch, each for itself', async () => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(1_000_000)
    const person = await mountKiosk()
    clock.mockReturnValue(1_100_000) // nobody was there
    await person.tap('[data-verb="ticket"]')
    clock.mockReturnValue(1_112_000)
    await person.tap('[data-take="B"]')
    await person.tap('[data-done]')
    clock.mockReturnValue(1_200_000)
    for (const t of ['[data-verb="ticket"]', '[data-take="A"]']) await person.tap(t)
    clock.mockRestore()
    expect(wishes().map((w) => w.tookMs)).toEqual([12_000, 0])
  })

  it('has priority only when somebody asked for it', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-priority]', '[data-take="A"]']) await person.tap(t)
    expect(wishes()[0]!.class).toBe('priority')
    expect(person.text()).toContain('优先号')
    await person.tap('[data-done]')
    for (const t of ['[data-verb="ticket"]', '[data-take="A"]']) await person.tap(t)
    expect(wishes()[1]!.class).toBe('walk_in')
  })

  it('is asked for once by a double tap', async () => {
    let give: (answer: unknown) => void = () => undefined
    at.kiosk['Issue']!.mockImplementation(() => new Promise((done) => { give = done }))
    const person = await mountKiosk()
    await person.tap('[data-verb="ticket"]')
    const button = person.page.find('[data-take="B"]')
    button.element.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    button.element.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    await flushPromises()
    expect(wishes().length).toBe(1)
    expect(person.page.findAll('[data-take]').every((b) => b.attributes('disabled') !== undefined)).toBe(true)
    give(sample.ticket)
    await flushPromises()
    expect(person.screen()).toBe('ticket')
  })

  it('is asked for with the same id after a failure, with a new one by the next person', async () => {
    at.kiosk['Issue']!.mockImplementationOnce(no('internal', 899))
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-take="B"]', '[data-take="B"]', '[data-done]', '[data-verb="ticket"]', '[data-take="B"]']) await person.tap(t)
    const ids = wishes().map((w) => w.request)
    expect(ids.length).toBe(3)
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
  })

  it('is shown again, not taken again, by who goes back', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-take="B"]', '[data-nav="back"]']) await person.tap(t)
    expect(person.screen()).toBe('areas')
    await person.tap('[data-take="B"]')
    expect(person.screen()).toBe('ticket')
    expect(wishes().length).toBe(1)
  })

  it('follows its queue while it is looked at', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-take="C"]']) await person.tap(t)
    expect(person.page.find('[data-ahead]').text()).toBe('3 人')
    at.kiosk['Progress']!.mockResolvedValue({ ...sample.progress, ticket: { ...sample.progress.ticket, ahead: 1, saved: 'centre' } })
    await at.changed()
    expect(person.page.find('[data-ahead]').text()).toBe('1 人')
    expect(person.see('[data-saved="centre"]')).toBe(true)
    expect(person.see('img.code')).toBe(true)
  })

  it.each(['paper_out', 'cover_open', 'off', 'none'])('without paper (%s) says what to do with a phone', async (paper) => {
    at.kiosk['Issue']!.mockResolvedValue({ ...sample.ticket, paper })
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-take="C"]']) await person.tap(t)
    expect(person.page.find('.paper').classes()).toContain('large')
    expect(person.text()).toContain('请用手机拍下')
    expect(person.see('[data-again]')).toBe(paper !== 'none')
  })

  it('can be printed again when paper is back', async () => {
    at.kiosk['Issue']!.mockResolvedValue({ ...sample.ticket, paper: 'paper_out' })
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-take="C"]', '[data-again]']) await person.tap(t)
    expect(at.kiosk['Reprint']).toHaveBeenCalledExactlyOnceWith('ticket-1')
    expect(person.see('[data-paper="printed"]')).toBe(true)
  })
})

describe('a refusal', () => {
  it.each([['zh', '请到另一台机器'], ['en', 'use another machine']] as const)('is a sentence with a next step (%s), in an alert', async (language, words) => {
    at.kiosk['Issue']!.mockImplementation(no('disk_full', 701))
    const person = await mountKiosk(language)
    for (const t of ['[data-verb="ticket"]', '[data-take="B"]']) await person.tap(t)
    expect(person.page.find('[role="alert"]').text()).toContain(words)
    await person.tap('[data-nav="back"]')
    expect(person.page.find('[role="alert"]').text()).toBe('')
  })

  it('never shows what Go says', async () => {
    at.kiosk['Issue']!.mockImplementation(() => Promise.reject('read back the ticket: sql: database is closed'))
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-take="B"]']) await person.tap(t)
    expect(person.text()).not.toContain('sql')
    expect(person.page.find('[role="alert"]').text()).toContain('再试一次')
  })

  it('of a list can be tried again', async () => {
    at.kiosk['Items']!.mockImplementationOnce(no('service_unknown', 101))
    const person = await mountKiosk()
    for (const t of ['[data-verb="guide"]', '[data-area="C"] .into']) await person.tap(t)
    expect(person.see('[data-refusal="service_unknown"]')).toBe(true)
    await person.tap('.body > .big')
    expect(person.see('[data-item="code-1"]')).toBe(true)
  })
})

describe('going back', () => {
  it('keeps the page, the tab and the text', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="guide"]', '[data-nav="next"]', '[data-area="K"] .into', '[data-nav="next"]', '[data-item="code-7"]']) await person.tap(t)
    expect(person.screen()).toBe('guide')
    await person.tap('[data-nav="back"]')
    expect(person.see('[data-item="code-7"]')).toBe(true)
    await person.tap('[data-nav="back"]')
    expect(person.see('[data-area="K"]')).toBe(true)
    await person.tap('[data-nav="home"]')
    await person.tap('[data-verb="search"]')
    for (const k of 'SBK') await person.tap(`[data-key="${k}"]`)
    await person.tap('[data-item]')
    await person.tap('[data-nav="back"]')
    expect((person.page.find('[data-search]').element as HTMLInputElement).value).toBe('SBK')
  })

  it('home stands at the same place on every screen and forgets', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="B"]', '[data-nav="home"]', '[data-verb="progress"]']) await person.tap(t)
    expect(person.page.find('[data-number]').classes()).toContain('none')
    const bar = person.page.findAll('nav > *').map((e) => e.attributes('data-nav'))
    expect(bar.slice(0, 2)).toEqual(['back', 'home'])
  })

  it('changes no page when the language changes', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="B"]', '[data-key="1"]', 'button[lang="en"]']) await person.tap(t)
    expect(person.page.find('h1').text()).toBe('What is your number?')
    expect(person.page.find('[data-number]').text()).toContain('B1')
  })
})

describe('search', () => {
  it('asks while typing and shows only the last answer', async () => {
    const late: ((v: unknown) => void)[] = []
    at.kiosk['Find']!.mockImplementation(() => new Promise((done) => { late.push(done) }))
    const person = await mountKiosk()
    for (const t of ['[data-verb="search"]', '[data-key="S"]', '[data-key="B"]']) await person.tap(t)
    expect(at.kiosk['Find']!.mock.calls.map(([words]) => words)).toEqual(['S', 'SB'])
    late[1]!(sample.found([sample.item(5)]))
    late[0]!(sample.found([sample.item(1)]))
    await flushPromises()
    expect(person.see('[data-item="code-5"]')).toBe(true)
    expect(person.see('[data-item="code-1"]')).toBe(false)
  })

  it('has a next step when nothing is found', async () => {
    at.kiosk['Find']!.mockResolvedValue(sample.found([]))
    const person = await mountKiosk()
    for (const t of ['[data-verb="search"]', '[data-key="X"]']) await person.tap(t)
    expect(person.text()).toContain('没有找到这个事项')
    await person.tap('[data-key="⌫"]')
    expect(person.see('[data-item="code-1"]')).toBe(true)
  })

  it('answers a question, and leads to where the answer stands', async () => {
    at.kiosk['Find']!.mockResolvedValue(sample.found([], { state: 'given', item: sample.item(3), field: 'fee', fromFaq: true, lines: ['不收费。'] }))
    const person = await mountKiosk()
    for (const t of ['[data-verb="search"]', '[data-key="X"]']) await person.tap(t)
    expect(person.page.find('[data-quote="given"]').text()).toContain('不收费。')
    await person.tap('[data-quote="given"]')
    expect(at.kiosk['Guide']!.mock.calls).toEqual([['code-3']])
    await person.tap('[data-nav="back"]')
    expect((person.page.find('[data-search]').element as HTMLInputElement).value).toBe('X')
  })

  it('takes a question for the staff once, in whose words it was kept', async () => {
    at.kiosk['Find']!.mockResolvedValue(sample.found([], { state: 'none', phone: '0571-00000001' }))
    let done: (left: string) => void = () => undefined
    at.kiosk['LeaveQuestion']!.mockImplementation(() => new Promise((resolve) => { done = resolve }))
    const person = await mountKiosk()
    for (const t of ['[data-verb="search"]', '[data-key="X"]', '[data-leave]', '[data-send]', '[data-send]']) await person.tap(t)
    expect(at.kiosk['LeaveQuestion']!.mock.calls.map((c) => c.slice(1))).toEqual([['X', 'zh']])
    done('X ***')
    await flushPromises()
    expect(person.page.find('[data-left]').text()).toBe('X ***')
    expect(person.text()).toContain('0571-00000001')
  })

  it('says nothing of a question to whoever comes after', async () => {
    at.kiosk['Find']!.mockResolvedValue(sample.found([]))
    let fail: (why: unknown) => void = () => undefined
    at.kiosk['LeaveQuestion']!.mockImplementation(() => new Promise((_, reject) => { fail = reject }))
    const person = await mountKiosk()
    for (const t of ['[data-verb="search"]', '[data-key="X"]', '[data-leave]', '[data-send]', '[data-nav="back"]']) await person.tap(t)
    fail({ code: 701, key: 'disk_full', args: {} })
    await flushPromises()
    expect(person.see('[data-refusal="disk_full"]')).toBe(false)
  })

  it('keeps what was written when it cannot be saved', async () => {
    at.kiosk['Find']!.mockResolvedValue(sample.found([]))
    at.kiosk['LeaveQuestion']!.mockRejectedValue({ code: 701, key: 'disk_full', args: {} })
    const person = await mountKiosk()
    for (const t of ['[data-verb="search"]', '[data-key="X"]', '[data-leave]', '[data-send]']) await person.tap(t)
    expect(person.see('[data-refusal="disk_full"]')).toBe(true)
    expect((person.page.find('[data-words]').element as HTMLTextAreaElement).value).toBe('X')
  })

  it('narrows down, says to what, and keeps it on the way back', async () => {
    at.kiosk['FilterChoices']!.mockResolvedValue({ items: 7, areas: [], departments: [], lifeEvents: [{ value: '结婚', name: { zh: '结婚', en: '结婚' }, items: 5 }] })
    at.kiosk['Find']!.mockResolvedValue(sample.found([sample.item(2)]))
    const person = await mountKiosk()
    for (const t of ['[data-verb="search"]', '[data-filter]', '[data-kind="lifeEvent"]', '[data-pick="结婚"]', '[data-switch="online"]']) await person.tap(t)
    expect(person.page.find('[data-done]').text()).toBe('看 7 个事项')
    await person.tap('[data-done]')
    expect(at.kiosk['Find']!.mock.calls).toEqual([['', { audience: '', area: '', department: '', lifeEvent: '结婚', online: true, runOnce: false }]])
    expect(person.page.find('[data-filter]').text()).toBe('结婚、网上能办')
    for (const t of ['[data-item="code-2"]', '[data-nav="back"]', 'button[lang="en"]']) await person.tap(t)
    expect(person.page.find('[data-filter]').text()).toBe('Marriage, Can be done online')
    for (const t of ['[data-filter]', '[data-clear]', '[data-done]']) await person.tap(t)
    expect(person.see('[data-item="code-1"]')).toBe(true)
  })
})

describe('my progress', () => {
  it('finds a typed number and shows its applications', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', ...[...'C012'].map((k) => `[data-key="${k}"]`), '[data-look-up]']) await person.tap(t)
    expect(at.kiosk['Progress']).toHaveBeenCalledWith('C012')
    expect(person.screen()).toBe('found')
    expect(person.text()).toContain('已受理，请按时补交材料')
  })

  it('takes a scanned slip on any screen, whole and as text', async () => {
    const person = await mountKiosk()
    const code = 'OW1:ABC$%*+-./:DEFGHIJK 0123456789'
    await scan(code)
    expect(at.kiosk['Progress']).toHaveBeenCalledExactlyOnceWith(code)
    expect(person.screen()).toBe('found')
  })

  it('shows an application by the code of its document, with what to bring', async () => {
    at.kiosk['Progress']!.mockResolvedValue({ ...sample.progress, ticket: { ...sample.progress.ticket, number: '', state: '' } })
    const person = await mountKiosk()
    await scan('OWC:JN20261124-C07-0003')
    expect(person.screen()).toBe('found')
    expect(person.see('[data-number]')).toBe(false)
    expect(person.text()).toContain('社会保险登记表')
    expect(person.text()).toContain('最晚 2026-12-15')
    expect(person.see('[data-leave]')).toBe(false)
  })

  it('says what to do about an unknown number and a torn code', async () => {
    at.kiosk['Progress']!.mockResolvedValueOnce({ ...sample.progress, found: false }).mockImplementationOnce(no('code_torn', 302))
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="B"]', '[data-key="9"]', '[data-look-up]']) await person.tap(t)
    expect(person.page.find('[role="alert"]').text()).toContain('没有找到这个号')
    await scan('OW1:TORNTORNTORNTORNTORN')
    expect(person.page.find('[role="alert"]').text()).toContain('再扫一次')
    expect(person.page.find('[data-number]').text()).toContain('B9')
  })

  it('sends who wants a slip of another kiosk there', async () => {
    at.kiosk['Reprint']!.mockImplementation(no('ticket_unknown', 103))
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="C"]', '[data-key="1"]', '[data-look-up]', '[data-again]']) await person.tap(t)
    expect(person.text()).toContain('这个号不是本机取的')
    expect(person.page.find('[role="alert"]').text()).toBe('')
  })

  it('lets who missed the call wait again', async () => {
    at.kiosk['Progress']!.mockResolvedValue({ ...sample.progress, ticket: { ...sample.progress.ticket, state: 'no_show' } })
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="C"]', '[data-key="1"]', '[data-look-up]', '[data-come-back]']) await person.tap(t)
    expect(at.kiosk['ComeBack']).toHaveBeenCalledExactlyOnceWith(sample.progress.ticket.ticket)
    expect(person.see('[data-come-back]')).toBe(false)
    expect(person.see('[data-state="waiting"]')).toBe(true)
  })

  it('gives a ticket up for who has the slip, and asks once more', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="C"]', '[data-key="1"]', '[data-look-up]']) await person.tap(t)
    expect(person.see('[data-leave]')).toBe(false)
    await scan('OW1:ABC$%*+-./:DEFGHIJK 0123456789')
    await person.tap('[data-leave]')
    expect(at.kiosk['Cancel']).not.toHaveBeenCalled()
    await person.tap('[data-leave]')
    expect(at.kiosk['Cancel']).toHaveBeenCalledExactlyOnceWith('OW1:ABC$%*+-./:DEFGHIJK 0123456789')
    expect(person.text()).toContain('这张号已退')
  })

  it('calls who is called', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="C"]', '[data-key="1"]', '[data-look-up]']) await person.tap(t)
    at.kiosk['Progress']!.mockResolvedValue({ ...sample.progress, ticket: { ...sample.progress.ticket, state: 'called', window: 'C07' } })
    await at.changed()
    expect(person.page.find('.state.called').text()).toBe('请马上到 C07 窗口')
  })
})

describe('the terminal', () => {
  it('says so when its program does not answer, and recovers', async () => {
    const person = await mountKiosk()
    at.kiosk['Home']!.mockImplementationOnce(no('internal'))
    await at.changed()
    expect(person.see('[data-standing="lost"]')).toBe(true)
    await at.changed()
    expect(person.see('[data-standing="centre"]')).toBe(true)
  })

  it('shows at most six choices a screen', async () => {
    const person = await mountKiosk()
    await person.tap('[data-verb="guide"]')
    expect(person.page.findAll('[data-area]').length).toBe(6)
    await person.tap('[data-area="A"] .into')
    expect(person.page.findAll('[data-item]').length).toBe(6)
  })

  it('answers nobody with what the person before asked', async () => {
    let give: (answer: unknown) => void = () => undefined
    at.kiosk['Progress']!.mockImplementation(() => new Promise((done) => { give = done }))
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="B"]', '[data-key="1"]', '[data-look-up]', '[data-nav="home"]']) await person.tap(t)
    give(sample.progress)
    await flushPromises()
    expect(person.screen()).toBe('home')
  })
})
