// Measures what an accessibility checker misses: millimetres, words cut off, clickable
// boxes without a role, the order of Tab, contrast as it is painted, reach from a seat.
// The limits are those of people at a kiosk: a target is at least 16 mm each way and 3 mm
// from the next, capitals are 7.3 mm high for 600 mm of distance (a font of 10 mm), text
// has 4.5:1 and an edge 3:1, in high contrast 7:1; low mode keeps controls between 380
// and 1200 mm above the floor; a screen has at most six choices. Each rule is proved by a
// page that breaks it: see broken.mjs.

/** Marks what listens to taps; to be called before the page loads. */
export const markListeners = (page) => page.addInitScript(() => {
  const add = EventTarget.prototype.addEventListener
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (['click', 'mousedown', 'pointerdown', 'touchstart'].includes(type) && this instanceof Element) this.setAttribute('data-listens', '')
    return add.call(this, type, ...rest)
  }
})

/**
 * Findings on the page as sentences that begin with the rule's name. `profile` is
 * one of screens.mjs, `on` the comfort switches that are on. With `loose` words
 * may be so large that a page has to scroll: only what can no more be read or
 * pressed counts.
 */
export function measure(page, profile, on = [], { loose = false } = {}) {
  return page.evaluate(inPage, { mm: profile.pxPerMm, floor: profile.screenLowMm, far: Math.max(1, profile.distanceMm / 600),
    big: on.includes('big'), high: on.includes('contrast'), low: on.includes('low'), loose })
}

function inPage({ mm, floor, far, big, high, low, loose }) {
  const found = []
  const tell = (rule, words) => found.push(`${rule}: ${words}`)
  const name = (e) => `${e.tagName.toLowerCase()}.${[...e.classList].join('.')} "${(e.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 24)}"`
  const room = document.querySelector('[role="alertdialog"]') ?? document
  /** What is only for screen readers is clipped to nothing. */
  const clipped = (e) => e !== null && (getComputedStyle(e).clipPath === 'inset(50%)' || clipped(e.parentElement))
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest('[aria-hidden="true"], option') && !clipped(e)
  const box = (e) => e.getBoundingClientRect()
  const all = (selector) => [...room.querySelectorAll(selector)].filter(seen)
  /** What is scrolled out of its box can be scrolled in: it counts for sizes, not for places. */
  const inSight = (e) => {
    const p = box(e)
    for (let up = e.parentElement; up; up = up.parentElement) {
      if (!/auto|scroll/.test(getComputedStyle(up).overflowY)) continue
      const q = box(up)
      if (p.bottom <= q.top + 1 || p.top >= q.bottom - 1) return false
    }
    return true
  }
  const roles = 'button, input, select, textarea, [role=button], [role=tab], [role=switch], [role=radio], [role=checkbox], a[href]'
  const controls = all(roles)
  /** The part of a box that its scrolling ancestors let be seen. */
  const shown = (e) => {
    let { left, right, top, bottom } = target(e)
    for (let up = e.parentElement; up; up = up.parentElement) {
      if (!/auto|scroll|hidden/.test(getComputedStyle(up).overflowY)) continue
      const q = box(up)
      top = Math.max(top, q.top)
      bottom = Math.min(bottom, q.bottom)
    }
    return { left, right, top, bottom }
  }
  /** A field's target is the whole frame that is drawn around it. */
  const target = (e) => box(e.closest('.box') ?? e)
  const words = all('body *, p').filter((e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim() !== ''))

  function sizes() {
    const least = (big ? 19 : 16) * mm - 0.5
    for (const e of controls) {
      const b = target(e)
      if (b.width < least || b.height < least) tell('target', `${(b.width / mm).toFixed(1)} x ${(b.height / mm).toFixed(1)} mm: ${name(e)}`)
    }
    const sight = controls.filter(inSight)
    for (const [i, a] of sight.entries()) {
      for (const b of sight.slice(i + 1)) {
        if (a.contains(b) || b.contains(a) || a.closest('.box') && a.closest('.box') === b.closest('.box')) continue
        const p = shown(a), q = shown(b)
        const across = Math.max(p.left, q.left) - Math.min(p.right, q.right)
        const down = Math.max(p.top, q.top) - Math.min(p.bottom, q.bottom)
        if (across < -1 && down < -1) tell('overlap', `${name(a)} and ${name(b)}`)
        else if (Math.max(across, down) < 3 * mm - 0.6) tell('gap', `${(Math.max(across, down) / mm).toFixed(1)} mm between ${name(a)} and ${name(b)}`)
      }
    }
  }

  function texts() {
    const least = (big ? 12.5 : 10) * far * mm - 0.1
    for (const e of words) {
      const style = getComputedStyle(e)
      const size = parseFloat(style.fontSize)
      if (size < least) tell('text', `${(size / mm).toFixed(1)} mm: ${name(e)}`)
      const rects = [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).flatMap((n) => { const r = document.createRange(); r.selectNodeContents(n); return [...r.getClientRects()] })
      const lines = new Set(rects.map((r) => Math.round(r.top / 4))).size
      if (big && lines > 1 && parseFloat(style.lineHeight) < size * 1.3 - 0.1) tell('line height', `${(parseFloat(style.lineHeight) / size).toFixed(2)}: ${name(e)}`)
    }
  }

  function cut() {
    for (const e of words) {
      const style = getComputedStyle(e)
      if (e.scrollWidth > e.clientWidth + 1 && style.display !== 'inline') tell('cut', `wider than its box: ${name(e)}`)
      const b = box(e)
      if (b.right > innerWidth + 1 || b.left < -1) tell('cut', `out of the screen: ${name(e)}`)
      if (inSight(e) && (b.bottom > innerHeight + 1 || b.top < -1) && !e.closest('.body, .room, [data-gallery]')) tell('cut', `above or below the screen: ${name(e)}`)
    }
    for (const e of all('button, .area, .row, .key, .card, .paper, .toggle')) {
      if (e.scrollHeight > e.clientHeight + 3) tell('cut', `higher than its box: ${name(e)}`)
    }
    // Two pieces of text on the same place can both not be read.
    const sight = words.filter((e) => inSight(e) && getComputedStyle(e).display !== 'inline')
    for (const [i, a] of sight.entries()) {
      for (const b of sight.slice(i + 1)) {
        if (a.contains(b) || b.contains(a) || a.closest('.list') || b.closest('.list')) continue
        const p = box(a), q = box(b)
        if (p.left < q.right - 2 && q.left < p.right - 2 && p.top < q.bottom - 2 && q.top < p.bottom - 2 && sameLayer(a, b)) tell('overlap', `text ${name(a)} and ${name(b)}`)
      }
    }
    const body = room.querySelector('.body')
    // In large type a ticket may go on below, where its number, its place and the way on are always in sight, and so may what
    // a search has found below its answer.
    const scrolls = ['guide', 'found', 'checklist', 'hall', 'policy', 'text', ...(big ? ['ticket', 'search'] : [])].includes(room.querySelector('main')?.dataset.screen)
    if (!loose && body && !scrolls && !room.querySelector('[data-alert] p, [data-help-state]') && body.scrollHeight > body.clientHeight + 2) tell('scroll', `${body.scrollHeight} in ${body.clientHeight} px`)
  }

  /** What scrolls lies behind what does not: only things that scroll together can cover each other. */
  function sameLayer(a, b) {
    const scroller = (e) => { let up = e.parentElement; while (up && !/auto|scroll/.test(getComputedStyle(up).overflowY)) up = up.parentElement; return up }
    return scroller(a) === scroller(b)
  }

  function meaning() {
    for (const e of all('[data-listens], [onclick]')) {
      if (!e.matches(`${roles}, label, [role]`) && !e.closest('button, [data-idle-veil]')) tell('role', `takes taps and says to nobody what it is: ${name(e)}`)
    }
    for (const e of controls) {
      const label = e.getAttribute('aria-label') || (e.getAttribute('aria-labelledby') && document.getElementById(e.getAttribute('aria-labelledby'))?.textContent)
        || [...(e.labels ?? [])].map((l) => l.textContent).join('') || (e.matches('input, select, textarea') ? '' : e.textContent)
      if (!label?.trim()) tell('label', `has no name but perhaps a placeholder: ${name(e)}`)
    }
    for (const e of all('[tabindex]')) if (e.tabIndex > 0) tell('tab order', `tabindex ${e.tabIndex}: ${name(e)}`)
    const stops = all(`main :is(${roles})`).filter((e) => e.tabIndex >= 0 && inSight(e))
    for (const [i, e] of stops.slice(1).entries()) {
      const p = box(stops[i]), q = box(e)
      // The next stop may lie beside or below; one that lies above and not further to the right goes backwards.
      if (q.bottom <= p.top + 1 && q.left < p.right - 1) tell('tab order', `from ${name(stops[i])} back up to ${name(e)}`)
    }
    const choices = all('main:not([data-gallery]) :is([data-area], [data-item], [data-verb], [data-switch], [data-read])').length
    if (choices > 6) tell('choices', `${choices} on one screen`)
    if (room === document && document.querySelector('.kiosk')) {
      for (const hand of ['[data-comfort]', '[data-help]', '.languages button']) {
        if (!all(hand).some((e) => box(e).bottom <= innerHeight + 1)) tell('at hand', `${hand} is not on the screen`)
      }
    }
  }

  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05) }
  const colour = (text) => { const n = (text.match(/[\d.]+/g) ?? ['0', '0', '0', '0']).map(Number); return { rgb: n.slice(0, 3), alpha: n[3] ?? 1 } }
  function ground(e) {
    for (let up = e; up; up = up.parentElement) {
      const c = colour(getComputedStyle(up).backgroundColor)
      if (c.alpha > 0.99) return c.rgb
    }
    return [255, 255, 255]
  }
  const off = (e) => e.closest(':disabled, [aria-disabled="true"]')

  function contrast() {
    const least = high ? 7 : 4.5
    for (const e of words) {
      if (off(e)) continue
      const got = ratio(colour(getComputedStyle(e).color).rgb, ground(e))
      if (got < least - 0.02) tell('contrast', `${got.toFixed(1)} of ${least}: ${name(e)}`)
    }
    for (const e of controls) {
      if (off(e) || e.matches('[role=tab], .into, .clear, .choice, input')) continue // drawn by the box they stand in
      const style = getComputedStyle(e)
      const behind = ground(e.parentElement)
      const edge = parseFloat(style.borderTopWidth) > 0 ? ratio(colour(style.borderTopColor).rgb, behind) : 1
      const own = colour(style.backgroundColor)
      const area = own.alpha > 0.99 ? ratio(own.rgb, behind) : 1
      if (Math.max(edge, area) < 2.98) tell('edge', `${Math.max(edge, area).toFixed(1)} of 3: ${name(e)}`)
    }
  }

  function reach() {
    if (!low) return
    for (const e of controls) {
      if (!inSight(e)) continue
      const b = shown(e) // the rest of it can be scrolled into reach
      const top = floor + (innerHeight - b.top) / mm
      const bottom = floor + (innerHeight - b.bottom) / mm
      if (top > 1200.5 || bottom < 379.5) tell('reach', `${Math.round(bottom)} to ${Math.round(top)} mm above the floor: ${name(e)}`)
    }
  }

  if (!loose) { sizes(); texts(); reach() }
  cut()
  meaning()
  contrast()
  return [...new Set(found)]
}
