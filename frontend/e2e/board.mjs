// Looks at the calling board in the states that it can be in, with the fake terminal, at the
// size of a hall's screen and of a small one: axe with real colours, every word in sight and
// whole, letters for ten metres. Leaves a picture of each. Exit 1 on a finding.
//
//   node e2e/board.mjs DIR
import { mkdirSync } from 'node:fs'
import { axeOn } from './axe.mjs'
import { launch } from './browser.mjs'
import { serve } from './fake.mjs'

const dir = process.argv[2]
if (!dir) {
  console.error('board: say where the pictures go: node e2e/board.mjs DIR')
  process.exit(1)
}
mkdirSync(dir, { recursive: true })

const now = Date.UTC(2026, 10, 24, 1, 12)
const states = ['called', 'serving', 'no_show', 'done']
const calls = (n, over = {}) => Array.from({ length: n }, (_, i) => ({ number: `B0${50 - i}`, window: `B0${1 + i % 9}`, floor: 1 + i % 3, letter: 'B', atMs: now - i * 1000, state: states[i % 4], recalls: 0, ...over }))
const notice = (zh, en = '') => ({ zh, en })
const lift = notice('电梯检修，请走楼梯；需要帮助请告诉工作人员。', 'The lift is being repaired. Please use the stairs, or ask staff for help.')
const long = notice('长'.repeat(60), 'This is as long as a notice can be, and a board has room for it all in one line. '.repeat(2).slice(0, 120))
const alone = { line: 'alone', sinceMs: now - 600_000 }

const looks = {
  empty: {},
  one: { board: { calls: calls(1) } },
  twelve: { board: { calls: calls(12), saying: 'B049' } },
  'own series': { board: { calls: calls(12, { number: 'B2-017', window: 'B017' }) } },
  notice: { board: { calls: calls(12), notices: [lift] } },
  'long notice': { board: { calls: calls(12), notices: [long, lift] } },
  'empty with a notice': { board: { notices: [lift] } },
  alone: { board: { calls: calls(12) }, standing: alone },
  'alone with a notice': { board: { calls: calls(12), notices: [long, lift] }, standing: alone },
}
const sizes = { hall: [1920, 1080], small: [1366, 768] }

/** Every text must be whole: inside the screen, inside what may cut it, and not under another. */
function cutTexts() {
  const found = []
  const seen = []
  const texts = document.createTreeWalker(document.querySelector('.board'), NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const e = node.parentElement
    if (node.textContent.trim() === '' || e.closest('.unseen')) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const whole = range.getBoundingClientRect()
    // A line of type is higher than what is drawn of it: characters take 0.92 of its size.
    const air = (whole.height - Math.round(whole.height / 1.448 / parseFloat(getComputedStyle(e).fontSize) || 1) * parseFloat(getComputedStyle(e).fontSize) * 0.92) / 2
    const r = { left: whole.left, right: whole.right, top: whole.top + air, bottom: whole.bottom - air }
    const clash = seen.find((s) => s.row === e.closest('li') && s.row && s.r.left < r.right - 2 && r.left < s.r.right - 2 && s.r.top < r.bottom - 2 && r.top < s.r.bottom - 2)
    if (clash) found.push(`over another: "${node.textContent}" and "${clash.text}"`)
    seen.push({ row: e.closest('li'), r, text: node.textContent })
    const name = `"${node.textContent.trim().slice(0, 20)}"`
    if (r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1) found.push(`out of the screen: ${name}`)
    for (let box = e.parentElement; box && !box.classList.contains('board'); box = box.parentElement) {
      const b = box.getBoundingClientRect()
      if (['LI', 'ASIDE', 'HEADER', 'MAIN'].includes(box.tagName) && (r.right > b.right + 2 || r.bottom > b.bottom + 2 || r.top < b.top - 2)) found.push(`out of its ${box.tagName.toLowerCase()}: ${name}`)
    }
  }
  // Read from ten metres: a number's capitals have 0.73 of the type, a metre of screen height for 1080 points.
  for (const e of document.querySelectorAll('.large .number')) if (parseFloat(getComputedStyle(e).fontSize) < innerHeight * 0.11) found.push(`too small: "${e.textContent}"`)
  return found
}

const { close, base } = await serve()
const browser = await launch()
const findings = []
let pictures = 0
try {
  for (const [size, [width, height]] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport: { width, height }, bypassCSP: true, reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.on('pageerror', (e) => findings.push(e.message))
    for (const [name, told] of Object.entries(looks)) {
      await page.request.post(`${base}/fake`, { data: { ...told, place: { role: 'board' } } })
      await page.goto(base)
      await page.locator('.board .areas li').first().waitFor()
      await page.locator(told.board?.calls ? '[data-call]' : '.empty').first().waitFor()
      await page.screenshot({ path: `${dir}/board-${size}-${name.replaceAll(' ', '-')}.png` })
      pictures++
      for (const f of [...await page.evaluate(cutTexts), ...await axeOn(page)]) findings.push(`${size}, ${name}: ${f}`)
    }
    await context.close()
  }
} finally {
  await browser.close()
  close()
}
for (const f of [...new Set(findings)]) console.error(f)
console.log(`board: ${pictures} pictures in ${dir}, ${findings.length} findings`)
process.exitCode = findings.length > 0 ? 1 : 0
