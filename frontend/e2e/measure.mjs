// Measures what an accessibility checker misses: millimetres, and words cut off.

/**
 * Findings on the page as sentences. Limits of a kiosk at 600 mm: a target is at
 * least 16 mm each way, text at least 10 mm (capitals of 7.3 mm), and no words
 * run out of their box or of the screen.
 */
export function measure(page, pxPerMM, limits = { target: 16, text: 10 }) {
  return page.evaluate(({ mm, target, text }) => {
    const found = []
    const name = (e) => `${e.tagName.toLowerCase()}.${[...e.classList].join('.')} "${(e.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 24)}"`
    const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest('.unseen, [aria-hidden="true"], option')
    for (const e of document.querySelectorAll('button, input, select, textarea, [role=button], [role=tab], [role=switch]')) {
      if (!seen(e)) continue
      const box = (e.closest('.box') ?? e).getBoundingClientRect()
      if (box.width < target * mm - 0.5 || box.height < target * mm - 0.5) found.push(`target ${(box.width / mm).toFixed(1)} x ${(box.height / mm).toFixed(1)} mm: ${name(e)}`)
    }
    for (const e of document.querySelectorAll('body *')) {
      if (!seen(e) || ![...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim() !== '')) continue
      const size = parseFloat(getComputedStyle(e).fontSize)
      if (size < text * mm - 0.1) found.push(`text ${(size / mm).toFixed(1)} mm: ${name(e)}`)
      if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline') found.push(`wider than its box: ${name(e)}`)
      const box = e.getBoundingClientRect()
      if (box.right > innerWidth + 1 || box.left < -1) found.push(`out of the screen: ${name(e)}`)
    }
    for (const e of document.querySelectorAll('button, .area, .row, .key, .card, .paper')) {
      if (seen(e) && e.scrollHeight > e.clientHeight + 3) found.push(`higher than its box: ${name(e)}`)
    }
    const body = document.querySelector('.body')
    const scrolls = ['guide', 'found', 'search'].includes(document.querySelector('main')?.dataset.screen)
    const told = document.querySelector('[data-alert] p')
    if (body && !scrolls && !told && body.scrollHeight > body.clientHeight + 2) found.push(`needs scrolling: ${body.scrollHeight} in ${body.clientHeight} px`)
    // Buttons that lie over each other take each other's taps.
    const buttons = [...document.querySelectorAll('button')].filter(seen).map((e) => [e, e.getBoundingClientRect()])
    for (const [a, p] of buttons) {
      for (const [b, q] of buttons) {
        if (a === b || a.contains(b) || b.contains(a) || a.matches('.more') || b.matches('.more')) continue
        if (a.closest('.body') !== b.closest('.body')) continue
        if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1) found.push(`overlap: ${name(a)} and ${name(b)}`)
      }
    }
    return [...new Set(found)]
  }, { mm: pxPerMM, ...limits })
}
