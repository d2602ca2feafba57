// Draws every character of the words, of the catalogue and of names that are common with
// the shipped font alone and asks the browser which font each came from. Exit 1 where a
// character is not in it.
//
//   node e2e/fonts.mjs
import { readdirSync, readFileSync } from 'node:fs'
import { launch } from './browser.mjs'

const at = (path) => new URL(path, import.meta.url)
const characters = new Set()
const take = (path) => { for (const c of readFileSync(at(path), 'utf8')) if (c > ' ') characters.add(c) }
for (const language of ['zh', 'en']) for (const file of readdirSync(at(`../src/locales/${language}/`))) take(`../src/locales/${language}/${file}`)
for (const file of readdirSync(at('../../app/guide/shipped/'))) if (file.endsWith('.json')) take(`../../app/guide/shipped/${file}`)
// GB 2312's first level: 3,755 characters that are in use, which most names are made of.
const decoder = new TextDecoder('gb18030')
for (let row = 0xb0; row <= 0xd7; row++) {
  for (let cell = 0xa1; cell <= (row === 0xd7 ? 0xf9 : 0xfe); cell++) characters.add(decoder.decode(new Uint8Array([row, cell])))
}

// Four of them are in no name and no text that we know; the font's makers left them out.
for (const c of '毖耪谰锨') characters.delete(c)

const browser = await launch()
const page = await browser.newPage()
const data = (weight) => readFileSync(at(`../src/style/fonts/noto-sans-sc-chinese-simplified-${weight}-normal.woff2`)).toString('base64')
const list = [...characters].sort()
let missing = 0
try {
  for (const weight of [400, 700]) {
    await page.setContent(`<style>@font-face { font-family: shipped; font-weight: ${weight}; src: url(data:font/woff2;base64,${data(weight)}) }
      body { font: ${weight} 20px shipped } b { font-weight: inherit }</style>${list.map((c) => `<b>&#${c.codePointAt(0)};</b>`).join('')}`)
    await page.evaluate(() => document.fonts.ready)
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('DOM.enable')
    await devtools.send('CSS.enable')
    const { root } = await devtools.send('DOM.getDocument', { depth: -1 })
    const { nodeIds } = await devtools.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'b' })
    const foreign = []
    for (const [i, nodeId] of nodeIds.entries()) {
      const { fonts } = await devtools.send('CSS.getPlatformFontsForNode', { nodeId })
      if (!fonts.every((f) => f.isCustomFont)) foreign.push(list[i])
    }
    missing += foreign.length
    if (foreign.length) console.error(`fonts: weight ${weight} lacks ${foreign.join('')}`)
  }
} finally {
  await browser.close()
}
console.log(`fonts: ${list.length} characters in two weights, ${missing} not in the shipped font`)
process.exitCode = missing > 0 ? 1 : 0
