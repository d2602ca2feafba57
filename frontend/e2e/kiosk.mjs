// Plays the kiosk of a real terminal the way people do: a ticket in at most three
// taps, a guide found by pinyin, what to bring checked before the ticket, the progress of
// the ticket, all of it in both languages; then once more by keyboard alone. Exit 1 when a step fails, with the
// step's name and what the screen said.
//
//   BASE=http://127.0.0.1:7801 [SHOTS=dir] [AREA=B] [PX=2.7] node e2e/kiosk.mjs
//
// SHOTS keeps kiosk-home.png, kiosk-areas.png, kiosk-guide.png, kiosk-search.png, kiosk-question.png,
// kiosk-checklist.png, kiosk-keep.png, kiosk-ticket.png and kiosk-progress.png, and the same with -en, there. The last
// lines name the tickets that were given: "ticket zh B012".
import { launch } from './browser.mjs'
import { measure } from './measure.mjs'

const { BASE, SHOTS } = process.env
const area = process.env.AREA ?? 'B'
const profile = { pxPerMm: Number(process.env.PX ?? 2.7), screenLowMm: 700, distanceMm: 600 }
if (!BASE) {
  console.error('kiosk.mjs: BASE must be set to the address of a kiosk, for example http://127.0.0.1:7801')
  process.exit(1)
}

const browser = await launch()
const page = await browser.newPage({ viewport: { width: 1080, height: 1920 } })
page.setDefaultTimeout(10_000)
const faults = []
page.on('pageerror', (e) => faults.push(e.message))
page.on('console', (m) => { if (m.type() === 'error') faults.push(m.text()) })

let taps = 0
const tap = async (selector) => {
  await page.click(selector)
  taps++
}
const screen = (name) => page.locator(`main[data-screen="${name}"]`).waitFor()
const language = async (name) => {
  await page.click(`.languages button[lang="${name === 'en' ? 'en' : 'zh-CN'}"]`)
  await page.locator(`html[lang="${name === 'en' ? 'en' : 'zh-CN'}"]`).waitFor({ state: 'attached' })
}
/** Keeps a picture and holds the screen to the sizes that people need. */
const look = async (name, lang) => {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/kiosk-${name}${lang === 'en' ? '-en' : ''}.png` })
  const found = await measure(page, profile)
  if (found.length > 0) throw new Error(`${name}: ${found.join('; ')}`)
}
const check = (truth, sentence) => { if (!truth) throw new Error(sentence) }

async function step(name, work) {
  try {
    await work()
  } catch (fault) {
    const said = await page.locator('[data-alert]').allTextContents().catch(() => [])
    throw new Error(`${name}: ${fault.message.split('\n')[0]}${said.join('') ? ` (screen says: ${said.join(' ')})` : ''}`)
  }
}

async function visit(lang) {
  const numbers = {}
  await step(`${lang}: home`, async () => {
    await screen('home')
    await language(lang)
    await page.locator('.hall span').waitFor()
    await look('home', lang)
  })

  await step(`${lang}: a ticket in at most three taps`, async () => {
    taps = 0
    await tap('[data-verb="ticket"]')
    await screen('areas')
    await look('areas', lang)
    if (!(await page.locator(`[data-take="${area}"]`).count())) await tap('[data-nav="next"]')
    await tap(`[data-take="${area}"]`)
    await screen('ticket')
    check(taps <= 3, `${taps} taps to the ticket`)
    numbers.ticket = await page.locator('[data-ticket]').getAttribute('data-ticket')
    check(new RegExp(`^${area}(\\d|\\d?-)\\d+$`).test(numbers.ticket), `${numbers.ticket} is no number of area ${area}`)
    check(await page.locator('img.code').evaluate((img) => img.complete && img.naturalWidth > 100), 'the code is no picture')
    await look('ticket', lang)
  })

  await step(`${lang}: back keeps the ticket, home forgets it`, async () => {
    await page.click('[data-nav="back"]')
    await screen('areas')
    await page.click(`[data-take="${area}"]`)
    await screen('ticket')
    const again = await page.locator('[data-ticket]').getAttribute('data-ticket')
    check(again === numbers.ticket, `a second tap gave ${again} after ${numbers.ticket}`)
    await page.click('[data-done]')
    await screen('home')
    await language(lang)
  })

  await step(`${lang}: a guide by its pinyin initials`, async () => {
    await page.click('[data-verb="search"]')
    for (const key of 'SBK') await page.click(`[data-key="${key}"]`)
    await page.locator('[data-item]', { hasText: /社会保障卡|ocial security card/ }).first().waitFor()
    await look('search', lang)
    await page.locator('[data-item]').first().click()
    await screen('guide')
    await page.locator('.materials').waitFor()
    await look('guide', lang)
    for (const tab of ['place', 'steps', 'materials']) {
      await page.click(`[data-tab="${tab}"]`)
      await page.locator(`[data-tab="${tab}"][data-state="active"]`).waitFor()
    }
    // Whoever goes elsewhere and comes back finds the guide as far down as it was.
    await page.setViewportSize({ width: 1080, height: 560 })
    const down = () => page.evaluate(() => [...document.querySelectorAll('main :is(.room, .body)')].map((e) => e.scrollTop).join())
    await page.evaluate(() => document.querySelectorAll('main :is(.room, .body)').forEach((e) => { e.scrollTop = 60 }))
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))) // a scroll is told with a frame
    const left = await down()
    check(left !== '0,0', 'a guide on a small screen does not scroll')
    await page.click('[data-comfort]')
    await screen('comfort')
    await page.click('[data-done]')
    await screen('guide')
    await page.locator('.materials').waitFor()
    await page.waitForFunction((was) => [...document.querySelectorAll('main :is(.room, .body)')].map((e) => e.scrollTop).join() === was, left)
    await page.setViewportSize({ width: 1080, height: 1920 })
    await page.click('[data-nav="back"]')
    await screen('search')
    check((await page.inputValue('[data-search]')) === 'SBK', 'back lost what was typed')
    await page.click('[data-nav="home"]')
    await screen('home')
  })

  await step(`${lang}: what to bring, before the ticket`, async () => {
    await page.click('[data-verb="search"]')
    await page.fill('[data-search]', '存量房(二手房)')
    await page.locator('[data-item]', { hasText: /存量房\(二手房\)转移登记|second-hand property/ }).first().click()
    await screen('guide')
    taps = 0
    await tap('[data-check]')
    await screen('question')
    await look('question', lang)
    await tap('[data-answer="no"]')
    await screen('checklist')
    await page.locator('[data-material]').first().waitFor()
    check((await page.locator('[data-material]').count()) === 5, 'not five things to bring or to think about')
    check((await page.locator('[data-material="7"]').count()) === 0, 'who comes for themself is asked for a power of attorney')
    for (const no of [2, 4]) await page.click(`[data-material="${no}"]`)
    await page.locator('[data-verdict="missing"]').waitFor()
    await look('checklist', lang)
    await page.click('[data-keep]')
    await screen('keep')
    check(await page.locator('img.code').evaluate((img) => img.decode().then(() => img.naturalWidth >= 400)), 'the list is no picture')
    await look('keep', lang)
    if (await page.locator('[data-print]').count()) {
      await page.click('[data-print]')
      await page.locator('main [data-paper]').waitFor()
    }
    await page.click('[data-nav="back"]')
    await screen('checklist')
    await page.locator('[data-material]').first().waitFor()
    check((await page.locator('[data-material][aria-checked="true"]').count()) === 2, 'back lost the ticks')
    const sent = page.waitForRequest((r) => r.url().endsWith('Kiosk.Issue'))
    await tap('main [data-take]')
    await screen('ticket')
    check(taps <= 3, `${taps} taps from the guide to the ticket, ticks aside`)
    const wish = (await sent).postDataJSON()[0]
    check(JSON.stringify(wish.checked.map((c) => c.lacks)) === '[[1,3]]', `the ticket says ${JSON.stringify(wish.checked)}`)
    await page.click('[data-done]')
    await screen('home')
    await language(lang)
  })

  await step(`${lang}: the progress of the ticket`, async () => {
    await page.click('[data-verb="progress"]')
    for (const key of numbers.ticket) await page.click(`[data-key="${key}"]`)
    await page.click('[data-look-up]')
    await screen('found')
    check((await page.locator('[data-ticket]').getAttribute('data-ticket')) === numbers.ticket, 'another ticket was found')
    await look('progress', lang)
    await page.click('[data-nav="home"]')
    await page.click('[data-verb="progress"]')
    for (const key of 'Z999') if (await page.locator(`[data-key="${key}"]`).count()) await page.click(`[data-key="${key}"]`)
    await page.click('[data-look-up]')
    await page.locator('[data-refusal="ticket_unknown"]').waitFor()
    await page.click('[data-nav="home"]')
    await screen('home')
  })
  console.log(`ticket ${lang} ${numbers.ticket}`)
}

/** Tab until the element that `selector` names has the focus. */
async function tabTo(selector) {
  for (let i = 0; i < 60; i++) {
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${selector}`)
}

async function keyboard() {
  await step('keyboard: a ticket', async () => {
    await language('zh')
    for (const [at, to] of [['[data-verb="ticket"]', 'areas'], [`[data-take="${area}"]`, 'ticket'], ['[data-done]', 'home']]) {
      await page.locator(at).first().waitFor()
      await tabTo(at)
      await page.keyboard.press('Enter')
      await screen(to)
    }
  })
}

try {
  await page.goto(BASE)
  await visit('zh')
  await visit('en')
  await keyboard()
  if (faults.filter((f) => !f.includes('409')).length > 0) throw new Error(`the page complains: ${faults.join('; ')}`)
  console.log('kiosk: done')
} catch (fault) {
  console.error(`kiosk: failed at ${fault.message}`)
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/kiosk-failed.png` }).catch(() => undefined)
  process.exitCode = 1
} finally {
  await browser.close()
}
