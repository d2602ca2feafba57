// What axe finds on a page as it is painted. High contrast has to have 7:1 as well.
import { readFileSync } from 'node:fs'

const source = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

export function axeOn(page, { high = false } = {}) {
  return page.evaluate(async ([source, high]) => {
    if (!window.axe) new Function(source)()
    const { violations } = await window.axe.run(document, { rules: { region: { enabled: false }, 'color-contrast-enhanced': { enabled: high } } })
    return violations.map((v) => `axe: ${v.id} ${v.nodes.map((x) => x.target.join(' ')).join(', ')}`)
  }, [source, high])
}
