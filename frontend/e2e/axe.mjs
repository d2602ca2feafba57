// What axe finds on a page as it is painted. High contrast has to have 7:1 as well; `without`
// names rules that do not fit the page.
import { readFileSync } from 'node:fs'

const source = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

export function axeOn(page, { high = false, without = [] } = {}) {
  return page.evaluate(async ([source, high, without]) => {
    if (!window.axe) new Function(source)()
    const { violations } = await window.axe.run(document, { rules: { ...Object.fromEntries(['region', ...without].map((r) => [r, { enabled: false }])), 'color-contrast-enhanced': { enabled: high } } })
    return violations.map((v) => `axe: ${v.id} ${v.nodes.map((x) => x.target.join(' ')).join(', ')}`)
  }, [source, high, without])
}
