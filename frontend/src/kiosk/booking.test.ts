import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { expectAccessible } from '../testing/axe'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, terminal, type FakeTerminal } from '../testing/terminal'

let at: FakeTerminal
beforeEach(() => { at = terminal() })

const type = (digits: string) => [...digits].map((d) => `[data-key="${d}"]`)
async function go(ways: string[]) {
  const person = await mountKiosk()
  for (const w of ways) await person.tap(w)
  return person
}
async function scan(text: string): Promise<void> {
  let ms = 1000
  for (const key of [...text, 'Enter']) {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    Object.defineProperty(event, 'timeStamp', { value: (ms += 8) })
    document.body.dispatchEvent(event)
  }
  await flushPromises()
}
const carried = { ...sample.progress, ticket: { ...sample.ticket, state: 'carried_over', pass: true } }
const toCheckIn = ['[data-verb="appointment"]', '[data-way="checkIn"]', ...type('1234'), '[data-look-up]']
const toBook = ['[data-verb="appointment"]', '[data-way="book"]', '[data-area="C"] .into', '[data-day="2026-11-25"]', '[data-time="09:15"]', ...type('13800001234'), '[data-book]']

describe('an appointment', () => {
  it('is made for the day, the time and the number that were chosen', async () => {
    const person = await go(toBook)
    expect(at.kiosk['BookingTimes']).toHaveBeenCalledWith('C', '2026-11-25')
    expect(at.kiosk['Book']).toHaveBeenCalledWith(expect.objectContaining({ letter: 'C', atMs: 2, phone: '13800001234', language: 'zh' }))
    expect(person.see('[data-booking="booked"]')).toBe(true)
    expect(person.text()).toContain('9:30')
  })

  it('offers one time of each hour: the first that is free', async () => {
    const person = await go(toBook.slice(0, 4))
    expect(person.page.findAll('[data-time]').map((b) => b.attributes('data-time'))).toEqual(['08:45', '09:15', '13:30'])
  })

  it('that is asked for again after a lost answer is the same', async () => {
    at.kiosk['Book']!.mockImplementationOnce(no('hub_unreachable', 801))
    const person = await go(toBook)
    expect(person.text()).toContain('连不上')
    await person.tap('[data-book]')
    const [first, second] = at.kiosk['Book']!.mock.calls.map(([r]) => (r as { request: string }).request)
    expect(first).toBe(second)
    expect(person.see('[data-booking="booked"]')).toBe(true)
  })

  it('takes no more than a phone number, and not less', async () => {
    const person = await go([...toBook.slice(0, 5), ...type('1380000123')])
    expect(person.page.find('[data-book]').attributes('disabled')).toBeDefined()
    for (const key of type('456')) await person.tap(key)
    expect(person.page.find('[data-number]').text()).toContain('138 0000 1234')
  })

  it('is given up only by who is sure, and only with its code', async () => {
    const person = await go([...toBook, '[data-give-up]'])
    expect(at.kiosk['CancelBooking']).not.toHaveBeenCalled()
    await person.tap('[data-give-up]')
    expect(at.kiosk['CancelBooking']).toHaveBeenCalledWith('OWA:0193-a1')
    expect(person.see('[data-booking="cancelled"]')).toBe(true)
    expect(person.see('[data-give-up]')).toBe(false)
    const other = await go(toCheckIn)
    expect(other.see('[data-give-up]')).toBe(false)
    expect(other.see('.keep img')).toBe(false)
  })
})

describe('an identity card', () => {
  const withReader = () => at.kiosk['Home']!.mockResolvedValue({ ...sample.home, place: { ...sample.home.place, reader: true } })

  it('is offered only where it can be read', async () => {
    expect((await go(toCheckIn.slice(0, 2))).see('[data-card]')).toBe(false)
    expect((await go(toBook.slice(0, 5))).see('[data-card]')).toBe(false)
  })

  it('has its button where everybody finds it', async () => {
    withReader()
    const person = await go(toCheckIn.slice(0, 2))
    expect(person.see('[data-card]')).toBe(true)
    await expectAccessible(document.body)
  })

  it('checks in without a digit', async () => {
    withReader()
    const person = await go([...toCheckIn.slice(0, 2), '[data-card]', '[data-check-in]'])
    expect(at.kiosk['CardBookings']).toHaveBeenCalledOnce()
    expect(at.kiosk['Bookings']).not.toHaveBeenCalled()
    expect(person.see('main[data-screen="ticket"]')).toBe(true)
  })

  it('says where to lay it while the reader waits, and what to do where it is not read', async () => {
    withReader()
    let refuse: (e: unknown) => void = () => undefined
    at.kiosk['CardBookings']!.mockImplementationOnce(() => new Promise((_, reject) => { refuse = reject }))
    const person = await go([...toCheckIn.slice(0, 2), '[data-card]'])
    expect(person.page.find('[data-number]').text()).toContain('请把身份证放在读卡区')
    await no('reader_failed', 603)().catch((e: unknown) => refuse(e))
    await flushPromises()
    expect(person.see('[data-refusal="reader_failed"]')).toBe(true)
    expect(person.page.find('[data-number]').text()).toContain('例如')
  })

  it('makes an appointment that it checks in to', async () => {
    withReader()
    const person = await go([...toBook.slice(0, 5), '[data-card]'])
    expect(at.kiosk['BookByCard']).toHaveBeenCalledWith(expect.objectContaining({ letter: 'C', atMs: 2, phone: '' }))
    expect(at.kiosk['Book']).not.toHaveBeenCalled()
    expect(person.text()).toContain('放上身份证签到')
  })
})

describe('the check-in', () => {
  it('by the last digits gives the number', async () => {
    const person = await go([...toCheckIn, '[data-check-in]'])
    expect(at.kiosk['CheckIn']).toHaveBeenCalledWith(expect.any(String), 'OWA:0193-a1', 'zh')
    expect(person.see('main[data-screen="ticket"]')).toBe(true)
    expect(person.text()).toContain('预约')
  })

  it('asks which one where several end in the same digits', async () => {
    at.kiosk['Bookings']!.mockResolvedValue([{ ...sample.booking, state: 'open' }, { ...sample.booking, code: 'OWA:2', at: '14:00', state: 'booked' }])
    const person = await go([...toCheckIn, '[data-booking="OWA:2"]'])
    expect(person.see('[data-booking="booked"]')).toBe(true)
    expect(person.see('[data-check-in]')).toBe(false)
  })

  it('says what to do where there is none', async () => {
    at.kiosk['Bookings']!.mockResolvedValue([])
    const person = await go(toCheckIn)
    expect(person.see('[data-refusal="booking_unknown"]')).toBe(true)
    expect(person.see('main[data-screen="digits"]')).toBe(true)
  })

  it('of a return pass is by its slip', async () => {
    at.kiosk['Progress']!.mockResolvedValue(carried)
    const person = await mountKiosk()
    await scan('OW1:SLIPSLIPSLIPSLIPSLIP')
    await person.tap('[data-pass]')
    expect(at.kiosk['CheckIn']).toHaveBeenCalledWith(expect.any(String), 'OW1:SLIPSLIPSLIPSLIPSLIP', 'zh')
  })

  it('of a return pass is not by its number alone', async () => {
    at.kiosk['Progress']!.mockResolvedValue(carried)
    const person = await go(['[data-verb="progress"]', ...type('012'), '[data-look-up]'])
    expect(person.see('main[data-screen="found"]')).toBe(true)
    expect(person.see('[data-pass]')).toBe(false)
  })
})

describe('a ticket that may come too late for today', () => {
  beforeEach(() => {
    const late = { late: true, elsewhere: [{ zh: '江北大厅', en: 'North Hall' }] }
    at.kiosk['Home']!.mockResolvedValue({ ...sample.home, areas: sample.home.areas.map((a) => (a.letter === 'C' ? { ...a, ...late } : a)) })
  })

  it('is given to who wants it all the same', async () => {
    const person = await go(['[data-verb="ticket"]', '[data-take="C"]'])
    expect(at.kiosk['Issue']).not.toHaveBeenCalled()
    expect(person.see('main[data-screen="late"]')).toBe(true)
    expect(person.text()).toContain('江北大厅也能办')
    await expectAccessible(document.body)
    await person.tap('[data-late="take"]')
    expect(at.kiosk['Issue']).toHaveBeenCalledWith(expect.objectContaining({ letter: 'C' }))
    expect(person.see('main[data-screen="ticket"]')).toBe(true)
  })

  it('can be an appointment instead', async () => {
    const person = await go(['[data-verb="ticket"]', '[data-take="C"]', '[data-late="book"]'])
    expect(at.kiosk['BookingDays']).toHaveBeenCalledWith('C')
    expect(person.see('main[data-screen="bookDay"]')).toBe(true)
  })

  it('costs nobody else a tap', async () => {
    const person = await go(['[data-verb="ticket"]', '[data-take="B"]'])
    expect(person.see('main[data-screen="ticket"]')).toBe(true)
  })
})
