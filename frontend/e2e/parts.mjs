// Every part from its own examples, painted: axe with real colours and our rules in
// millimetres, in normal type, 长辈版 and high contrast, in both languages. Leaves a picture
// of each. Exit 1 on a finding.
//
//   node e2e/parts.mjs DIR
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build } from 'vite'
import { axeOn } from './axe.mjs'
import { launch } from './browser.mjs'
import { markListeners, measure } from './measure.mjs'
import { profiles } from './screens.mjs'

const dir = process.argv[2]
if (!dir) {
  console.error('parts: say where the pictures go: node e2e/parts.mjs DIR')
  process.exit(1)
}
mkdirSync(dir, { recursive: true })
const modes = { normal: [], big: ['big'], contrast: ['contrast'] }
const findings = []
let examples = 0

// The gallery is a page of its own: the product's build never takes it in.
const out = mkdtempSync(join(tmpdir(), 'onewindow-parts-'))
await build({ logLevel: 'error', build: { outDir: out, emptyOutDir: true, rollupOptions: { input: new URL('../gallery.html', import.meta.url).pathname } } })
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }
const server = createServer((req, res) => {
  try {
    const name = new URL(req.url, 'http://x').pathname
    res.writeHead(200, { 'Content-Type': types[extname(name)] ?? 'text/plain' }).end(readFileSync(join(out, name)))
  } catch {
    res.writeHead(404).end()
  }
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const browser = await launch()

async function look(language, mode) {
  const { width, pxPerMm } = profiles['portrait-32']
  const page = await browser.newPage({ viewport: { width, height: 1920 } })
  page.on('pageerror', (e) => findings.push(e.message))
  await markListeners(page)
  await page.goto(`http://127.0.0.1:${server.address().port}/gallery.html?language=${language}&mm=${pxPerMm}${mode === 'big' ? '&type=big' : ''}${mode === 'contrast' ? '&contrast=high' : ''}`)
  await page.locator('[data-part]').first().waitFor()
  examples += await page.locator('.example').count()
  const found = await measure(page, profiles['portrait-32'], modes[mode])
  // Side by side there are several of what a screen has once.
  found.push(...await axeOn(page, { high: mode === 'contrast', without: ['landmark-unique', 'landmark-no-duplicate-contentinfo'] }))
  for (const f of found) findings.push(`${language} ${mode} ${f}`)
  await page.screenshot({ path: `${dir}/parts-${language}-${mode}.png`, fullPage: true })
  await page.close()
}

try {
  for (const language of ['zh', 'en']) for (const mode of Object.keys(modes)) await look(language, mode)
} finally {
  await browser.close()
  server.close()
  rmSync(out, { recursive: true })
}
for (const f of [...new Set(findings)]) console.error(f)
console.log(`parts: ${examples} examples in 3 modes and 2 languages, by our rules and by axe: ${findings.length} findings; pictures in ${dir}`)
process.exitCode = findings.length > 0 ? 1 : 0
