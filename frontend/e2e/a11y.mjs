// The kiosk for everyone, measured: every screen in every mode, both languages and three
// kinds of screen, by our rules in millimetres and by axe; text at 200 % and with the
// longest names of the catalogue; and first of all the rules themselves, by pages that
// break them. Prints what it counted; exit 1 on a finding.
//
//   node e2e/a11y.mjs [PROFILE...]
import { axeOn } from './axe.mjs'
import { prove } from './broken.mjs'
import { launch } from './browser.mjs'
import { serve } from './fake.mjs'
import { measure } from './measure.mjs'
import { finger, modes, openKiosk, profiles, settle, walk } from './screens.mjs'

const only = process.argv.slice(2)
const browser = await launch()
const findings = []
const count = { screens: 0, axe: 0, zoomed: 0, long: 0 }

/** Words twice as large: what is left must be readable and pressable, though it scrolls. */
async function zoomed(page, profile) {
  await page.evaluate(() => document.documentElement.style.setProperty('--type', '2'))
  await settled(page)
  const found = (await measure(page, profile, [], { loose: true })).map((f) => `at 200 %: ${f}`)
  await page.evaluate(() => document.documentElement.style.removeProperty('--type'))
  await settled(page)
  count.zoomed++
  return found
}

/** Back, home and Next stand where they stood on the first screen that had them, and so does the strip. */
function places() {
  const first = new Map()
  return async (page) => {
    const now = await page.evaluate(() => {
      const at = (e) => { const b = e?.getBoundingClientRect(); return b && [b.left, b.top, b.right, b.bottom].map(Math.round) }
      const bar = document.querySelector('.bar')
      const next = bar?.querySelector('.main') ?? bar?.lastElementChild
      return { back: at(bar?.querySelector('[data-nav="back"]')), home: at(bar?.querySelector('[data-nav="home"]')),
        // Next may be narrower where it shares its room; its far corner never moves.
        next: at(next)?.slice(2), comfort: at(document.querySelector('[data-comfort]')), help: at(document.querySelector('[data-help]')) }
    })
    return Object.entries(now).flatMap(([what, at]) => {
      if (!at) return []
      if (!first.has(what)) first.set(what, String(at))
      return first.get(what) === String(at) ? [] : [`place: ${what} is at ${at} and was at ${first.get(what)}`]
    })
  }
}

const settled = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

/** One walk through all screens of a profile, in a language and a mode. */
async function look(profile, language, mode, { withAxe = false, zoom = false, long = false } = {}) {
  const { close, base } = await serve()
  const faults = []
  try {
    const kiosk = await openKiosk(browser, base, profile, { faults, long })
    const moved = places()
    await walk(kiosk, finger(kiosk.page), language, mode, async (screen) => {
      await settled(kiosk.page)
      const on = modes[mode]
      const found = await measure(kiosk.page, profiles[profile], on)
      if (!long) found.push(...await moved(kiosk.page))
      if (withAxe) {
        found.push(...await axeOn(kiosk.page, { high: on.includes('contrast') }))
        count.axe++
      }
      if (zoom) found.push(...await zoomed(kiosk.page, profiles[profile]))
      count[long ? 'long' : 'screens']++
      for (const f of found) faults.push(`${screen}: ${f}`)
    })
    await kiosk.close()
    if (!long) for (const f of await idle(base, profile, language, mode, withAxe)) faults.push(`idle: ${f}`)
  } catch (fault) {
    faults.push(`the walk ended: ${fault.message.split('\n').slice(0, 3).join(' ')}`)
  } finally {
    close()
  }
  findings.push(...faults.map((f) => `${profile} ${language} ${mode}${long ? ' longest' : ''} ${f}`))
}

/** The warning that nobody seems to be there, with a faked clock. */
async function idle(base, profile, language, mode, withAxe) {
  const { page, close } = await openKiosk(browser, base, profile, { clock: true })
  await settle({ page }, finger(page), language, mode)
  await page.click('[data-verb="ticket"]')
  await page.clock.runFor(61_000)
  await page.locator('[data-idle]').waitFor()
  const found = await measure(page, profiles[profile], modes[mode])
  if (withAxe) {
    found.push(...await axeOn(page, { high: modes[mode].includes('contrast') }))
    count.axe++
  }
  await page.clock.runFor(31_000)
  await page.locator('main[data-screen="home"]').waitFor()
  count.screens++
  await close()
  return found
}

async function proved() {
  const { close, base } = await serve()
  const moved = new Map()
  const tell = async (page, on) => {
    if (!moved.has(page)) moved.set(page, places())
    return [...await measure(page, profiles['portrait-32'], on), ...await moved.get(page)(page), ...await axeOn(page, { high: on.includes('contrast') })]
  }
  const { faults, pages, rules } = await prove(() => openKiosk(browser, base, 'portrait-32'), settle, finger, tell)
  findings.push(...faults)
  console.log(`rules: ${rules} rules proved by ${pages} broken pages`)
  close()
}

const walks = Object.keys(profiles).filter((p) => only.length === 0 || only.includes(p)).flatMap((profile) => ['zh', 'en'].flatMap((language) => {
  const lying = profile.startsWith('landscape')
  const first = profile === 'portrait-32'
  const list = Object.keys(modes).filter((m) => !lying || !m.includes('low')).map((mode) => () => look(profile, language, mode, { withAxe: first && mode !== 'big-low', zoom: mode === 'normal' }))
  return [...list, () => look(profile, language, 'normal', { long: true })]
}))

try {
  await proved()
  // Two at a time: each has its own terminal, and a hall machine has two processors.
  const next = async () => { for (let walk = walks.shift(); walk; walk = walks.shift()) await walk() }
  await Promise.all([next(), next()])
} finally {
  await browser.close()
}
for (const f of findings) console.error(f)
console.log(`a11y: ${count.screens} screens measured, ${count.axe} by axe, ${count.zoomed} at 200 %, ${count.long} with the longest names: ${findings.length} findings`)
process.exitCode = findings.length > 0 ? 1 : 0
