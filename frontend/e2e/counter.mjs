// Plays visits at a counter, the way a clerk does it: sign in, open a window, then a whole visit with seven
// materials by keys alone, which are counted: at most forty besides what is typed. Then another one:
// call next, start, step away and go on, intake, open the application again, put a slip in it right, finish, by keyboard, and another clerk checks the slip; then a request for information that repeats another one, and a notice to the
// hall by mouse.
// axe looks at the page after each step, in both languages. Exit 1 when a step fails.
//
//   BASE=http://127.0.0.1:7801 CLERK=... PIN=... CLERK2=... PIN2=... [WINDOW=B07] [SHOTS=dir [VIEWS=all]] [SCANS=dir] node e2e/counter.mjs
//
// Two people have to wait for a service of that window, the first one for an item with seven materials. SHOTS keeps pictures of the
// steps there, with VIEWS in both languages and on both kinds of screen; SCANS is the folder of the counter's scanner.
import { writeFileSync } from 'node:fs'
import { axeOn } from './axe.mjs'
import { launch } from './browser.mjs'

const { BASE, CLERK, PIN, CLERK2, PIN2, WINDOW, SHOTS, VIEWS, SCANS } = process.env
if (!BASE || !CLERK || !PIN || !CLERK2 || !PIN2) {
  console.error('counter.mjs: BASE, CLERK, PIN, CLERK2 and PIN2 must be set')
  process.exit(1)
}

const browser = await launch()
const screens = [{ width: 1920, height: 1080 }, { width: 1366, height: 768 }]
const page = await browser.newPage({ viewport: screens[0], bypassCSP: true })
page.setDefaultTimeout(10_000)

const steps = []
/** Changes the language with no pointer, and leaves the focus where it is. */
const speak = (language) => page.locator(`button[lang="${language}"]`).evaluate((e) => e.click())
async function step(name, work) {
  try {
    await work()
    for (const language of ['en', 'zh-CN']) {
      await speak(language)
      const found = await axeOn(page)
      if (found.length > 0) throw new Error(found.join('; '))
    }
    steps.push(name)
  } catch (fault) {
    const said = await page.locator('[data-alert]').textContent().catch(() => '')
    throw new Error(`${name}: ${fault.message.split('\n')[0]}${said ? ` (screen says: ${said})` : ''}`)
  }
}
const pane = (state) => page.locator(`[data-state="${state}"]`)
/** Keeps a picture; with VIEWS one for each screen and language, on none of which a page may be wider than its screen. */
async function shot(name) {
  if (!SHOTS) return
  if (!VIEWS) return void await page.screenshot({ path: `${SHOTS}/${name}.png` })
  for (const screen of screens) {
    await page.setViewportSize(screen)
    for (const language of ['en', 'zh-CN']) {
      await speak(language)
      await page.screenshot({ path: `${SHOTS}/${name}-${screen.width}-${language.slice(0, 2)}.png` })
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (wide > 0) throw new Error(`${name} is ${wide} px wider than a screen of ${screen.width}, in ${language}`)
    }
  }
  await page.setViewportSize(screens[0])
}

/** The first window that nobody has opened. */
async function freeWindow() {
  const id = await page.locator('label:not(.taken) > [data-window]').first().getAttribute('data-window')
  if (!id) throw new Error('no free window')
  return id
}

async function openWindow() {
  // The window may be open still from an earlier run.
  await page.locator('#window-no, [data-state]').first().waitFor()
  if (await page.locator('[data-state]').count()) return
  await shot('counter-open-window')
  await page.fill('#window-no', WINDOW ?? (await freeWindow()))
  await page.keyboard.press('Enter')
  await page.locator('[data-state]').waitFor()
}

async function intake() {
  await page.locator('#in-applicant, #in-item').first().waitFor()
  if (await page.locator('#in-item').count()) {
    await page.fill('#in-item', process.env.ITEM ?? '新生儿参保')
    await page.locator('[data-item]').first().waitFor()
    await page.keyboard.press('Enter')
  }
  await page.locator('#in-applicant').waitFor()
  await page.fill('#in-applicant', '罗庆(样例)')
  await page.fill('#in-documentNumber', '99010820000907755X')
  await page.fill('#in-phone', '10000000000')
  // A neighbour came for the person.
  await page.click('[data-act="more"]')
  await page.locator('#in-agent:focus').waitFor()
  await page.keyboard.type('何海庆(样例)')
  await page.keyboard.press('Enter')
  await page.keyboard.type('990108197405036595')
  await shot('counter-agent')
  // What the centre's sample holds of this person: both papers that shared data proves.
  await page.keyboard.press('Control+d')
  await page.locator('[data-evidence="found"]').nth(1).waitFor()
  await shot('counter-shared')
  await page.locator('[data-material] [data-choice="missing"]').first().check()
  // A page comes from the scanner and goes to the material at which the clerk is.
  if (SCANS) {
    writeFileSync(`${SCANS}/scan0001.pdf`, `%PDF-1.7\n${'x'.repeat(70_000)}\n%%EOF\n`)
    await page.locator('[data-file="scan0001.pdf"]:checked').waitFor()
    await page.locator('[data-material] input').nth(2).focus()
    await page.keyboard.press('Control+b')
    await page.locator('[data-act="dropScan"]').waitFor()
  }
  await page.keyboard.press('F7')
  await shot('counter-intake')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-result]').waitFor()
  await page.keyboard.press('F7')
  await page.locator('.print [role="status"]', { hasText: '-BZ' }).waitFor()
  await shot('counter-done')
}

/** Opens the application that was just taken again, by its number in whatever case, and says what for. */
async function openCase(purpose) {
  const number = await page.locator('[data-result] .number').textContent()
  await page.keyboard.press('Control+f')
  await page.fill('#case', number.toLowerCase())
  await page.locator(`[data-choice="${purpose}"]`).check()
  await shot('counter-case-number')
  await page.locator('#case').press('Enter')
  await page.locator(`[data-case="${number}"]`).waitFor()
}

/** Back to what was taken. */
async function leaveCase() {
  await page.keyboard.press('Escape')
  await page.locator('#case').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('[data-result]').waitFor()
}

/** Opens the application again and takes what was missing. */
async function supply() {
  await openCase('supply')
  if (SCANS) await page.locator('[data-scan] [data-saved="centre"]').waitFor()
  await page.locator('[data-brought]').first().check()
  await shot('counter-case')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-case-done].accepted').waitFor()
  await shot('counter-case-done')
  await leaveCase()
}

/** Proposes to put the phone right; somebody else has to check it. */
async function putRight() {
  await openCase('correct')
  await page.keyboard.press('Control+j')
  await page.locator('[name="amend-field"][value="phone"]').check()
  await page.fill('#amend-value', '13900000000')
  await page.locator('[name="amend-cause"][value="told"]').check()
  await shot('counter-amend')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-change="waiting"]').waitFor()
  await shot('counter-amend-waits')
  if (SCANS) await misplace()
  await leaveCase()
}

/** Attaches a page to the application that is shown, and proposes to take it off again. */
async function misplace() {
  writeFileSync(`${SCANS}/scan0002.jpg`, await page.screenshot({ type: 'jpeg' }))
  await page.locator('[data-file="scan0002.jpg"]').check()
  await page.keyboard.press('Control+b')
  await page.locator('[data-scan]').nth(1).waitFor()
  await page.keyboard.press('Control+j')
  await page.locator('[name="amend-field"][value="scan"]').check()
  await page.locator('[data-amend-scan]').nth(1).check()
  await page.locator('[name="amend-cause"][value="misplaced"]').check()
  await shot('counter-amend-scan')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-change="waiting"]').nth(1).waitFor()
}

/** Another clerk signs in and lets pass what the first one proposed. */
async function fourEyes() {
  await page.click('[data-act="signOut"]')
  await page.locator('#clerk').waitFor()
  await page.fill('#clerk', CLERK2)
  await page.fill('#pin', PIN2)
  await page.keyboard.press('Enter')
  await openWindow()
  await pane('idle').waitFor()
  await page.locator('[data-act="openAmending"]').first().waitFor()
  await shot('counter-amend-list')
  await page.locator('[data-act="openAmending"]').first().click()
  await page.locator('[data-check] [data-change="waiting"]').waitFor()
  await shot('counter-amend-check')
  await page.keyboard.press('Control+Enter')
  if (SCANS) { // the next one comes by itself
    await page.locator('[data-check-scan]').waitFor()
    await shot('counter-amend-scan-check')
    await page.keyboard.press('Control+Enter')
    await page.locator('[data-amended] [data-change="passed"]').nth(1).waitFor()
    if (await page.locator('[data-scan]').count() !== 1) throw new Error('the scan that was taken off is still there')
  }
  await page.locator('[data-amended] [data-change="passed"]').first().waitFor()
  await shot('counter-amend-passed')
  await page.keyboard.press('Escape')
  await page.locator('#case').waitFor()
  await page.keyboard.press('Escape')
}

async function finish() {
  await page.keyboard.press('F10')
  await page.locator('[data-row]').first().waitFor()
  await shot('counter-finish')
  // Rows that an intake has not decided: accepted on the spot.
  const open = await page.locator('[data-row]:not(:has(input:checked))').count()
  for (let i = 0; i < open; i++) {
    const left = await page.locator('[data-row]:not(:has(input:checked))').count()
    await page.keyboard.press('4')
    await page.waitForFunction((n) => document.querySelectorAll('[data-row]:not(:has(input:checked))').length < n, left)
  }
  await page.locator('[data-act="confirm"]:focus').waitFor()
  await page.keyboard.press('Enter')
  await pane('idle').waitFor()
}

/** How many keys a visit may take besides what is typed, each key of a chord counted for itself. */
const mostKeys = 40
let pressed = 0
async function keys(chord, times = 1) {
  for (let i = 0; i < times; i++) {
    pressed += chord.split('+').length
    await page.keyboard.press(chord)
  }
}

/** Types where the cursor is; that is where it has to be. */
async function typed(id, text) {
  await page.locator(`#${id}:focus`).waitFor()
  await page.keyboard.type(text)
}

/**
 * A visit by keyboard only: call, start, intake of an item with seven materials of which one is missing,
 * its document, finish. The rating needs no key of the clerk: who was served gives it at a kiosk, now or
 * with the slip within thirty days, and no window waits for it.
 */
async function byKeys() {
  await page.evaluate(() => addEventListener('pointerdown', () => { document.body.dataset.pointed = 'yes' }, true))
  await pane('idle').waitFor()
  await keys('F2')
  await pane('called').waitFor()
  await keys('F9')
  await pane('serving').waitFor()
  await typed('in-applicant', '罗庆(样例)')
  await keys('Enter')
  await typed('in-documentNumber', '99010820000907755X')
  await keys('Enter')
  await typed('in-phone', '10000000000')
  const materials = await page.locator('[data-material]').count()
  if (materials !== 7) throw new Error(`the item has ${materials} materials, not seven`)
  await keys('Control+d')
  await page.locator('[data-evidence]').first().waitFor()
  // The third one is missing: on to its row, and to its second answer.
  const at = () => page.evaluate(() => document.activeElement?.closest('[data-material]')?.dataset.material ?? '')
  const third = await page.locator('[data-material]').nth(2).getAttribute('data-material')
  for (let i = 0; (await at()) !== third; i++) {
    if (i > 12) throw new Error('Tab does not come to the third material')
    await keys('Tab')
  }
  await keys('ArrowRight')
  await page.locator('[data-material]').nth(2).locator('[data-choice="missing"]:checked').waitFor()
  await keys('F7') // the rest is there
  await shot('counter-keys-intake')
  await keys('Control+Enter')
  await page.locator('[data-result]').waitFor()
  await keys('F7')
  await page.locator('.print [role="status"]', { hasText: '-BZ' }).waitFor()
  await shot('counter-keys-done')
  await keys('F10')
  await page.locator('[data-act="confirm"]:focus').waitFor()
  await keys('Enter')
  await pane('idle').waitFor()
  if (await page.evaluate(() => document.body.dataset.pointed)) throw new Error('a pointer was used')
  if (pressed > mostKeys) throw new Error(`the visit took ${pressed} keys besides what is typed, at most ${mostKeys} are allowed`)
}

/** Fills in a request for information of the sample person and waits for what was asked before. */
async function ask(text) {
  await page.keyboard.press('Control+Enter')
  await page.locator('#disclosure-agency').waitFor()
  await page.fill('#disclosure-agency', '江南区财政局')
  await page.fill('#disclosure-name', '罗庆(样例)')
  await page.fill('#disclosure-documentNumber', '99010820000907755X')
  await page.fill('#disclosure-phone', '10000000000')
  await page.fill('#disclosure-asked', text)
  await page.locator('[data-before] > *').first().waitFor()
}

/** Takes a request, answers it, and finds it when the same is asked for in other words. */
async function disclosure() {
  await page.keyboard.press('Control+g')
  await page.locator('#disclosure').waitFor()
  const asked = '申请公开2016年江南区桂花路房屋征收补偿方案'
  await ask(asked)
  await shot('counter-disclosure-form')
  // A page that dies and comes back has every letter again.
  await page.reload()
  await page.locator('[data-state]').waitFor()
  await page.keyboard.press('Control+g')
  await page.locator('#disclosure-asked').waitFor()
  const kept = [await page.inputValue('#disclosure-asked'), await page.inputValue('#disclosure-phone')]
  if (kept[0] !== asked || kept[1] !== '10000000000') throw new Error(`after a reload the form says ${kept.join(', ')}`)
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-fresh="taken"]').waitFor()
  await page.keyboard.press('F7')
  await page.locator('[data-printed]', { hasText: '-GS' }).waitFor()
  await page.locator('[name="disclosure-step"][value="answered"]').check()
  await page.locator('[name="disclosure-group"][value="granted"]').check()
  await page.locator('[name="disclosure-outcome"][value="granted"]').check()
  await shot('counter-disclosure-answer')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-fresh="answered"]').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('[data-disclosures]').waitFor()
  await ask('您好，我想看看桂花路拆迁的补偿方案，二〇一六年的那份，谢谢')
  await page.locator('[data-repeat]').first().waitFor()
  await shot('counter-disclosure-repeat')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-fresh="taken"]').waitFor()
  await page.locator('[data-act="pickRepeat"]').first().click()
  await shot('counter-disclosure-pick')
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-fresh="answered"] [data-fact="earlier"]').waitFor()
  await page.keyboard.press('F7')
  await page.locator('[data-printed]', { hasText: '-GD' }).waitFor()
  await shot('counter-disclosure-answered')
  await page.keyboard.press('Escape')
  await page.locator('[data-disclosures]').waitFor()
  await shot('counter-disclosure-list')
  await page.keyboard.press('Escape')
}

try {
  await page.goto(BASE)
  await step('sign in', async () => {
    await page.locator('#clerk, #window-no, [data-state]').first().waitFor()
    if (!(await page.locator('#clerk').count())) return
    await shot('counter-sign-in')
    await page.fill('#clerk', CLERK)
    await page.fill('#pin', PIN)
    await page.keyboard.press('Enter')
    await page.locator('#window-no, [data-state]').first().waitFor()
  })
  await step('open window', openWindow)
  await step('a visit by keys', byKeys)
  await step('the own day', async () => {
    await pane('idle').waitFor()
    await shot('counter-idle')
    await page.keyboard.press('Control+m')
    await page.locator('[data-own-fact]').first().waitFor()
    await shot('counter-own-day')
    await page.keyboard.press('Control+m')
  })
  await step('a break', async () => {
    await page.keyboard.press('Control+l')
    await page.locator('[data-act="stepAway"]').waitFor()
    await page.keyboard.press('ArrowRight')
    await shot('counter-break')
    await page.keyboard.press('Control+Enter')
    await pane('away').waitFor()
    await shot('counter-away')
  })
  await step('back from it', async () => {
    await page.keyboard.press('F2')
    await pane('idle').waitFor()
  })
  await step('call next', async () => {
    await pane('idle').waitFor()
    await page.keyboard.press('F2')
    await pane('called').waitFor()
    await shot('counter-call')
  })
  await step('start', async () => {
    await page.keyboard.press('F9')
    await pane('serving').waitFor()
  })
  await step('step away', async () => {
    await page.keyboard.press('F5')
    await page.locator('[data-form="pass"]').waitFor()
    await shot('counter-elsewhere')
    await page.click('[data-act="park"]')
    await page.locator('[data-parked]').waitFor()
    await shot('counter-parked')
  })
  await step('by number', async () => {
    await page.keyboard.press('F5')
    await page.locator('#number').waitFor()
    await shot('counter-number')
    await page.keyboard.press('Escape')
  })
  await step('go on', async () => {
    await page.click('[data-act="resume"]')
    await pane('serving').waitFor()
  })
  await step('intake', intake)
  await step('an application again', supply)
  await step('a slip put right', putRight)
  await step('finish', finish)
  await step('a second person', fourEyes)
  await step('the hall', async () => {
    await page.keyboard.press('Control+h')
    await page.locator('[data-at]').first().waitFor()
    await shot('counter-hall')
    await page.keyboard.press('Escape')
  })
  await step('bad ratings', async () => {
    await page.click('[data-panel="follow"]')
    await page.locator('[data-panel="follow"][aria-current]').waitFor()
    await shot('counter-follow')
    await page.keyboard.press('Escape')
  })
  await step('a request for information', disclosure)
  await step('a notice', async () => {
    await page.click('[data-panel="notice"]')
    await page.click('[data-ready="lift"]')
    await page.click('[data-act="postNotice"]')
    await page.locator('[data-notice] [data-act="endNotice"]').waitFor()
    await shot('counter-notice')
  })
  await step('no notice', async () => {
    await page.click('[data-act="endNotice"]')
    await page.locator('[data-notice]').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
  })
  console.log(`counter: ${steps.join(', ')}: done; a visit with seven materials took ${pressed} keys besides what is typed, at most ${mostKeys} are allowed`)
} catch (fault) {
  console.error(`counter: failed at ${fault.message}`)
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/counter-failed.png` }).catch(() => undefined)
  process.exitCode = 1
} finally {
  await browser.close()
}
