// Takes a picture of every kiosk screen in normal type, 长辈版, high contrast, low
// mode and English, with the fake terminal, and measures what it sees. Exit 1 on a
// finding.
//
//   node e2e/gallery.mjs DIR [NAME...]      names as below: normal big contrast low en landscape
import { mkdirSync } from 'node:fs'
import { launch } from './browser.mjs'
import { serve } from './fake.mjs'
import { measure } from './measure.mjs'
import { finger, modes, openKiosk, profiles, settle, walk } from './screens.mjs'

const [dir, ...only] = process.argv.slice(2)
if (!dir) {
  console.error('gallery: say where the pictures go: node e2e/gallery.mjs DIR')
  process.exit(1)
}
mkdirSync(dir, { recursive: true })

const galleries = {
  normal: ['portrait-32', 'zh', 'normal'],
  big: ['portrait-32', 'zh', 'big'],
  contrast: ['portrait-32', 'zh', 'contrast'],
  low: ['portrait-32', 'zh', 'low'],
  en: ['portrait-32', 'en', 'normal'],
  landscape: ['landscape-21', 'zh', 'normal'],
}

const browser = await launch()
const findings = []
let pictures = 0

async function shoot(name, profile, language, mode) {
  const { close, base } = await serve()
  const kiosk = await openKiosk(browser, base, profile, { faults: findings })
  let n = 0
  const take = async (page, screen) => {
    // A scan of the whole page may wait for a late answer; the pictures must not.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    await page.screenshot({ path: `${dir}/${name}-${String(++n).padStart(2, '0')}-${screen}.png` })
    pictures++
  }
  await walk(kiosk, finger(kiosk.page), language, mode, async (screen) => {
    await take(kiosk.page, screen)
    for (const f of await measure(kiosk.page, profiles[profile], modes[mode])) findings.push(`${name} ${screen}: ${f}`)
  })
  await kiosk.close()

  const left = await openKiosk(browser, base, profile, { clock: true })
  await settle(left, finger(left.page), language, mode)
  await left.page.click('[data-verb="ticket"]')
  await left.page.clock.runFor(62_000)
  await left.page.locator('[data-idle]').waitFor()
  await take(left.page, 'idle')
  for (const f of await measure(left.page, profiles[profile], modes[mode])) findings.push(`${name} idle: ${f}`)
  await left.close()
  close()
}

const queue = Object.entries(galleries).filter(([name]) => only.length === 0 || only.includes(name))
try {
  // Two at a time: each has its own terminal, and a hall machine has two processors.
  const next = async () => { for (let one = queue.shift(); one; one = queue.shift()) await shoot(one[0], ...one[1]) }
  await Promise.all([next(), next()])
} finally {
  await browser.close()
}
for (const f of [...new Set(findings)]) console.error(f)
console.log(`gallery: ${pictures} pictures in ${dir}, ${findings.length} findings`)
process.exitCode = findings.length > 0 ? 1 : 0
