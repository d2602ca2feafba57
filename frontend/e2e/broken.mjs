// Proves the rules of measure.mjs: each page here breaks one of them, and the rule must
// fire; the page that it was made from must pass.

const home = []
const areas = ['[data-verb="ticket"]']
const search = ['[data-verb="search"]']

/** What is done to a page that is right, so that one rule is broken. */
const broken = [
  { rule: 'target', at: areas, by: () => { const b = document.querySelector('[data-take]'); b.style.cssText = 'min-block-size:0;block-size:30px;padding:0' } },
  { rule: 'gap', at: areas, by: () => { document.querySelector('.bar').style.gap = '2px' } },
  { rule: 'overlap', at: areas, by: () => { document.querySelector('[data-nav="home"]').style.marginInlineStart = '-120px' } },
  { rule: 'overlap', at: home, by: () => { document.querySelector('h1').style.marginBlockEnd = '-60px'; const p = document.createElement('p'); p.textContent = '下面一行'; document.querySelector('.top').append(p) } },
  { rule: 'text', at: home, by: () => { document.querySelector('.waiting').style.fontSize = '16px' } },
  { rule: 'line height', at: home, on: ['big'], by: () => { const p = document.querySelector('.waiting'); p.textContent = '很长的一句话'.repeat(12); p.style.lineHeight = '1.05' } },
  { rule: 'cut', at: home, by: () => { const b = document.querySelector('.verb b'); b.style.cssText = 'display:block;white-space:nowrap;inline-size:2em;overflow:hidden' ; b.textContent = '取号取号取号' } },
  { rule: 'cut', at: home, by: () => { document.querySelector('.waiting').style.cssText = 'position:relative;inset-inline-start:900px' } },
  { rule: 'scroll', at: areas, by: () => { document.querySelector('.areas').style.cssText += ';min-block-size:3000px;max-block-size:none' } },
  { rule: 'role', at: home, by: () => { const d = document.createElement('div'); d.textContent = '点我'; d.addEventListener('click', () => undefined); document.querySelector('.home').append(d) } },
  { rule: 'label', at: search, by: () => { document.querySelector('#find').removeAttribute('aria-label') } },
  { rule: 'tab order', at: home, by: () => { document.querySelector('[data-verb="guide"]').tabIndex = 5 } },
  { rule: 'tab order', at: home, by: () => { const list = document.querySelector('.verbs'); list.style.cssText = 'display:flex;flex-direction:column-reverse' } },
  { rule: 'choices', at: areas, by: () => { const list = document.querySelector('.areas'); list.append(list.lastElementChild.cloneNode(true)) } },
  { rule: 'at hand', at: home, by: () => { document.querySelector('[data-help]').remove() } },
  { rule: 'contrast', at: home, by: () => { document.querySelector('.waiting').style.color = '#8a9a9e' } },
  { rule: 'contrast', at: home, on: ['contrast'], by: () => { document.querySelector('.waiting').style.color = '#5f6f73' } },
  { rule: 'edge', at: home, by: () => { document.querySelector('[data-verb="guide"]').style.borderColor = '#d5dde0' } },
  { rule: 'reach', at: home, on: ['low'], by: () => { document.documentElement.style.setProperty('--reach', '1800px') } },
  { rule: 'place', at: areas, by: () => { document.querySelector('.bar').style.paddingBlockEnd = '60px' } },
  { rule: 'axe', at: home, by: () => { document.querySelector('.verbs').setAttribute('role', 'listbox') } },
]

/**
 * Breaks each rule once. `open` gives a kiosk, `tell` the findings on its page
 * with the switches that are on. Gives sentences about rules that did not fire,
 * or fired before anything was broken.
 */
export async function prove(open, settle, hand, tell) {
  const faults = []
  for (const { rule, at, on = [], by } of broken) {
    const kiosk = await open()
    const { page } = kiosk
    const finger = hand(page)
    await settle(kiosk, finger, 'zh', on[0] ?? 'normal')
    for (const selector of at) await finger.press(selector)
    await page.locator('h1').waitFor()
    const fired = async () => (await tell(page, on)).filter((f) => f.startsWith(`${rule}:`))
    const before = await fired()
    if (before.length > 0) faults.push(`the rule "${rule}" fires on a page that is right: ${before[0]}`)
    await page.evaluate(by)
    if ((await fired()).length === 0) faults.push(`the rule "${rule}" does not fire on a page that breaks it: ${by}`)
    await kiosk.close()
  }
  return { faults, pages: broken.length, rules: new Set(broken.map((b) => b.rule)).size }
}
