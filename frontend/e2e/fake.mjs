// A terminal that is not one: it answers the bridge's calls from the shipped
// catalogue, so that pages can be looked at in states that are hard to bring about
// (no paper, cut off, a refusal). Only the gallery and people at work on pages use
// it; no test rests on it and nothing of it is in the built pages.
//
//   PORT=7801 node e2e/fake.mjs        serves ../dist on http://127.0.0.1:7801
//
// POST /fake takes {standing, ticket, refuse, place, progress, help, long, board, ownWords, hall} and changes what is answered.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { deflateSync } from 'node:zlib'

const shipped = new URL('../../app/guide/shipped/', import.meta.url)
const dist = new URL('../dist/', import.meta.url)
const read = (name) => JSON.parse(readFileSync(new URL(name, shipped)))
const text = (zh, en) => ({ zh, en: en || zh })
/** The longest of some names, in each language. */
const longest = (list) => { const most = (k) => list.map((x) => x[k] ?? '').reduce((a, b) => (b.length > a.length ? b : a), ''); return text(most('name'), most('name_en')) }

const hallID = 'jiangnan'
const halls = read('halls.json')
const items = [...read('items.json').items, ...read('street.json').items]
const sets = read('datasets.json')
const hallName = (id) => text(halls.halls.find((h) => h.id === id).name, halls.halls.find((h) => h.id === id).name_en)

/** What the terminal that is answering now was told to be; each server has its own. */
let over = {}
/** What the page asked to be said aloud: text, language, volume, speed. */
export const spoken = []
const waiting = { A: 12, B: 41, C: 9, D: 2, E: 23, F: 5, G: 8, H: 14, J: 6, K: 0, L: 1, M: 0 }
const wait = (n) => ({ known: true, low: Math.round(n * 0.6), high: Math.round(n * 1.3) + (n > 0 ? 3 : 0) })
const area = (a) => {
  const n = waiting[a.letter] ?? 0
  const here = a[hallID]
  return { letter: a.letter, name: over.long ? longest(halls.areas) : text(a.name, a.name_en), floor: here.floor, windows: here.windows, openWindows: a.letter === 'L' ? 0 : Math.ceil(here.windows / 2),
    waiting: n, wait: a.letter === 'L' ? { known: false, low: 0, high: 0 } : wait(n), items: items.filter((i) => i.area_letter === a.letter).length,
    late: over.late ?? false, elsewhere: over.late ? [text('江北办事服务大厅', 'Jiangbei Service Hall')] : [], pausedUntil: over.paused === a.letter ? '10:30' : '', pausedWhy: '', relief: 0 }
}
const areas = () => halls.areas.map(area)
const here = (i) => i.places.some((p) => p.hall === hallID)
const card = (i, why = '', match = '') => ({ code: i.code, name: over.long ? longest(items) : text(i.name, i.name_en), department: i.department, letter: i.area_letter,
  area: text(halls.areas.find((a) => a.letter === i.area_letter).name, halls.areas.find((a) => a.letter === i.area_letter).name_en),
  runOnce: i.run_once, materials: i.materials.length, here: here(i), why, match })
const place = () => ({ role: 'kiosk', hall: hallID, hallName: hallName(hallID), terminal: 'k1', pxPerMm: Number(process.env.PX ?? 2.7), screenLowMm: 700, distanceMm: 600, voice: true, reader: true, floor: 1, date: '2026-11-24', nowMs: Date.UTC(2026, 10, 24, 1, 12), guidesVersion: '2026.11-1', guidesDate: '2026-11-20', ...over.place })
const standing = () => ({ line: 'centre', sinceMs: 0, hereOnly: 0, hallOnly: 0, oldestSeconds: 0, clockOff: false, disk: 'ok', printer: 'ok', ...over.standing })

function guide(code) {
  const i = items.find((x) => x.code === code)
  const needs = { 必要: 'must', 非必要: 'maybe', 容缺后补: 'later' }
  return { item: card(i), handling: i.handling, legalDays: i.legal_days, promisedDays: i.promised_days, dayUnit: i.day_unit, visits: i.visits, conditions: i.conditions,
    materials: i.materials.map((m) => ({ no: m.no, name: m.name, form: m.form, originals: m.originals, copies: m.photocopies, need: needs[m.necessity],
      waivedBy: m.waived_by ? text(...['name', 'name_en'].map((k) => sets.find((s) => s.id === m.waived_by)[k])) : text('', ''), note: m.note })),
    steps: i.steps, result: i.result, fee: i.fee.text, charged: i.fee.charged, consultPhone: i.consult_phone, complaintPhone: i.complaint_phone, hours: i.hours.text,
    places: i.places.map((p) => ({ hall: hallName(p.hall), address: p.address, floor: p.floor, windows: p.windows, here: p.hall === hallID })),
    online: i.online.available, legalBasis: i.legal_basis, faq: (i.faq ?? []).map((f) => ({ q: f.q, a: f.a })), queue: area(halls.areas.find((a) => a.letter === i.area_letter)), questions: questions(i) }
}

// What app/guide/checklist.go decides, for pages that are looked at.
const kinds = { 委托他人代办: 'agent', 单位查阅: 'company', 未成年人申领: 'minor', 未成年人变更: 'minor', 未满16周岁: 'under_16', 存在遗嘱或有人放弃: 'will', 已办理公证: 'notarised', 长期异地居住或者转诊: 'away' }
const caseOf = (note) => note.match(/^([^,，。;；:：（）()]+)(的提供|时提供|的交回)$/)?.[1]
const asked = (m) => (m.necessity === '非必要' && !m.waived_by ? caseOf(m.note) : undefined)
const questions = (i) => [...new Set(i.materials.map(asked).filter(Boolean))].map((c) => ({ id: kinds[c] ?? c, kind: over.ownWords ? '' : kinds[c] ?? '', case: c }))
function checklist(r) {
  const i = items.find((x) => x.code === r.code)
  const duty = (m) => {
    if (m.waived_by) return 'shared'
    if (m.necessity !== '非必要') return m.necessity === '必要' ? 'bring' : 'follow'
    const c = asked(m)
    return { yes: 'bring', no: 'not_yours' }[r.answers[kinds[c] ?? c]] ?? 'only_if'
  }
  return i.materials.map((m, n) => ({ material: guide(r.code).materials[n], duty: duty(m), onSite: /窗口领取|现场免费拍摄/.test(m.note) }))
}

// The first character of each pinyin letter, in the order of the dictionary.
const bounds = [...'阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他哇夕丫匝']
const letters = [...'ABCDEFGHJKLMNOPQRSTWXYZ']
const order = new Intl.Collator('zh-Hans-CN').compare
const initials = (s) => [...s].map((c) => (/[\u4e00-\u9fff]/.test(c) ? letters[bounds.findLastIndex((b) => order(c, b) >= 0)] ?? '' : '')).join('')
function search(query) {
  // Letters that wait behind characters find nothing more here.
  const q = query.trim().toUpperCase().replace(/(?<=[\u4e00-\u9fff])[A-Z]+$/, '')
  return items.flatMap((i) => {
    if (i.name.includes(q) || (i.name_en ?? '').toUpperCase().includes(q)) return [card(i, 'name', i.name)]
    const alias = i.aliases.find((a) => a.includes(q))
    if (alias) return [card(i, 'alias', alias)]
    const spoken = [i.name, ...i.aliases].find((n) => initials(n).startsWith(q))
    return spoken ? [card(i, 'pinyin', spoken)] : []
  }).slice(0, 20)
}

// What app/guide/filter.go and ask.go decide, for pages that are looked at.
const audiences = { person: '个人', company: '法人' }
const passes = (f) => (i) => (!f.audience || i.audience.includes(audiences[f.audience])) && (!f.area || i.area_letter === f.area) && (!f.department || i.department === f.department) &&
  (!f.lifeEvent || i.life_events.includes(f.lifeEvent)) && (!f.online || i.online.available) && (!f.runOnce || i.run_once)
const noQuote = { state: '', item: null, field: '', fromFaq: false, lines: [], promisedDays: 0, dayUnit: '', visits: 0, phone: '' }
/** Only words that end with a question mark ask; the item is the first whose alias is in them. */
function quote(words) {
  if (!/[?？]$/.test(words)) return noQuote
  const i = items.find((x) => [x.name, ...x.aliases].some((a) => words.includes(a)))
  if (!i) return { ...noQuote, state: 'none', item: card(items[0]), phone: items[0].consult_phone }
  const faq = i.faq?.find((f) => f.field === 'fee')
  const of = { ...noQuote, state: 'given', item: card(i), promisedDays: i.promised_days, dayUnit: i.day_unit, visits: i.visits }
  if (words.includes('钱') && faq) return { ...of, field: 'fee', fromFaq: true, lines: [faq.a] }
  if (words.includes('多久')) return { ...of, field: 'time', lines: [String(i.promised_days), i.day_unit] }
  return { ...of, field: 'materials', lines: i.materials.filter((m) => m.necessity === '必要').map((m) => m.name) }
}
/** What app/guide/typing.go decides: what people type on the screens that are looked at, and the characters of a syllable for all else. */
const readings = { SBK: ['社保卡', '刷不开'], SB: ['上班', '社保', '三百', '生病', '失败', '商标', '手表'], WODESHENFENZHENGDIULEZENMEBUBAN: ['我的身份证丢了怎么补办'], WODE: ['我的'], WO: ['我', '卧', '窝', '握', '沃'] }
const guesses = (letters) => {
  const fit = Object.entries(readings).filter(([typed]) => letters.toUpperCase().startsWith(typed)).flatMap(([typed, texts]) => texts.map((t) => ({ text: t, letters: typed.length })))
  return [...fit, ...[...'是时事十使市试式室石师诗'].map((t) => ({ text: t, letters: 1 }))]
}
const narrows = (f) => Object.values(f).some(Boolean)
function find(words, f) {
  const left = passes(f)
  const byCode = (c) => items.find((i) => i.code === c.code)
  if (words.trim() !== '') {
    const q = quote(words)
    return { items: (q.state === 'given' ? [q.item] : q.state === 'none' ? items.slice(0, 3).map((i) => card(i)) : search(words)).filter((c) => left(byCode(c))), quote: q }
  }
  return { items: narrows(f) ? items.filter(left).map((i) => card(i)) : [], quote: noQuote }
}
function filterChoices(f) {
  const count = (kind, of, name) => {
    const values = items.filter(passes({ ...f, [kind]: '' })).flatMap(of)
    return [...new Set(values)].map((value) => ({ value, name: name(value), items: values.filter((v) => v === value).length })).sort((a, b) => b.items - a.items)
  }
  return { items: items.filter(passes(f)).length, departments: count('department', (i) => [i.department], (v) => text(v, '')), lifeEvents: count('lifeEvent', (i) => i.life_events, (v) => text(v, '')),
    areas: count('area', (i) => [i.area_letter], (v) => { const a = halls.areas.find((x) => x.letter === v); return text(a.name, a.name_en) }) }
}

const toRead = Object.fromEntries(['policies', 'notices', 'disclosure', 'surveys'].map((name) => [name, JSON.parse(readFileSync(new URL(`../../app/reading/shipped/${name}.json`, import.meta.url)))]))
const readCard = (x) => ({ id: x.id ?? '', title: over.long && x.title ? text('样例区全面推进政务服务一窗受理集成办理和事项下沉街道便民服务中心的实施意见及配套办法试行', 'Opinions on one-window intake, services from start to finish and matters handled at subdistrict service centres') : text(x.title ?? '', x.title_en), department: x.department ?? '', date: x.date ?? '', questions: x.questions?.length ?? 0 })
const policies = () => [...toRead.policies.policies].sort((a, b) => b.date.localeCompare(a.date))
const reading = () => ({ columns: toRead.policies.columns.map((c) => { const list = policies().filter((p) => p.column === c.id); return { id: c.id, name: text(c.name, c.name_en), policies: list.length, newest: readCard(list[0]) } }),
  notices: toRead.notices.notices.map(readCard), sections: toRead.disclosure.sections.map(readCard), surveys: toRead.surveys.surveys.map(readCard), date: '2026-11-20', sample: true })
// What app/screen/hall.go tells, on a day that `over.hall` may change.
const usual = [{ from: '08:30', to: '12:00' }, { from: '13:30', to: '17:00' }]
const usualOf = (h) => ({ text: h.text, weekdays: h.weekdays, periods: h.periods.map(([from, to]) => ({ from, to })) })
const plus = (date, n) => new Date(Date.parse(date) + n * 86_400_000).toISOString().slice(0, 10)
const weekend = (date) => [0, 6].includes(new Date(date).getUTCDay())
const hallDay = (date) => (weekend(date) ? { date, kind: 'rest', holiday: '', periods: [] } : { date, kind: 'work', holiday: '', periods: usual })
const opening = (more) => ({ state: 'open', today: hallDay('2026-11-24'), until: '12:00', again: '13:30', nextDate: '2026-11-25', nextAt: '08:30', unknownFrom: '', closedFrom: '', closedTo: '', holidays: [], ...more })
function hallPage() {
  const h = halls.halls.find((x) => x.id === hallID)
  const of = (d) => items.filter((i) => i.department === d && here(i))
  const some = (text) => areas().map((a) => ({ letter: a.letter, items: items.filter((i) => i.area_letter === a.letter && here(i) && i.hours.text === text).length, of: a.items })).filter((a) => a.items > 0)
  const texts = [...new Set(items.filter(here).map((i) => i.hours.text))].filter((text) => text !== h.hours.text)
  return { address: h.address, phone: h.phone, hours: usualOf(h.hours), opening: opening(), days: [1, 2, 3, 4, 5, 6, 7].map((n) => hallDay(plus('2026-11-24', n))), holidays: [], unknownYear: 2027,
    others: texts.map((text) => ({ hours: usualOf(items.find((i) => i.hours.text === text).hours), opening: opening({ until: '17:00', again: '' }), areas: some(text) })),
    desks: halls.departments.filter((d) => of(d.name).length > 0).map((d) => ({ department: d.name, letters: [...new Set(of(d.name).map((i) => i.area_letter))], consult: d.phone, complaint: of(d.name)[0].complaint_phone })),
    ...over.hall }
}

/** A picture with the look of a code and no meaning. */
function picture(modules = 41) {
  const on = (x, y) => {
    const finder = [[0, 0], [modules - 7, 0], [0, modules - 7]].find(([a, b]) => x >= a - 1 && x <= a + 7 && y >= b - 1 && y <= b + 7)
    if (finder) {
      const d = Math.max(Math.abs(x - finder[0] - 3), Math.abs(y - finder[1] - 3))
      return d === 3 || d <= 1
    }
    return ((x * 7919 + y * 104729 + x * y * 31) >> 3) % 2 === 0
  }
  const size = modules + 8
  const rows = Buffer.concat(Array.from({ length: size }, (_, y) => Buffer.from([0, ...Array.from({ length: size }, (_, x) => (x >= 4 && y >= 4 && x < size - 4 && y < size - 4 && on(x - 4, y - 4) ? 0 : 255))])))
  const table = Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; return c >>> 0 })
  const crc = (b) => (b.reduce((c, x) => table[(c ^ x) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0
  const chunk = (type, body) => {
    const out = Buffer.alloc(12 + body.length)
    out.writeUInt32BE(body.length)
    out.write(type, 4)
    body.copy(out, 8)
    out.writeUInt32BE(crc(out.subarray(4, 8 + body.length)), 8 + body.length)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size)
  head.writeUInt32BE(size, 4)
  head.set([8, 0, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}
const qr = `data:image/png;base64,${picture().toString('base64')}`

function ticket(letter, codes = [], more = {}) {
  const a = halls.areas.find((x) => x.letter === letter)
  const n = waiting[letter] ?? 0
  const last = String(a[hallID].windows).padStart(2, '0')
  return { ticket: `t-${letter}`, number: `${letter}0${10 + n}`, area: area(a), windows: last === '01' ? `${letter}01` : `${letter}01-${letter}${last}`,
    items: codes.map((c) => card(items.find((i) => i.code === c)).name), ahead: n, wait: wait(n), class: 'walk_in', issuedMs: Date.UTC(2026, 10, 24, 1, 12),
    issuedAt: '09:12', date: '2026-11-24', qr, saved: 'hall', state: 'waiting', window: '', paper: 'printed', ownSeries: false, pass: false, ...more, ...over.ticket }
}

const booking = (more = {}) => ({ code: 'OWA:0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', qr, phone: '1234', card: false, area: areas().find((a) => a.letter === 'C'), windows: 'C01-C14', items: [], date: '2026-11-25', at: '09:15', from: '08:45', till: '09:30', state: 'booked', number: '', saved: 'hall', paper: '', ...more, ...over.booking })

const methods = {
  'Terminal.Place': place,
  'Board.Page': () => ({ place: place(), standing: standing(), calls: [], notices: [], saying: '', areas: areas(), ...over.board }),
  'Kiosk.Home': () => ({ place: place(), standing: standing(), areas: areas(), often: items.filter((i) => i.top && here(i)).slice(0, 12).map((i) => card(i)), help: over.help ?? { state: '', atMs: 0, window: '' }, reading: true }),
  'Kiosk.AtHome': () => null,
  'Kiosk.Help': () => (over.help ??= { state: 'sending', atMs: Date.now(), window: '' }),
  'Kiosk.Hall': hallPage,
  'Kiosk.Items': (letter) => items.filter((i) => i.area_letter === letter).map((i) => card(i)),
  'Kiosk.Guide': guide,
  'Kiosk.Checklist': checklist,
  'Kiosk.ChecklistCode': () => `data:image/png;base64,${picture(97).toString('base64')}`,
  'Kiosk.ChecklistPaper': () => over.standing?.printer === 'paper_out' ? 'paper_out' : 'printed',
  'Kiosk.Find': find,
  'Kiosk.Choices': guesses,
  'Kiosk.FilterChoices': filterChoices,
  'Kiosk.Reading': reading,
  'Kiosk.Policies': (column) => policies().filter((p) => p.column === column).map(readCard),
  'Kiosk.Policy': (id) => { const p = toRead.policies.policies.find((x) => x.id === id); return { card: readCard(p), number: p.number, points: p.points, interpretation: p.interpretation, items: p.items.map((code) => card(items.find((i) => i.code === code))) } },
  'Kiosk.Announcement': (id) => { const n = toRead.notices.notices.find((x) => x.id === id); return { card: readCard(n), paragraphs: n.paragraphs, next: readCard({}) } },
  'Kiosk.Disclosure': (id) => { const list = toRead.disclosure.sections, at = list.findIndex((x) => x.id === id); return { card: readCard(list[at]), paragraphs: list[at].paragraphs, next: readCard(list[at + 1] ?? {}) } },
  'Kiosk.Survey': (id) => { const s = toRead.surveys.surveys.find((x) => x.id === id); return { card: readCard(s), questions: s.questions.map((q) => ({ id: q.id, text: text(q.text, q.text_en), kind: q.kind, choices: (q.choices ?? []).map((c) => text(c.text, c.text_en)), low: text(q.low ?? '', q.low_en), high: text(q.high ?? '', q.high_en) })) } },
  'Kiosk.AnswerSurvey': () => null,
  'Kiosk.LeaveQuestion': (_request, words) => words.replace(/\d{6,}/g, '***'),
  'Kiosk.Say': (...said) => { spoken.push(said); return null },
  'Kiosk.Hush': () => null,
  'Kiosk.Issue': (r) => ticket(r.letter, r.items, { class: r.class }),
  'Kiosk.BookingDays': () => ['25', '26', '27', '30'].map((d, i) => ({ date: `2026-11-${d}`, free: [12, 1, 40, 96][i] })),
  'Kiosk.BookingTimes': () => ['08:45', '09:15', '09:45', '10:30', '11:15', '13:30', '14:15', '15:00', '16:45'].map((at, i) => ({ atMs: i + 1, at })),
  'Kiosk.Book': () => booking({ paper: 'printed' }),
  'Kiosk.BookByCard': () => booking({ phone: '', card: true, paper: 'printed' }),
  'Kiosk.CardBookings': () => [booking({ date: '2026-11-24', state: 'open' })],
  'Kiosk.Bookings': (digits) => (digits === '1234' ? [booking({ date: '2026-11-24', state: 'open' }), booking({ code: 'OWA:2', date: '2026-11-24', at: '14:00', from: '13:30', till: '14:15' })] : []),
  'Kiosk.CheckIn': () => ticket('C', [], { class: 'appointment' }),
  'Kiosk.CancelBooking': () => booking({ state: 'cancelled' }),
  'Kiosk.Progress': (query) => {
    if (query.startsWith('OWA:')) return { found: true, ticket: ticket('C'), applications: [], booking: booking() }
    if (query.startsWith('OW1:')) return { found: true, ticket: ticket('B'), applications: [] }
    const document = query.startsWith('OWC:')
    if (!document && !/^[A-M]/.test(query)) return { found: false, ticket: ticket('B'), applications: [], rate: '' }
    const i = items.find((x) => x.area_letter === (document ? 'A' : query[0]))
    return { found: true, ticket: ticket(document ? 'A' : query[0], [], document ? { number: '', state: '', qr: '', paper: '' } : { number: query, qr: '', paper: '' }), applications: over.progress || document
      ? [{ number: 'JN-20261124-c1-0007', item: text(i.name, i.name_en), state: 'accepted_later', dueDate: '2026-12-01', saved: 'centre', absent: i.materials.slice(0, 2).map((m) => m.name), answerBy: '2026-12-15' }] : [], rate: over.ticket?.state === 'done' ? 'open' : '' }
  },
  'Kiosk.Rate': (r) => ({ remark: r.remark.replace(/\d{6,}/g, '***'), due: r.level > 3 ? '2026-12-01' : '', saved: 'here' }),
  'Kiosk.Reprint': (id) => ticket(id.slice(-1)),
}

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }

/** The most used items that this hall serves: those that the catalogue names so, then its order. */
const often = (n) => [...items].sort((a, b) => Number(b.top ?? false) - Number(a.top ?? false)).filter(here).slice(0, n).map((i) => ({ name: i.name, letter: i.area_letter }))

export function serve(port = 0) {
  const streams = new Set()
  let told = {}
  const server = createServer(async (req, res) => {
    const path = new URL(req.url, 'http://127.0.0.1').pathname
    const json = (status, body) => res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    const body = async () => { let all = ''; for await (const part of req) all += part; return JSON.parse(all || '{}') }
    if (path === '/fake') {
      told = await body()
      streams.forEach((s) => s.write('event: changed\ndata: {"revision":1}\n\n'))
      return json(200, {})
    }
    if (path === '/events') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n')
      streams.add(res)
      return req.on('close', () => streams.delete(res))
    }
    if (path.startsWith('/rpc/')) {
      const name = path.slice(5)
      const args = await body()
      over = told
      const no = over.refuse?.[name]
      if (no) return json(409, { refusal: no })
      return methods[name] ? json(200, { value: methods[name](...args) }) : json(404, { refusal: { code: 804, key: 'request_unusable', args: {} } })
    }
    try {
      const file = readFileSync(new URL(`.${path === '/' ? '/index.html' : path}`, dist))
      res.writeHead(200, { 'Content-Type': types[extname(path)] ?? types['.html'] }).end(file)
    } catch {
      res.writeHead(404).end()
    }
  })
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done({ close: () => { server.closeAllConnections(); server.close() }, base: `http://127.0.0.1:${server.address().port}`, often })))
}

if (import.meta.url === `file://${process.argv[1]}`) console.log((await serve(Number(process.env.PORT ?? 7801))).base)
