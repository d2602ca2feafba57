import type { BookingDay, BookingPage, BookingTime } from '../types/booking'
import type { Area, Standing } from '../types/common'
import type { CheckLine, FilterChoices, Found, GuidePage, ItemCard, Material, Quote } from '../types/guide'
import type { HallDay, HallPage, Opening } from '../types/hall'
import type { Home, Progress, TicketPage } from '../types/kiosk'
import type { PolicyPage, ReadCard, ReadingPage, SurveyPage, TextPage } from '../types/reading'

// One terminal's answers, as Go gives them. Tests change copies of these.

export const standing: Standing = { line: 'centre', sinceMs: 0, hereOnly: 0, hallOnly: 0, oldestSeconds: 0, clockOff: false, disk: 'ok', printer: 'ok' }

export const area = (letter: string, more: Partial<Area> = {}): Area => ({
  letter, name: { zh: `${letter} 区业务`, en: `Services of ${letter}` }, floor: 1, windows: 4, openWindows: 2, waiting: 3, wait: { known: true, low: 4, high: 12 }, items: 8, late: false, elsewhere: [], pausedUntil: '', pausedWhy: '', relief: 0, ...more,
})

/** Twelve areas of this hall, and one that has no window here. */
export const areas: Area[] = [...[...'ABCDEFGHJKLM'].map((l) => area(l)), area('S', { windows: 0, openWindows: 0 })]

export const item = (n: number, more: Partial<ItemCard> = {}): ItemCard => ({
  code: `code-${n}`, name: { zh: `公司变更登记(法定代表人、股东、经营范围)${n}`, en: n % 2 ? `Change of a company ${n}` : `公司变更登记(法定代表人、股东、经营范围)${n}` },
  department: '区市场监督管理局', letter: 'C', area: { zh: '商事登记', en: 'Business registration' }, runOnce: true, materials: 5, here: true, why: '', match: '', ...more,
})

export const items: ItemCard[] = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => item(n))

/** What a search gives, with nothing asked unless a quote says so. */
export const found = (list: ItemCard[], quote: Partial<Quote> = {}): Found => ({
  items: list, quote: { state: '', item: item(1), field: '', fromFaq: false, lines: [], promisedDays: 0, dayUnit: '', visits: 0, phone: '', ...quote },
})

export const filterChoices: FilterChoices = {
  items: 9, areas: [{ value: 'C', name: area('C').name, items: 4 }], departments: [{ value: '区市场监督管理局', name: { zh: '区市场监督管理局', en: '区市场监督管理局' }, items: 9 }],
  lifeEvents: [{ value: '结婚', name: { zh: '结婚', en: '结婚' }, items: 5 }],
}

export const material = (no: number, more: Partial<Material> = {}): Material => ({
  no, name: `材料${no}`, form: '原件', originals: 1, copies: 0, need: 'must', waivedBy: { zh: '', en: '' }, note: '', ...more,
})

export const line = (no: number, more: Partial<CheckLine> = {}, of: Partial<Material> = {}): CheckLine => ({ material: material(no, of), duty: 'bring', onSite: false, ...more })

/** One of each sort, in the order of the guide. */
export const checklist: CheckLine[] = [
  line(1), line(2, { onSite: true }, { note: '窗口领取、自助机打印或网上填写' }), line(3, { duty: 'follow' }), line(4, { duty: 'only_if' }, { copies: 2, note: '委托他人代办时提供' }),
  line(5, { duty: 'shared' }, { waivedBy: { zh: '民政婚姻登记信息', en: 'Marriage registration' } }), line(6, { duty: 'not_yours' }, { note: '未满16周岁的提供' }), line(7),
]

export const guide: GuidePage = {
  item: item(1), handling: '承诺件', legalDays: 30, promisedDays: 1, dayUnit: '工作日', visits: 1, conditions: ['已办理首次登记'],
  materials: [material(1), material(2, { need: 'later' }), material(3, { waivedBy: { zh: '民政婚姻登记信息', en: 'Marriage registration' } }), material(4, { need: 'maybe', copies: 2, note: '委托他人代办时提供' })],
  steps: ['取号', '窗口受理', '作出决定'], result: '营业执照', fee: '不收费', charged: false, consultPhone: '0571-00001001', complaintPhone: '0571-00009001',
  hours: '周一至周五 8:30—17:00', online: true, legalBasis: '《公司法》', faq: [{ q: '要带什么?', a: '带申请书。' }], queue: area('C'), questions: [{ id: 'agent', kind: 'agent', case: '委托他人代办' }],
  places: [
    { hall: { zh: '江北大厅', en: 'Jiangbei hall' }, address: '北路20号', floor: 1, windows: 'C01-C06', here: false },
    { hall: { zh: '江南大厅', en: 'Jiangnan hall' }, address: '样例路100号', floor: 3, windows: 'C01-C12', here: true },
  ],
}

export const ticket: TicketPage = {
  ticket: 'ticket-1', number: 'C012', area: area('C'), windows: 'C01-C12', items: [], ahead: 3, wait: { known: true, low: 4, high: 12 }, class: 'walk_in',
  issuedMs: 0, issuedAt: '09:12', date: '2026-11-24', qr: 'data:image/png;base64,iVBORw0KGgo=', saved: 'hall', state: 'waiting', window: '', paper: 'printed', ownSeries: false, pass: false,
}

export const progress: Progress = {
  found: true, ticket: { ...ticket, qr: '', paper: '' },
  applications: [{ number: 'JN-1', code: '119901080000X004344990104001000', item: { zh: '公司变更登记', en: 'Change of a company' }, state: 'accepted_later', dueDate: '2026-12-01', saved: 'centre', absent: ['社会保险登记表'], answerBy: '2026-12-15', agency: '' }],
  rate: '',
}

/** A visit that is over. */
export const over: Progress = { ...progress, ticket: { ...progress.ticket, state: 'done' }, rate: 'open' }

export const home: Home = {
  place: { role: 'kiosk', hall: 'jiangnan', hallName: { zh: '江南办事服务大厅', en: 'Jiangnan Service Hall' }, terminal: 'k1', window: '', pxPerMm: 2.7, screenLowMm: 700, distanceMm: 600, voice: true, reader: false, floor: 1, date: '2026-11-24', nowMs: Date.UTC(2026, 10, 24, 1, 12), guidesVersion: '2026.11-1', guidesDate: '2026-11-20' },
  standing, areas, often: items.slice(0, 7), help: { state: '', atMs: 0, window: '' }, reading: true,
}

export const readCard = (id: string, more: Partial<ReadCard> = {}): ReadCard => ({ id, title: { zh: `标题${id}`, en: `Title ${id}` }, department: '区政府办公室', date: '2026-11-16', questions: 0, ...more })

const bare = { department: '', date: '' }

export const reading: ReadingPage = {
  columns: [{ id: 'people', name: { zh: '就业和社保', en: 'Work and insurance' }, policies: 2, newest: readCard('p1') }],
  notices: [readCard('n1'), readCard('n2')], sections: [readCard('s1', bare), readCard('s2', bare)], surveys: [readCard('hall', { ...bare, questions: 3 })], date: '2026-11-20', sample: false,
}

export const policies: ReadCard[] = [readCard('p1'), readCard('p2')]

export const policy: PolicyPage = { card: readCard('p1'), number: '样例发〔2026〕1号', points: ['当场办结', '不收费'], interpretation: [{ q: '要带什么？', a: '带身份证。' }], items: [item(1), item(2)] }

export const announcement: TextPage = { card: readCard('n1'), paragraphs: ['周六照常办理。', '法定节假日除外。'], next: readCard('', { title: { zh: '', en: '' }, ...bare }) }

export const section: TextPage = { card: readCard('s1', bare), paragraphs: ['公民、法人和其他组织都可以申请。'], next: readCard('s2', bare) }

const none = { zh: '', en: '' }

export const survey: SurveyPage = {
  card: reading.surveys[0]!,
  questions: [
    { id: 'overall', text: { zh: '您满意吗？', en: 'Are you satisfied?' }, kind: 'scale', choices: [], low: { zh: '很不满意', en: 'Not at all' }, high: { zh: '非常满意', en: 'Very much' } },
    { id: 'helped', text: { zh: '哪些帮到了您？', en: 'What helped?' }, kind: 'several', choices: [{ zh: '指南', en: 'Guides' }, { zh: '工作人员', en: 'Staff' }], low: none, high: none },
    { id: 'again', text: { zh: '还会来吗？', en: 'Again?' }, kind: 'one', choices: [{ zh: '会', en: 'Yes' }, { zh: '不会', en: 'No' }], low: none, high: none },
  ],
}

export const hallDay = (date: string): HallDay => ({ date, kind: 'work', holiday: '', periods: [{ from: '08:30', to: '12:00' }, { from: '13:30', to: '17:00' }] })

export const opening: Opening = {
  state: 'open', today: hallDay('2026-11-24'), until: '12:00', again: '13:30', nextDate: '2026-11-25', nextAt: '08:30', unknownFrom: '', closedFrom: '', closedTo: '', holidays: [],
}

export const hallPage: HallPage = {
  address: '样例路100号', phone: '0571-00008100', hours: { text: '周一至周五 8:30—12:00、13:30—17:00(法定节假日除外)', weekdays: [1, 2, 3, 4, 5], periods: hallDay('').periods }, opening, days: ['2026-11-25', '2026-11-26', '2026-11-27'].map(hallDay), holidays: [], unknownYear: 2027,
  others: [{ hours: { text: '周一至周六 8:30—12:00', weekdays: [1, 2, 3, 4, 5, 6], periods: [{ from: '08:30', to: '12:00' }] }, opening: { ...opening, again: '' }, areas: [{ letter: 'E', items: 3, of: 20 }, { letter: 'G', items: 8, of: 8 }] }],
  desks: [
    { department: '区公安分局', letters: ['E'], consult: '0571-00008008', complaint: '0571-00009008' },
    { department: '区民政局', letters: ['G'], consult: '', complaint: '0571-00009009' },
  ],
}

export const booking: BookingPage = {
  code: 'OWA:0193-a1', qr: 'data:image/png;base64,iVBORw0KGgo=', phone: '1234', card: false, area: area('C'), windows: 'C01-C14', items: [], date: '2026-11-25', at: '10:00', from: '09:30', till: '10:15',
  state: 'booked', number: '', saved: 'hall', paper: '',
}
export const bookingDays: BookingDay[] = [{ date: '2026-11-25', free: 12 }, { date: '2026-11-26', free: 1 }]
export const bookingTimes: BookingTime[] = [{ atMs: 1, at: '08:45' }, { atMs: 2, at: '09:15' }, { atMs: 3, at: '09:45' }, { atMs: 4, at: '13:30' }]
