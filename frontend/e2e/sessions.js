// Lives one session after another in the page itself of a kiosk, or of a counter, with no hand from outside,
// and reports how long the page kept each frame waiting. The bench of the production
// window builds it into the pages (build/bench_sessions.go); it is in no product.
const { to, sessions, only } = document.currentScript.dataset
const calmMS = 10_000

/** Milliseconds between one frame and the next, rounded up, and how often each was seen. */
let gaps = {}
/** The screens on which a frame took longer than a person may wait, and how often. */
let slow = {}
let last = 0
const longMS = 50
requestAnimationFrame(function frame(at) {
  if (last > 0) {
    const gap = Math.ceil(at - last)
    gaps[gap] = (gaps[gap] ?? 0) + 1
    if (gap > longMS) {
      const at = `${step} on ${document.querySelector('main')?.dataset.screen}`
      slow[at] = (slow[at] ?? 0) + 1
    }
  }
  last = at
  requestAnimationFrame(frame)
})

const next = () => new Promise((done) => requestAnimationFrame(done))

async function find(selector) {
  const begun = performance.now()
  for (;;) {
    const found = document.querySelector(selector)
    if (found && !found.disabled) return found
    if (performance.now() - begun > 15_000) throw new Error(`there is no ${selector} on ${document.querySelector('main')?.dataset.screen}`)
    await next()
  }
}

/** What was pressed last. */
let step = ''
async function press(selector) {
  const found = await find(selector)
  step = selector
  found.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })) // somebody is there
  found.focus()
  found.click()
  await next()
  await next()
}

/** Milliseconds from a key to the frame after the one that shows what it wrote or found, rounded up, and how often each was seen. */
let keys = {}
/** The same from the key that calls the next person to the frame after the one that shows the number. */
let calls = {}
const since = (begun, at, counts) => {
  const took = Math.ceil(at - begun)
  counts[took] = (counts[took] ?? 0) + 1
}
async function type(key) {
  const found = await find(`[data-key="${key}"]`)
  const words = document.querySelector('[data-search]').value + key
  step = `key ${key}`
  found.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
  const begun = performance.now()
  found.click()
  await Promise.resolve()
  await next()
  while (document.querySelector('[data-search]').value !== words || document.querySelector('[data-results][aria-busy="true"]')) await next()
  since(begun, await next(), keys)
}

const screen = (name) => find(`main[data-screen="${name}"]`)
const go = async (selector, to) => { await press(selector); await screen(to) }
const home = () => go('[data-nav="home"]', 'home')
const some = (list) => list[Math.floor(Math.random() * list.length)]

async function takeOne() {
  await find('[data-take]')
  const letter = some([...document.querySelectorAll('[data-take]')]).dataset.take
  await press(`[data-take="${letter}"]`)
  await find('[data-ticket]')
  await go('[data-done]', 'home')
}

async function comfort(name) {
  await go('[data-comfort]', 'comfort')
  await press(`[data-switch="${name}"]`)
  await go('[data-done]', 'home')
}

/** What people come for. */
const visits = [
  async function ticket() {
    await go('[data-verb="ticket"]', 'areas')
    await press('[data-nav="next"]')
    await press('[data-nav="previous"]')
    await takeOne()
  },
  async function guide() {
    await go('[data-verb="guide"]', 'areas')
    await go('[data-area] .into', 'items')
    await go('[data-item]', 'guide')
    for (const tab of ['place', 'steps', 'materials']) await press(`[data-tab="${tab}"]`)
    await press('[data-nav="back"]')
    await home()
  },
  async function search() {
    await go('[data-verb="search"]', 'search')
    for (const key of some(['SBK', 'JHZ', 'CLF', 'HUZHAO', 'GONGJIJIN'])) await type(key)
    await go('[data-item]', 'guide')
    await takeOne()
  },
  async function progress() {
    await go('[data-verb="progress"]', 'progress')
    for (const key of 'B912') await press(`[data-key="${key}"]`)
    await press('[data-look-up]')
    await find('[data-refusal]')
    await home()
  },
  async function foreigner() {
    await press('button[lang="en"]')
    await go('[data-verb="ticket"]', 'areas')
    await takeOne()
  },
  async function elderly() {
    await comfort('big')
    await go('[data-verb="ticket"]', 'areas')
    await takeOne()
  },
]

/** A key at the counter, and a letter in a field that has the focus there. */
const hotkey = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
async function write(selector, text) {
  const field = await find(selector)
  field.focus()
  for (const letter of text) {
    step = `a letter in ${selector}`
    const begun = performance.now()
    field.value += letter
    field.dispatchEvent(new InputEvent('input', { data: letter, inputType: 'insertText', bubbles: true }))
    await next()
    since(begun, await next(), keys)
  }
}

/** What a clerk does with each person. */
async function visit() {
  await find('[data-state="idle"] [data-act="next"]')
  step = 'next'
  const begun = performance.now()
  hotkey('F2')
  await next()
  while (!document.querySelector('[data-state="called"]')) {
    if (performance.now() - begun > 15_000) throw new Error(`nobody was called: ${document.querySelector('[data-alert]')?.textContent ?? ''}`)
    await next()
  }
  since(begun, await next(), calls)
  hotkey('F9')
  await write('#in-applicant', '罗庆(样例)')
  await write('#in-documentNumber', '99010820000907755X')
  await write('#in-phone', '10000000000')
  await write('#in-note', '证书原件已核对，下午来取')
  hotkey('F10')
  await press('[data-row="0"] [data-choice="advice"]')
  await press('[data-act="confirm"]')
}

/** Signs in and opens the window, as the words behind "desk" say. */
async function sitDown(clerk, pin, window) {
  const put = async (selector, text) => {
    const field = await find(selector)
    field.value = text
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    return field
  }
  await put('#clerk', clerk)
  const form = (await put('#pin', pin)).form
  for (const begun = performance.now(); !document.querySelector('#window-no') && performance.now() - begun < 15_000;) { // the clerk may not be known yet
    form.requestSubmit()
    await new Promise((done) => setTimeout(done, 500))
  }
  (await put('#window-no', window)).form.requestSubmit()
  await find('[data-state="idle"]')
}

async function report(more) {
  await fetch(to, { method: 'POST', mode: 'no-cors', body: JSON.stringify({ gaps, slow, keys, calls, ...more }) })
  gaps = {}
  slow = {}
  keys = {}
  calls = {}
  last = 0
}

const [place, ...words] = only.split(' ')
const chosen = place === 'desk' ? [visit] : visits.filter((v) => !only || v.name === only)

async function live() {
  await (place === 'desk' ? sitDown(...words) : screen('home'))
  await new Promise((done) => setTimeout(done, 3000))
  gaps = {}
  last = 0
  await new Promise((done) => setTimeout(done, calmMS))
  await report({ calm: true })
  for (let n = 0; n < Number(sessions); n++) {
    try {
      await chosen[n % chosen.length]()
    } catch (why) {
      await report({ done: n, why: `${chosen[n % chosen.length].name}: ${why.message}` })
      return
    }
    if ((n + 1) % 20 === 0 || n + 1 === Number(sessions)) await report({ done: n + 1 })
  }
}
void live()
