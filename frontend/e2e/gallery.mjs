// Takes a picture of every kiosk screen, in both languages and both shapes, with
// the fake terminal. It also measures: targets under 16 mm, text under 10 mm,
// words that are cut off, and what axe finds with real colours. Exit 1 on a finding.
//
//   node e2e/gallery.mjs DIR [portrait|landscape]
import { mkdirSync, readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { serve } from './fake.mjs'
import { measure } from './measure.mjs'

const dir = process.argv[2]
if (!dir) {
  console.error('gallery: say where the pictures go: node e2e/gallery.mjs DIR')
  process.exit(1)
}
mkdirSync(dir, { recursive: true })
const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const shapes = { portrait: { width: 1080, height: 1920 }, landscape: { width: 1280, height: 800 } }

const { server, base } = await serve()
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
const findings = []

async function shoot(shape, language) {
  const context = await browser.newContext({ viewport: shapes[shape], bypassCSP: true })
  const page = await context.newPage()
  page.setDefaultTimeout(5000)
  page.on('console', (m) => { if (m.type() === 'error' && !m.text().includes('409')) findings.push(`${shape} ${language}: console: ${m.text()}`) })
  page.on('pageerror', (e) => findings.push(`${shape} ${language}: ${e.message}`))
  const fake = (over) => page.request.post(`${base}/fake`, { data: over })
  const screen = (name) => page.locator(`main[data-screen="${name}"]`).waitFor()
  const verb = async (name, to) => { await page.click(`[data-verb="${name}"]`); await screen(to) }
  const home = async () => { await page.click('[data-nav="home"]'); await screen('home') }
  let n = 0
  const shot = async (name) => {
    // A scan of the whole page may wait for a late answer; the pictures must not.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    await page.screenshot({ path: `${dir}/${shape}-${language}-${String(++n).padStart(2, '0')}-${name}.png` })
    for (const f of await measure(page, 2.7)) findings.push(`${shape} ${language} ${name}: ${f}`)
    const found = await page.evaluate(async (source) => {
      if (!window.axe) new Function(source)()
      const { violations } = await window.axe.run(document, { rules: { region: { enabled: false } } })
      return violations.map((v) => `${v.id} ${v.nodes.map((x) => x.target.join(' ')).join(', ')}`)
    }, axe)
    for (const f of found) findings.push(`${shape} ${language} ${name}: axe ${f}`)
  }

  await fake({})
  await page.goto(base)
  await screen('home')
  await page.locator('.hall span').waitFor()
  if (language === 'en') await page.click('button[lang="en"]')
  await shot('home')
  await fake({ standing: { line: 'alone', printer: 'paper_out' } })
  await page.locator('[data-standing="paperOut"]').waitFor()
  await shot('home-alone')
  await fake({})
  await page.locator('[data-standing="centre"]').waitFor()

  await verb('ticket', 'areas')
  await shot('areas')
  await page.click('[data-nav="next"]')
  await page.click('[data-priority]')
  await shot('areas-2')
  await page.click('[data-nav="previous"]')
  await page.click('[data-area="C"] .into')
  await page.locator('[data-item]').first().waitFor()
  await shot('items')
  await fake({ refuse: { 'Kiosk.Issue': { code: 701, key: 'disk_full', args: {} } } })
  await page.click('[data-take="C"]')
  await page.locator('[data-refusal="disk_full"]').waitFor()
  await shot('items-refused')
  await fake({})
  await home()

  await verb('guide', 'areas')
  await shot('areas-guide')
  await home()
  const guideOf = async (query) => {
    await verb('search', 'search')
    await page.fill('[data-search]', query)
    await page.locator('[data-item]').first().waitFor()
    await page.locator('.say', { hasText: /\d/ }).waitFor()
    await page.locator('[data-item]').first().click()
    await screen('guide')
    await page.locator('[data-tab="materials"]').waitFor()
  }
  await guideOf('企业开办一窗服务')
  await shot('guide-longest')
  await home()
  await guideOf('存量房')
  for (const tab of ['materials', 'place', 'steps', 'faq']) {
    await page.click(`[data-tab="${tab}"]`)
    await shot(`guide-${tab}`)
  }
  await page.click('main [data-take]')
  await page.locator('[data-ticket]').waitFor()
  await shot('ticket')
  await page.click('[data-nav="back"]')
  await screen('guide')
  await shot('guide-had')
  await home()
  await page.reload()
  await screen('home')
  await page.locator('.hall span').waitFor()
  if (language === 'en') await page.click('button[lang="en"]')
  await fake({ ticket: { paper: 'paper_out', saved: 'here', number: 'B2-017', ownSeries: true, class: 'priority' }, standing: { line: 'alone', printer: 'paper_out' } })
  await verb('ticket', 'areas')
  await page.click('[data-area="B"] [data-take]')
  await page.locator('[data-ticket]').waitFor()
  await page.locator('[data-standing="paperOut"]').waitFor()
  await shot('ticket-no-paper')
  await fake({})
  await page.click('[data-done]')
  await screen('home')
  if (language === 'en') await page.click('button[lang="en"]')

  await verb('search', 'search')
  await page.locator('[data-item]').first().waitFor()
  await shot('search')
  for (const key of 'SBK') await page.click(`[data-key="${key}"]`)
  await page.locator('.say', { hasText: /\d/ }).waitFor()
  await shot('search-pinyin')
  const found = page.waitForResponse(/Kiosk\.Search/)
  await page.fill('[data-search]', '公众聚集场所')
  await found
  await page.locator('[data-item]').first().waitFor()
  await shot('search-long')
  await page.fill('[data-search]', '不存在的事')
  await page.locator('.empty').waitFor()
  await shot('search-none')
  await home()

  await verb('progress', 'progress')
  await shot('progress')
  for (const key of 'B012') await page.click(`[data-key="${key}"]`)
  await shot('progress-typed')
  await fake({ progress: true, ticket: { saved: 'centre' } })
  await page.click('[data-look-up]')
  await screen('found')
  await shot('found')
  await fake({ ticket: { state: 'called', window: 'B07' } })
  await page.locator('[data-state="called"]').waitFor()
  await shot('found-called')
  await page.click('[data-nav="back"]')
  await page.locator('[data-number]', { hasText: 'B012' }).waitFor()
  for (let i = 0; i < 4; i++) await page.click('[data-key="⌫"]')
  for (const key of '99') await page.click(`[data-key="${key}"]`)
  await fake({})
  await page.click('[data-look-up]')
  await page.locator('[data-refusal="ticket_unknown"]').waitFor()
  await shot('progress-unknown')
  await home()
  await context.close()

  const clocked = await browser.newContext({ viewport: shapes[shape], bypassCSP: true })
  const idle = await clocked.newPage()
  await idle.clock.install()
  await idle.goto(base)
  await idle.locator('.hall span').waitFor()
  if (language === 'en') await idle.click('button[lang="en"]')
  await idle.click('[data-verb="ticket"]')
  await idle.clock.runFor(62_000)
  await idle.locator('[data-idle]').waitFor()
  await idle.screenshot({ path: `${dir}/${shape}-${language}-${String(++n).padStart(2, '0')}-idle.png` })
  await clocked.close()
}

try {
  for (const shape of Object.keys(shapes)) {
    if (process.argv[3] && process.argv[3] !== shape) continue
    for (const language of ['zh', 'en']) await shoot(shape, language)
  }
} finally {
  await browser.close()
  server.closeAllConnections()
  server.close()
}
for (const f of [...new Set(findings)]) console.error(f)
console.log(`gallery: ${findings.length} findings, pictures in ${dir}`)
process.exitCode = findings.length > 0 ? 1 : 0
