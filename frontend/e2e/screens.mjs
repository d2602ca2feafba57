// Every screen of the kiosk and how a person gets there, for whoever looks at them
// all: pictures, measurements, and a run by keys alone. A walk presses what a person
// presses; with what hand is the caller's choice.
import { markListeners } from './measure.mjs'

/** Screens as they stand in halls, and the low edge of each above the floor. */
export const profiles = {
  'portrait-32': { width: 1080, height: 1920, pxPerMm: 2.7, screenLowMm: 700, distanceMm: 600 },
  'portrait-27': { width: 1080, height: 1920, pxPerMm: 3.21, screenLowMm: 800, distanceMm: 600 },
  'landscape-21': { width: 1920, height: 1080, pxPerMm: 4.03, screenLowMm: 900, distanceMm: 600 },
}

/** What somebody chose among the comfort settings. */
export const modes = { normal: [], big: ['big'], contrast: ['contrast'], low: ['low'], 'big-low': ['big', 'low'] }

/** The last hour before a long holiday, and a year whose holidays nobody knows yet. */
const day = (date, kind, holiday, periods = []) => ({ date, kind, holiday, periods })
const closing = { state: 'open', today: day('2026-02-14', 'make_up', '春节'), until: '17:00', again: '', nextDate: '2026-02-24', nextAt: '08:30', unknownFrom: '', closedFrom: '2026-02-15', closedTo: '2026-02-23', holidays: ['春节'] }
const lastDay = {
  opening: closing, days: ['15', '16', '17', '18', '19', '20', '21'].map((d) => day(`2026-02-${d}`, 'holiday', '春节')),
  holidays: [{ names: ['春节'], from: '2026-02-15', to: '2026-02-23', makeUps: ['2026-02-14', '2026-02-28'] }, { names: ['清明节'], from: '2026-04-04', to: '2026-04-06', makeUps: [] }, { names: ['劳动节'], from: '2026-05-01', to: '2026-05-05', makeUps: ['2026-05-09'] },
    { names: ['端午节'], from: '2026-06-19', to: '2026-06-21', makeUps: [] }, { names: ['中秋节'], from: '2026-09-25', to: '2026-09-27', makeUps: [] }, { names: ['国庆节'], from: '2026-10-01', to: '2026-10-07', makeUps: ['2026-09-20', '2026-10-10'] }],
}
const unknown = { ...closing, state: 'not_known', today: day('2027-03-02', 'unknown', ''), until: '', nextDate: '', nextAt: '', unknownFrom: '2027-03-02', closedFrom: '', closedTo: '', holidays: [] }
const yearUnknown = { opening: unknown, days: ['03', '04', '05', '06', '07', '08', '09'].map((d) => day(`2027-03-${d}`, 'unknown', '')), others: [], unknownYear: 2027 }

/** A code under a scanner that plays keyboard: all its keys at once, whatever else the machine does. */
const scan = (page, text) => page.evaluate((keys) => {
  for (const key of keys) (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
}, [...text, 'Enter'])

/** A hand that taps. */
export const finger = (page) => ({ press: (selector) => page.click(selector), type: (text) => page.fill('[data-search]', text) })

/**
 * Opens a kiosk page of a profile. The fake terminal answers with `over`; what
 * it is asked to be at the moment is merged with the profile's place. With `long`
 * every item and area has the longest name of the catalogue.
 */
export async function openKiosk(browser, base, profile, { faults, clock = false, long = false } = {}) {
  const { width, height, ...place } = profiles[profile]
  const context = await browser.newContext({ viewport: { width, height }, bypassCSP: true })
  const page = await context.newPage()
  await markListeners(page)
  page.setDefaultTimeout(60_000)
  if (faults) {
    // A refusal is an answer with status 409, which a browser reports as a failure.
    page.on('console', (m) => { if (m.type() === 'error' && !m.text().includes('409')) faults.push(`console: ${m.text()}`) })
    page.on('pageerror', (e) => faults.push(e.message))
  }
  const asked = new Set()
  page.on('request', (r) => { if (r.url().includes('/rpc/')) asked.add(r) })
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => asked.delete(r))
  /** Waits until the page has every answer it asked for, and shows it. */
  const still = async () => {
    do await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    while (asked.size > 0)
  }
  const fake = (over = {}) => page.request.post(`${base}/fake`, { data: { ...over, place, long } })
  await fake()
  if (clock) await page.clock.install()
  await page.goto(base)
  await page.locator('.hall span').waitFor()
  return { page, fake, still, close: () => context.close() }
}

/** Brings the page into a language and a mode, the way a person does it; after each wipe again. */
export async function settle({ page }, hand, language, mode) {
  if (language === 'en') {
    await hand.press('button[lang="en"]')
    await page.locator('html[lang="en"]').waitFor({ state: 'attached' })
  }
  const wanted = []
  for (const name of modes[mode]) if (name !== 'low' || (await lowHelps(page))) wanted.push(name)
  if (wanted.length === 0) return
  await hand.press('[data-comfort]')
  await page.locator('main[data-screen="comfort"]').waitFor()
  for (const name of wanted) await hand.press(`[data-switch="${name}"]`)
  await hand.press('[data-done]')
  await page.locator('main[data-screen="home"]').waitFor()
}

/** A lying screen at this height needs no low mode and offers none. */
const lowHelps = (page) => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--reach')) < innerHeight)

/**
 * Walks through every screen and calls `seen` with the name of each, once the page is still. The walk
 * begins and ends at home.
 */
export async function walk(kiosk, hand, language, mode, seen) {
  const { page, fake, still } = kiosk
  const look = async (name) => { await still(); await seen(name) }
  const screen = (name) => page.locator(`main[data-screen="${name}"]`).waitFor()
  const verb = async (name, to) => { await hand.press(`[data-verb="${name}"]`); await screen(to) }
  const home = async () => { await hand.press('[data-nav="home"]'); await screen('home') }
  const search = async (text) => {
    const found = page.waitForResponse((r) => r.url().endsWith('Kiosk.Find') && r.request().postDataJSON()[0] === text)
    await hand.type(text)
    await found
  }
  const items = () => page.locator('[data-item]').first().waitFor()

  await settle(kiosk, hand, language, mode)
  await look('home')
  await fake({ standing: { line: 'alone', printer: 'paper_out' } })
  await page.locator('[data-standing="paperOut"]').waitFor()
  await look('home-alone')
  await fake()
  await page.locator('[data-standing="centre"]').waitFor({ state: 'attached' })
  await hand.press('[data-comfort]')
  await screen('comfort')
  await look('comfort')
  await hand.press('[data-done]')

  await hand.press('[data-help]')
  await page.locator('[data-help-state="sending"]').waitFor()
  await look('help-sending')
  await fake({ help: { state: 'coming', atMs: 1, window: 'A01' } })
  await page.locator('[data-help-state="coming"]').waitFor()

  await verb('ticket', 'areas')
  await look('areas-help-coming')
  await fake({ help: { state: 'unreached', atMs: 1, window: '' }, standing: { line: 'alone' } })
  await page.locator('[data-help-state="unreached"]').waitFor()
  await look('areas-help-unreached')
  await fake()
  await page.locator('[data-help-state]').waitFor({ state: 'detached' })
  await look('areas')
  await hand.press('[data-nav="next"]')
  await hand.press('[data-priority]')
  await look('areas-2')
  await hand.press('[data-nav="previous"]')
  while (!(await page.locator('[data-area="C"]').count())) await hand.press('[data-nav="next"]')
  await hand.press('[data-area="C"] .into')
  await screen('items')
  await items()
  await look('items')
  await fake({ refuse: { 'Kiosk.Issue': { code: 701, key: 'disk_full', args: {} } } })
  await hand.press('[data-take="C"]')
  await page.locator('[data-refusal="disk_full"]').waitFor()
  await look('items-refused')
  await fake()
  await home()

  await verb('guide', 'areas')
  await look('areas-guide')
  await home()
  const guideOf = async (query) => {
    await verb('search', 'search')
    await search(query)
    await page.locator('.say', { hasText: /\d/ }).waitFor()
    await items()
    await hand.press('[data-item]')
    await screen('guide')
    await page.locator('[data-tab="materials"]').waitFor()
  }
  await guideOf('企业开办一窗服务')
  await look('guide-longest')
  await home()
  await fake({ ownWords: true })
  await guideOf('不动产继承')
  await hand.press('[data-check]')
  await screen('question')
  await look('question-own-words')
  await hand.press('[data-answer="no"]')
  await hand.press('[data-answer="unsure"]')
  await screen('checklist')
  await page.locator('[data-material]').first().waitFor()
  await look('checklist-longest')
  await home()
  await fake()
  await guideOf('存量房')
  for (const tab of ['materials', 'place', 'steps', 'faq']) {
    await hand.press(`[data-tab="${tab}"]`)
    await look(`guide-${tab}`)
  }
  await hand.press('[data-check]')
  await screen('question')
  await look('question')
  await hand.press('[data-answer="yes"]')
  await screen('checklist')
  await page.locator('[data-material]').first().waitFor()
  await look('checklist')
  await hand.press('[data-material="2"]')
  await page.locator('[data-verdict="missing"]').waitFor()
  await look('checklist-missing')
  await hand.press('[data-keep]')
  await screen('keep')
  await page.locator('.code').waitFor()
  await look('keep')
  await hand.press('[data-print]')
  await page.locator('[data-paper="printed"]').waitFor()
  await look('keep-printed')
  await hand.press('[data-nav="back"]')
  await screen('checklist')
  for (const no of [1, 3, 4, 7]) await hand.press(`[data-material="${no}"]`)
  await page.locator('[data-verdict="whole"]').waitFor()
  await look('checklist-whole')
  await hand.press('[data-nav="back"]')
  await screen('question')
  await hand.press('[data-nav="back"]')
  await screen('guide')
  await hand.press('main [data-take]')
  await page.locator('[data-ticket]').waitFor()
  await look('ticket')
  await hand.press('[data-nav="back"]')
  await screen('guide')
  await look('guide-had')
  await home()
  await fake({ ticket: { paper: 'paper_out', saved: 'here', number: 'B2-017', ownSeries: true, class: 'priority' }, standing: { line: 'alone', printer: 'paper_out' } })
  await verb('ticket', 'areas')
  while (!(await page.locator('[data-take="B"]').count())) await hand.press('[data-nav="next"]')
  await hand.press('[data-take="B"]')
  await page.locator('[data-ticket]').waitFor()
  await page.locator('[data-standing="paperOut"]').waitFor()
  await look('ticket-no-paper')
  await fake()
  await hand.press('[data-done]')
  await screen('home')
  await settle(kiosk, hand, language, mode)

  await verb('search', 'search')
  await items()
  await look('search')
  for (const key of 'SBK') await hand.press(`[data-key="${key}"]`)
  if (language === 'zh') await page.locator('[data-guess="社保卡"]').waitFor()
  await page.locator('.say', { hasText: /\d/ }).waitFor()
  await look('search-pinyin')
  if (language === 'zh') {
    await hand.press('[data-guess="社保卡"]')
    for (const key of 'SB') await hand.press(`[data-key="${key}"]`)
    await page.locator('[data-guess="上班"]').waitFor()
    await hand.press('[data-further]')
    await page.locator('[data-guess="上班"]').waitFor({ state: 'detached' })
    await look('search-guesses')
    await hand.press('[data-key="12"]')
    await look('search-digits')
    await hand.press('[data-key="AB"]')
  }
  await search('公众聚集场所')
  await look('search-long')
  await search('护照首次申领要多少钱？')
  await page.locator('[data-quote="given"]').waitFor()
  await look('search-answer')
  await search('二手房过户要带什么？')
  await page.locator('[data-quote="given"]').waitFor()
  await look('search-answer-long')
  await hand.press('[data-quote="given"]')
  await screen('guide')
  await hand.press('[data-nav="back"]')
  await screen('search')
  await search('火星移民要带什么？')
  await page.locator('[data-quote="none"]').waitFor()
  await look('search-no-answer')
  await search('不存在的事 330106199001011237')
  await page.locator('.empty').waitFor()
  await look('search-none')
  await hand.press('[data-leave]')
  await screen('leave')
  await look('leave')
  for (const key of 'WO') await hand.press(`[data-key="${key}"]`)
  if (language === 'zh') await page.locator('[data-guess="我"]').waitFor()
  await look('leave-typed')
  await hand.press('[data-send]')
  await page.locator('[data-left]', { hasText: '***' }).waitFor()
  await look('leave-left')
  await hand.press('[data-done]')
  await screen('home')
  await verb('search', 'search')
  await items()
  await hand.press('[data-filter]')
  await screen('filter')
  await look('filter')
  await hand.press('[data-kind="lifeEvent"]')
  await screen('pick')
  await page.locator('[data-pick="证件办理"]').waitFor()
  await look('filter-events')
  await hand.press('[data-pick="证件办理"]')
  await screen('filter')
  await hand.press('[data-kind="department"]')
  await screen('pick')
  await page.locator('[data-pick="区公安分局"]').waitFor()
  await look('filter-departments')
  await hand.press('[data-pick="区公安分局"]')
  await screen('filter')
  await hand.press('[data-switch="online"]')
  await look('filter-chosen')
  await hand.press('[data-done]')
  await screen('search')
  await items()
  await look('search-narrowed')
  await search('不存在的事')
  await page.locator('.empty').waitFor()
  await look('search-narrowed-none')
  await home()

  await walkReading(kiosk, hand, language, mode, look)
  await verb('reading', 'reading')
  await page.locator('[data-read="hall"]').waitFor()
  await hand.press('[data-read="hall"]')
  await screen('hall')
  await page.locator('[data-state="open"]').waitFor()
  await look('hall')
  await hand.press('[data-open-floor="2"]')
  await look('hall-floor')
  await hand.press('[data-area="G"]')
  await screen('items')
  await hand.press('[data-nav="back"]')
  await screen('hall')
  await hand.press('[data-tab="times"]')
  await look('hall-times')
  await hand.press('[data-tab="phones"]')
  await look('hall-phones')
  await fake({ hall: lastDay })
  await page.locator('[data-next]', { hasText: lastDay.opening.nextAt.slice(1) }).waitFor()
  await hand.press('[data-tab="times"]')
  await look('hall-holiday')
  await fake({ hall: yearUnknown })
  await page.locator('[data-state="not_known"]').waitFor()
  await look('hall-unknown')
  await fake()
  await home()

  await verb('progress', 'progress')
  await look('progress')
  for (const key of 'B012') await hand.press(`[data-key="${key}"]`)
  await look('progress-typed')
  await fake({ progress: true, ticket: { saved: 'centre' } })
  await hand.press('[data-look-up]')
  await screen('found')
  await look('found')
  await fake({ ticket: { state: 'called', window: 'B07' } })
  await page.locator('[data-state="called"]').waitFor()
  await look('found-called')
  await fake({ progress: true, ticket: { state: 'no_show' } })
  await page.locator('[data-come-back]').waitFor()
  await look('found-missed')
  await fake()
  await hand.press('[data-nav="home"]')
  await screen('home')
  await scan(page, 'OWC:JN20261124-C07-0003')
  await page.locator('main[data-screen="found"] .bring').waitFor()
  await look('found-document')
  await hand.press('[data-nav="home"]')
  await screen('home')
  await verb('progress', 'progress')
  for (const key of 'B012') await hand.press(`[data-key="${key}"]`)
  await hand.press('[data-look-up]')
  await screen('found')
  await hand.press('[data-nav="back"]')
  await page.locator('[data-number]', { hasText: 'B012' }).waitFor()
  for (let i = 0; i < 4; i++) await hand.press('[data-key="⌫"]')
  for (const key of '99') await hand.press(`[data-key="${key}"]`)
  await fake()
  await hand.press('[data-look-up]')
  await page.locator('[data-refusal="ticket_unknown"]').waitFor()
  await look('progress-unknown')
  await home()
  await walkBooking(kiosk, hand, look)
}

/** The part of the walk with appointments: one is made, given up, and another one checks in. */
export async function walkBooking(kiosk, hand, look) {
  const { page, fake } = kiosk
  const screen = (name) => page.locator(`main[data-screen="${name}"]`).waitFor()
  const verb = async (name, to) => { await hand.press(`[data-verb="${name}"]`); await screen(to) }
  const home = async () => { await hand.press('[data-nav="home"]'); await screen('home') }
  await verb('appointment', 'appointment')
  await look('appointment')
  await hand.press('[data-way="book"]')
  await screen('areas')
  while (!(await page.locator('[data-area="C"]').count())) await hand.press('[data-nav="next"]')
  await look('book-areas')
  await hand.press('[data-area="C"] .into')
  await screen('bookDay')
  await page.locator('[data-day]').first().waitFor()
  await look('book-day')
  await hand.press('[data-day="2026-11-25"]')
  await screen('bookTime')
  await page.locator('[data-time]').first().waitFor()
  await look('book-time')
  await hand.press('[data-time="09:15"]')
  await screen('bookPhone')
  await look('book-phone-empty')
  for (const key of '13800001234') await hand.press(`[data-key="${key}"]`)
  await look('book-phone')
  await hand.press('[data-book]')
  await page.locator('[data-booking="booked"]').waitFor()
  await look('booking-made')
  await hand.press('[data-give-up]')
  await hand.press('[data-give-up]')
  await page.locator('[data-booking="cancelled"]').waitFor()
  await look('booking-given-up')
  await home()
  await verb('appointment', 'appointment')
  await hand.press('[data-way="checkIn"]')
  await screen('digits')
  for (const key of '99⌫⌫5678') await hand.press(`[data-key="${key}"]`)
  await hand.press('[data-look-up]')
  await page.locator('[data-refusal="booking_unknown"]').waitFor()
  await look('digits-unknown')
  for (let i = 0; i < 4; i++) await hand.press('[data-key="⌫"]')
  for (const key of '1234') await hand.press(`[data-key="${key}"]`)
  await look('digits')
  await hand.press('[data-look-up]')
  await screen('bookings')
  await look('bookings')
  await hand.press('[data-booking^="OWA:0193"]')
  await page.locator('[data-booking="open"]').waitFor()
  await look('booking-open')
  await hand.press('[data-check-in]')
  await screen('ticket')
  await look('booking-ticket')
  await home()
  await scan(page, 'OWA:0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b')
  await page.locator('[data-booking="booked"]').waitFor()
  await look('booking-scanned')
  await home()
  await fake({ late: true, paused: 'B' })
  await verb('ticket', 'areas')
  await page.locator('.late').first().waitFor()
  await look('areas-late')
  while (!(await page.locator('[data-take="C"]').count())) await hand.press('[data-nav="next"]')
  await hand.press('[data-take="C"]')
  await screen('late')
  await look('late')
  await hand.press('[data-late="take"]')
  await screen('ticket')
  await home()
  await fake({ ticket: { state: 'carried_over', pass: true } })
  await scan(page, 'OW1:0123456789ABCDEFGHIJ')
  await page.locator('[data-pass]').waitFor()
  await look('found-pass')
  await fake()
  await home()
}

/** The part of the walk that reads: policies, notices, the disclosure guide and a survey. */
export async function walkReading(kiosk, hand, language, mode, look) {
  const { page } = kiosk
  const screen = (name) => page.locator(`main[data-screen="${name}"]`).waitFor()
  const verb = async (name, to) => { await hand.press(`[data-verb="${name}"]`); await screen(to) }
  const home = async () => { await hand.press('[data-nav="home"]'); await screen('home') }
  const back = async (to) => { await hand.press('[data-nav="back"]'); await screen(to) }
  /** A list may have several pages, and be on the one that was left. */
  const find = async (id) => {
    await page.locator('[data-read]').first().waitFor()
    const there = () => page.locator(`[data-read="${id}"]`).count()
    while (!(await there()) && (await page.locator('[data-nav="previous"]:enabled').count())) await hand.press('[data-nav="previous"]')
    while (!(await there())) await hand.press('[data-nav="next"]')
  }
  const read = async (id, to) => { await find(id); await hand.press(`[data-read="${id}"]`); await screen(to) }
  await verb('reading', 'reading')
  await page.locator('[data-read]').first().waitFor()
  await look('reading')
  await find('people')
  await read('people', 'readings')
  await page.locator('[data-read]').first().waitFor()
  await look('reading-policies')
  await find('graduates-2026')
  await read('graduates-2026', 'policy')
  for (const tab of ['points', 'interpretation', 'items']) {
    await page.locator('[data-tab="items"]').waitFor()
    await hand.press(`[data-tab="${tab}"]`)
    await look(`policy-${tab}`)
  }
  await hand.press('[data-item]')
  await screen('guide')
  await back('policy')
  await back('readings')
  await back('reading')
  await find('notices')
  await read('notices', 'readings')
  await find('elder-lane')
  await look('reading-notices')
  await read('elder-lane', 'text')
  await page.locator('.text p').first().waitFor()
  await look('notice')
  await back('readings')
  await back('reading')
  await find('sections')
  await read('sections', 'readings')
  await find('time')
  await look('reading-sections')
  await read('time', 'text')
  await page.locator('[data-next]').waitFor()
  await look('section')
  await hand.press('[data-next]')
  await page.locator('.text p').nth(7).waitFor()
  await look('section-next')
  await home()
  await verb('reading', 'reading')
  await find('surveys')
  await read('surveys', 'readings')
  await find('hall-service-2026')
  await look('reading-surveys')
  await read('hall-service-2026', 'survey')
  await look('survey-scale')
  await hand.press('[data-answer="4"]')
  await look('survey-scale-chosen')
  await hand.press('[data-next]')
  await hand.press('[data-answer="1"]')
  await look('survey-one')
  await hand.press('[data-next]')
  await hand.press('[data-answer="0"]')
  await hand.press('[data-answer="3"]')
  await look('survey-several')
  await hand.press('[data-next]')
  await look('survey-last')
  await hand.press('[data-send]')
  await screen('thanks')
  await look('thanks')
  await hand.press('[data-done]')
  await screen('home')
}
