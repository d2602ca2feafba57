import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { vi, type Mock } from 'vitest'
import { nextTick, type Component } from 'vue'
import { createWords, type Language } from '../i18n'
import KioskApp from '../kiosk/KioskApp.vue'
import type { TicketRequest } from '../types/kiosk'
import * as sample from './fixtures'

export type Methods = Record<string, Mock>

/** A terminal behind the window's own way in: what a page calls, and how it is told of changes. */
export interface FakeTerminal {
  kiosk: Methods
  /** Tells the page that the terminal's state changed. */
  changed(): Promise<void>
}

let watchers: (() => void)[] = []

/** Puts a terminal into the window, as Wails does; the answers can be replaced one by one. */
export function terminal(): FakeTerminal {
  watchers = []
  const answer = (value: unknown): Mock => vi.fn(() => Promise.resolve(structuredClone(value)))
  const kiosk: Methods = {
    Home: answer(sample.home),
    AtHome: answer(null),
    Hall: answer(sample.hallPage),
    Items: answer(sample.items),
    Guide: answer(sample.guide),
    Checklist: answer(sample.checklist),
    ChecklistCode: answer('data:image/png;base64,iVBORw0KGgo='),
    ChecklistPaper: answer('printed'),
    Find: answer(sample.found(sample.items.slice(0, 2))),
    Choices: answer([]),
    FilterChoices: answer(sample.filterChoices),
    Reading: answer(sample.reading),
    Policies: answer(sample.policies),
    Policy: answer(sample.policy),
    Announcement: answer(sample.announcement),
    Disclosure: answer(sample.section),
    Survey: answer(sample.survey),
    AnswerSurvey: answer(null),
    LeaveQuestion: answer('怎么办？'),
    Issue: vi.fn((r: TicketRequest) => Promise.resolve({ ...sample.ticket, number: `${r.letter}012`, area: sample.area(r.letter), class: r.class })),
    Progress: answer(sample.progress),
    Rate: answer({ remark: '', due: '2026-12-01', saved: 'here' }),
    Reprint: answer(sample.ticket),
    ComeBack: answer(sample.ticket),
    BookingDays: answer(sample.bookingDays),
    BookingTimes: answer(sample.bookingTimes),
    Book: answer({ ...sample.booking, paper: 'printed' }),
    Bookings: answer([{ ...sample.booking, state: 'open' }]),
    CardBookings: answer([{ ...sample.booking, state: 'open' }]),
    BookByCard: answer({ ...sample.booking, phone: '', card: true, paper: 'printed' }),
    CheckIn: answer({ ...sample.ticket, class: 'appointment' }),
    CancelBooking: answer({ ...sample.booking, state: 'cancelled' }),
    Cancel: answer({ ...sample.ticket, state: 'cancelled' }),
    Say: answer(null),
    Hush: answer(null),
    Help: answer({ state: 'sending', atMs: 0, window: '' }),
  }
  window.go = { screen: { Kiosk: kiosk as never, Terminal: { Place: answer(sample.home.place) as never } } }
  window.runtime = {
    EventsOn: (_, fn) => {
      watchers.push(fn)
      return () => { watchers = watchers.filter((w) => w !== fn) }
    },
  }
  return {
    kiosk,
    async changed() {
      watchers.forEach((w) => w())
      const rest = 110 // a page that has just asked rests first
      await (vi.isFakeTimers() ? vi.advanceTimersByTimeAsync(rest) : new Promise((done) => setTimeout(done, rest)))
      await flushPromises()
    },
  }
}

export const no = (key: string, code = 0) => () => Promise.reject({ code, key, args: {} })

/** A part by itself, with the words of a language. */
export function mountPart(part: Component, props: Record<string, unknown>, language: Language = 'zh', slots: Record<string, string> = {}): VueWrapper {
  return mount(part, { props, slots, global: { plugins: [createWords(language)] }, attachTo: document.body })
}

/** Holds a code under the scanner, which types it and Enter faster than anybody could. */
export async function scan(text: string): Promise<void> {
  let at = 1000
  for (const key of [...text, 'Enter']) {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    Object.defineProperty(event, 'timeStamp', { value: at += 8 })
    document.body.dispatchEvent(event)
  }
  await flushPromises()
}

export interface Person {
  page: VueWrapper
  taps: number
  tap(selector: string): Promise<void>
  see(selector: string): boolean
  text(): string
  screen(): string
}

/** The kiosk, and somebody in front of it who can only tap and read. */
export async function mountKiosk(language: Language = 'zh'): Promise<Person> {
  const words = createWords(language)
  const page = mount(KioskApp, { global: { plugins: [words] }, attachTo: document.body })
  await flushPromises()
  const person: Person = {
    page,
    taps: 0,
    async tap(selector) {
      const target = page.find(selector)
      if (!target.exists()) throw new Error(`nothing to tap at ${selector} on ${person.screen()}`)
      person.taps++
      await target.trigger('pointerdown')
      await target.trigger('click')
      await flushPromises()
      await nextTick()
    },
    see: (selector) => page.find(selector).exists(),
    text: () => page.text(),
    screen: () => page.find('main').attributes('data-screen') ?? '',
  }
  return person
}
