// Every flow of the kiosk by keys alone, once with Tab and once with the arrows of a keypad
// that has no Tab: everything is reached, the focus is always to be seen and is never
// lost. Then the same screens by touch and by keys say the same. Last come the taps to a
// ticket for the 40 most used items, and what is left of a person when nobody is there
// any more. Exit 1 on a finding.
//
//   node e2e/keys.mjs
import { launch } from './browser.mjs'
import { serve } from './fake.mjs'
import { finger, openKiosk, walk } from './screens.mjs'

const { close, base, often } = await serve()
const browser = await launch()
const findings = []

/** Where the focus is: lost on the body, or on an element whose ring can be seen. */
const focus = (page) => page.evaluate(() => {
  const e = document.activeElement
  if (!e || e === document.body) return { lost: true }
  const ring = (x) => { const s = getComputedStyle(x); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 }
  const b = e.getBoundingClientRect()
  return { ringed: ring(e) || (e.closest('.box') !== null && ring(e.closest('.box'))), inSight: b.bottom > 0 && b.top < innerHeight, name: `${e.tagName} ${(e.getAttribute('aria-label') ?? e.textContent).trim().slice(0, 20)}` }
})

/** A hand on a keypad. `step` gives the key that leads towards a target. */
function keypad(page, step, presses) {
  const there = (selector) => page.evaluate((s) => {
    const wanted = document.querySelector(s)
    return document.activeElement === wanted || (document.activeElement?.matches(s) ?? false)
  }, selector)
  const go = async (selector) => {
    await page.locator(selector).first().waitFor()
    for (let i = 0; i < 150; i++) {
      const at = await focus(page)
      if (at.lost) findings.push(`the focus is lost before ${selector}`)
      else if (!at.ringed) findings.push(`the focus cannot be seen on ${at.name}`)
      else if (!at.inSight) findings.push(`the focus is out of sight on ${at.name}`)
      if (await there(selector)) return
      await page.keyboard.press(await step(page, selector))
      presses.count++
    }
    throw new Error(`keys never reach ${selector}`)
  }
  return {
    async press(selector) {
      await go(selector)
      await page.keyboard.press('Enter')
      await page.evaluate(() => new Promise((done) => setTimeout(done, 30)))
    },
    async type(text) {
      await go('[data-search]')
      await page.keyboard.press('Control+A')
      await page.keyboard.insertText(text)
    },
  }
}

/** Down through the page; sideways inside a field of keys or a row of tabs. */
const arrow = (page, selector) => page.evaluate((s) => {
  const inside = (box) => document.activeElement?.closest(box) && document.querySelector(s)?.closest(box) === document.activeElement.closest(box)
  return inside('.keys') || inside('[data-keys]') || inside('[role="tablist"]') ? 'ArrowRight' : 'ArrowDown'
}, selector)
const tab = (page, selector) => page.evaluate((s) => {
  // One stop for a row of tabs: the arrows choose in it.
  const list = document.activeElement?.closest('[role="tablist"]')
  return list && list.contains(document.querySelector(s)) ? 'ArrowRight' : 'Tab'
}, selector)

async function seenBy(hand, language) {
  const kiosk = await openKiosk(browser, base, 'portrait-32', { faults: findings })
  const seen = []
  // Nothing has the focus before the first key, which is what brings it.
  await kiosk.page.keyboard.press('Tab')
  await walk(kiosk, hand(kiosk.page), language, 'normal', async (screen) => {
    seen.push(`${screen}: ${await kiosk.page.locator('main').innerText().then((t) => t.replace(/\s+/g, ' '))}`)
  })
  await kiosk.close()
  return seen
}

async function byKeys() {
  for (const language of ['zh', 'en']) {
    const touched = await seenBy(finger, language)
    for (const [name, step] of [['Tab', tab], ['arrows', arrow]]) {
      const presses = { count: 0 }
      const keyed = await seenBy((page) => keypad(page, step, presses), language)
      touched.forEach((t, i) => { if (t !== keyed[i]) findings.push(`${language}: by ${name} another screen than by touch: ${keyed[i]?.slice(0, 120)} and not ${t.slice(0, 120)}`) })
      console.log(`keys ${language}: ${keyed.length} screens by ${name}, ${presses.count} presses to get there, the same as by touch`)
    }
  }
}

async function taps() {
  const { page, close } = await openKiosk(browser, base, 'portrait-32')
  console.log('taps to a ticket from home, for the 40 most used items:')
  for (const item of often(40)) {
    let n = 0
    const tap = async (selector) => { await page.click(selector); n++ }
    await tap('[data-verb="ticket"]')
    await page.locator('main[data-screen="areas"]').waitFor()
    while (!(await page.locator(`[data-take="${item.letter}"]`).count())) await tap('[data-nav="next"]')
    await tap(`[data-take="${item.letter}"]`)
    await page.locator('main[data-screen="ticket"]').waitFor()
    if (n > 3) findings.push(`${n} taps to a ticket for ${item.name}`)
    console.log(`  ${n}  ${item.letter}  ${item.name}`)
    await page.click('[data-done]')
    await page.locator('main[data-screen="home"]').waitFor()
  }
  await close()
  for (const [flow, screens] of Object.entries(flows)) console.log(`flow ${flow}: ${screens.length} screens: ${screens.join(' > ')}`)
}

/** The screens of each flow, one question each. */
const flows = {
  'a ticket by area': ['home', 'areas', 'ticket'],
  'a ticket for an item': ['home', 'areas', 'items', 'guide', 'ticket'],
  'a guide by search': ['home', 'search', 'guide'],
  'my progress': ['home', 'progress', 'found'],
  'a rating': ['home', 'progress', 'found', 'rate', 'why, which may be passed', 'rated'],
  'a policy': ['home', 'reading', 'readings', 'policy', 'guide'],
  'a survey': ['home', 'reading', 'readings', 'survey, once a question', 'thanks'],
  comfort: ['any', 'comfort', 'the same again'],
  help: ['any: a word on the same screen'],
}

/** Nobody there: a warning, then home, and nothing of the person in page or storage. */
async function wiped() {
  const kiosk = await openKiosk(browser, base, 'portrait-32', { clock: true })
  const { page, close } = kiosk
  await page.click('[data-comfort]')
  for (const name of ['big', 'contrast', 'low']) await page.click(`[data-switch="${name}"]`)
  await page.click('[data-done]')
  await page.click('[data-verb="progress"]')
  for (const key of 'B077') await page.click(`[data-key="${key}"]`)
  await page.clock.runFor(121_000)
  await page.locator('[data-idle]').waitFor()
  await page.clock.runFor(31_000)
  await page.locator('main[data-screen="home"]').waitFor()
  const left = await page.evaluate(async () => ({
    page: document.documentElement.outerHTML.includes('B077'), local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
    databases: (await indexedDB.databases()).length, caches: (await globalThis.caches?.keys())?.length ?? 0, history: history.length,
    marks: ['type', 'contrast', 'low'].filter((m) => document.documentElement.dataset[m]),
  }))
  const nothing = { page: false, local: 0, session: 0, cookies: '', databases: 0, caches: 0, history: left.history, marks: [] }
  if (JSON.stringify(left) !== JSON.stringify(nothing) || left.history > 2) findings.push(`after a person has gone there is left: ${JSON.stringify(left)}`)
  console.log('idle: warned after 120 s, wiped after 150 s, nothing left in page, storage, cookies, history')
  await close()
}

try {
  await byKeys()
  await taps()
  await wiped()
} catch (fault) {
  findings.push(fault.message)
} finally {
  await browser.close()
  close()
}
for (const f of [...new Set(findings)]) console.error(f)
console.log(`keys: ${findings.length} findings`)
process.exitCode = findings.length > 0 ? 1 : 0
