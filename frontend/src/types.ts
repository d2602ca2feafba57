// The shapes that pages get from the terminal: a mirror of app/screen,
// where each field is explained. A test compares the names.

export interface Text {
  zh: string
  en: string
}

export interface Standing {
  line: 'centre' | 'hall' | 'alone'
  sinceMs: number
  hereOnly: number
  hallOnly: number
  oldestSeconds: number
  clockOff: boolean
  disk: 'ok' | 'low' | 'full'
  printer: 'ok' | 'paper_low' | 'paper_out' | 'cover_open' | 'off' | 'none'
  devices?: Device[]
  alerts?: Device[]
}

export interface Device {
  terminal: string
  kind: 'printer' | 'reader' | 'scanner' | 'strip' | 'signature'
  state: 'ok' | 'paper_low' | 'paper_out' | 'cover_open' | 'off'
  sinceMs: number
  next: '' | 'load_paper' | 'close_cover' | 'check_cable'
}

export interface IdentityCard {
  name: string
  number: string
  birth: string
  address: string
  validTo: string
  expired: boolean
}

export type Saved = 'here' | 'hall' | 'centre'

export interface Place {
  role: 'kiosk' | 'counter' | 'board'
  hall: string
  hallName: Text
  terminal: string
  window: string
  pxPerMm: number
  screenLowMm: number
  distanceMm: number
  voice: boolean
  /** Identity cards can be read here. */
  reader: boolean
  /** The floor on which the terminal stands. */
  floor: number
  date: string
  nowMs: number
  guidesVersion: string
  /** When the centre published the guides in use; empty where they came another way. */
  guidesDate: string
}

export interface Area {
  letter: string
  name: Text
  floor: number
  windows: number
  openWindows: number
  waiting: number
  wait: Wait
  items: number
  /** Who takes a ticket now may not be reached today; the other halls that have the area. */
  late: boolean
  elsewhere: Text[]
  /** Until when nobody of the queue is called, '' where they are, and why. */
  pausedUntil: string
  pausedWhy: string
  /** Minutes of waiting, over all who wait or are expected, that one more window would save; 0 where nobody looked. */
  relief: number
}

export interface Wait {
  known: boolean
  low: number
  high: number
}

export interface ItemCard {
  code: string
  name: Text
  department: string
  letter: string
  area: Text
  runOnce: boolean
  materials: number
  here: boolean
  why: string
  match: string
}

export interface GuidePage {
  item: ItemCard
  handling: string
  legalDays: number
  promisedDays: number
  dayUnit: string
  visits: number
  conditions: string[]
  materials: Material[]
  steps: string[]
  result: string
  fee: string
  charged: boolean
  consultPhone: string
  complaintPhone: string
  hours: string
  places: Spot[]
  online: boolean
  legalBasis: string
  faq: QA[]
  queue: Area
  questions: Question[]
}

export interface Material {
  no: number
  name: string
  form: string
  originals: number
  copies: number
  need: 'must' | 'maybe' | 'later' | ''
  waivedBy: Text
  note: string
}

export interface Spot {
  hall: Text
  address: string
  floor: number
  windows: string
  here: boolean
}

export interface QA {
  q: string
  a: string
}

export interface HelpState {
  state: '' | 'sending' | 'told' | 'coming' | 'unreached'
  atMs: number
  window: string
}

export interface HelpAsk {
  terminal: string
  atMs: number
  clerk: string
}

export interface Home {
  place: Place
  standing: Standing
  areas: Area[]
  often: ItemCard[]
  help: HelpState
  reading: boolean
}

export interface ReadingPage {
  columns: Column[]
  notices: ReadCard[]
  sections: ReadCard[]
  surveys: ReadCard[]
  date: string
  sample: boolean
}

export interface Column {
  id: string
  name: Text
  policies: number
  newest: ReadCard
}

export interface ReadCard {
  id: string
  title: Text
  department: string
  date: string
  questions: number
}

export interface PolicyPage {
  card: ReadCard
  number: string
  points: string[]
  interpretation: QA[]
  items: ItemCard[]
}

export interface TextPage {
  card: ReadCard
  paragraphs: string[]
  next: ReadCard
}

export interface SurveyPage {
  card: ReadCard
  questions: SurveyQuestion[]
}

export interface SurveyQuestion {
  id: string
  text: Text
  kind: 'one' | 'several' | 'scale'
  choices: Text[]
  low: Text
  high: Text
}

export interface SurveyAnswers {
  request: string
  survey: string
  answers: SurveyAnswer[]
  language: string
}

export interface SurveyAnswer {
  question: string
  chosen: number[]
}

export interface Filter {
  audience: '' | 'person' | 'company'
  area: string
  department: string
  lifeEvent: string
  online: boolean
  runOnce: boolean
}

export interface Found {
  items: ItemCard[]
  quote: Quote
}

export interface Quote {
  state: '' | 'given' | 'none'
  item: ItemCard
  field: string
  fromFaq: boolean
  lines: string[]
  promisedDays: number
  dayUnit: string
  visits: number
  phone: string
}

export interface FilterChoices {
  areas: FilterChoice[]
  departments: FilterChoice[]
  lifeEvents: FilterChoice[]
  items: number
}

export interface FilterChoice {
  value: string
  name: Text
  items: number
}

/** Characters that typed letters may stand for, and how many of the letters they take. */
export interface Guess {
  text: string
  letters: number
}

export type Answer = 'yes' | 'no' | ''

export interface ChecklistRequest {
  code: string
  answers: Record<string, Answer>
  have: number[]
  language: 'zh' | 'en'
}

export interface Question {
  id: string
  kind: string
  case: string
}

export interface CheckLine {
  material: Material
  duty: 'bring' | 'shared' | 'follow' | 'not_yours' | 'only_if'
  onSite: boolean
}

export interface Checked {
  item: string
  lacks: number[]
}

export interface TicketRequest {
  request: string
  letter: string
  items: string[]
  class: 'walk_in' | 'priority' | 'appointment'
  language: 'zh' | 'en'
  checked: Checked[]
}

export interface TicketPage {
  ticket: string
  number: string
  area: Area
  windows: string
  items: Text[]
  ahead: number
  wait: Wait
  class: string
  issuedMs: number
  issuedAt: string
  date: string
  qr: string
  saved: Saved
  state: string
  window: string
  paper: string
  ownSeries: boolean
  /** The slip is a return pass that can be used now. */
  pass: boolean
}

export interface Progress {
  found: boolean
  ticket: TicketPage
  applications: CaseStatus[]
  /** The appointment that was asked for; none for anything else. */
  booking?: BookingPage | null
  /** Whether the visit can be rated with what was shown, was rated, or cannot be (yet). */
  rate: 'open' | 'rated' | ''
}

export interface BookingPage {
  code: string
  /** A PNG as a data: address. */
  qr: string
  /** The last four digits with which the person can check in, too; empty where none were given. */
  phone: string
  /** The person's identity card checks in, too. */
  card: boolean
  area: Area
  windows: string
  items: Text[]
  date: string
  /** The clock time "09:15", and from when till when to check in. */
  at: string
  from: string
  till: string
  /** "late": a check-in makes a walk-in; "used": it has its ticket, `number`. */
  state: 'booked' | 'open' | 'late' | 'missed' | 'cancelled' | 'used'
  number: string
  saved: Saved
  paper: string
}

export interface BookingDay {
  date: string
  free: number
}

export interface BookingTime {
  /** In ms since 1970. */
  atMs: number
  at: string
}

export interface BookingRequest {
  request: string
  letter: string
  items: string[]
  atMs: number
  /** Eleven digits. */
  phone: string
  language: string
}

/** What somebody says of a visit; `visit` is what they showed for it. */
export interface RateRequest {
  request: string
  visit: string
  level: number
  reasons: string[]
  remark: string
  language: 'zh' | 'en'
}

/** A rating that was noted; `due` is the last day of the follow-up of a bad one. */
export interface Rated {
  remark: string
  due: string
  saved: Saved
}

export interface CaseStatus {
  number: string
  code: string
  item: Text
  state: string
  dueDate: string
  saved: Saved
  /** What is still to be brought, and the last day for it; empty where nothing is. */
  absent: string[]
  answerBy: string
  /** Who takes what is not ours or was passed on, '' for nobody. */
  agency: string
}

export interface CounterPage {
  place: Place
  standing: Standing
  clerk: string
  clerkName: string
  /** The clerk sees to the whole hall; may take tickets back. */
  supervisor: boolean
  mayWithdraw: boolean
  window: string
  services: string[]
  areas: Area[]
  allWindows: WindowShape[]
  current: CounterTicket | null
  waiting: number
  servedToday: number
  /** This counter has a printer for documents. */
  documents: boolean
  recent: RecentVisit[]
  /** Visits that go on later, this window's first. */
  parked: ParkedVisit[]
  conflicts: Conflict[]
  /** Applications of the hall of which shared data has said something else. */
  differing: DifferingCase[]
  /** What a second person has yet to check. */
  amending: AmendingCase[]
  helps: HelpAsk[]
  /** What the boards tell everybody now, the newest first. */
  notices: Notice[]
  /** Bad ratings that this clerk may look after, and how many of them are overdue. */
  followUps: number
  followUpsOverdue: number
  /** What lies in the scanner's folder; null where none is set. */
  tray: TrayPage | null
}

/** The newest files in the scanner's folder; `away`: it cannot be read. */
export interface TrayPage {
  files: TrayFile[]
  away: boolean
}

/** `mark` is another one when the file was changed; `fault` is why it cannot be attached: "type", "size", "empty", "unfinished" or ''. */
export interface TrayFile {
  name: string
  mark: string
  size: number
  atMs: number
  type: string
  fault: string
}

/** A scan or signature of an application; material 0 is the application as a whole. */
export interface CaseScan {
  scan: string
  use: string
  material: number
  name: string
  type: string
  size: number
  atMs: number
  /** Beside where things are saved: "waits" for its application to be taken, "away" for one that has not come to the hall. */
  saved: Saved | 'waits' | 'away'
}

/** A scan to look at; the picture is empty for what cannot be drawn. */
export interface ScanPage {
  scan: string
  type: string
  picture: string
}

/** Times in ms; where n is 0 nothing was seen. */
export interface Times {
  n: number
  p50Ms: number
  p90Ms: number
  maxMs: number
}

/** The figures of a hall, a queue or an hour ("09"). */
export interface FigureRow {
  key: string
  issued: number
  served: number
  noShow: number
  carried: number
  cancelled: number
  recalls: number
  transfers: number
  outOfOrder: number
  inTarget: number
  promises: number
  kept: number
  wait: Times
  service: Times
  idleMs: number
  openMs: number
  heldMs: number
}

/** The day of the clerk who is signed in. */
export interface OwnDay {
  whole: FigureRow
  hours: FigureRow[]
  visits: OwnVisit[]
}

/** When a visit began, "09:05", and how long it took. */
export interface OwnVisit {
  at: string
  tookMs: number
}

/** What a supervisor sees of the hall. */
export interface HallNow {
  queues: HallQueue[]
  windows: HallWindow[]
  advice: Advice[]
  whole: FigureRow
  hours: FigureRow[]
  targetMinutes: number
  reasons: CallReason[]
  carried: CarriedOver[]
}

/** A closed window that would save so many person-minutes if it were opened for its area now. */
export interface Advice {
  window: string
  letter: string
  area: Text
  saves: number
}

/** Why tickets were called out of their order, and how often. */
export interface CallReason {
  reason: string
  calls: number
}

/** A ticket of an earlier day whose slip is a return pass. */
export interface CarriedOver {
  number: string
  date: string
  letter: string
  used: boolean
}

/** A queue of the hall; longestMinutes is -1 where nobody waits. */
export interface HallQueue {
  area: Area
  longestMinutes: number
  figures: FigureRow
}

/** A window of the hall; state is "closed", "free", "called", "serving" or "lost". */
export interface HallWindow {
  id: string
  letter: string
  state: string
  clerk: string
  services: string[]
  number: string
  sinceMs: number
}

/** The bad ratings that the clerk may look after; `alone` tells that they are what was told last. */
export interface FollowUps {
  rows: FollowUpRow[]
  open: number
  overdue: number
  alone: boolean
}

/** A visit with a bad rating; `next` is what this clerk can do. */
export interface FollowUpRow {
  ticket: string
  number: string
  date: string
  window: string
  items: Text[]
  level: number
  state: 'open' | 'answered' | 'returned' | 'checked'
  due: string
  overdue: boolean
  next: 'answer' | 'check' | ''
  /** What was written is destroyed, so that nothing is written about it either. */
  erased: boolean
}

export interface FollowUpPage {
  row: FollowUpRow
  ratings: RatingSaid[]
  answers: AnswerSaid[]
  alone: boolean
}

export interface RatingSaid {
  rating: string
  level: number
  reasons: string[]
  remark: string
  /** Something was written that cannot be read any more. */
  shut: boolean
  proof: 'slip' | 'number' | 'document'
  counts: boolean
  atMs: number
}

/** What a clerk answered, and what a second one said of it. */
export interface AnswerSaid {
  note: string
  clerk: string
  atMs: number
  good: boolean
  back: boolean
  checkNote: string
  checker: string
}

/** A sentence of the staff to everybody in the hall; `en` may be empty, `until` is the local clock time of its end, empty for the end of the day. */
export interface Notice {
  id: string
  zh: string
  en: string
  until: string
  clerk: string
}

export interface WindowShape {
  id: string
  letter: string
  clerk: string
}

export interface CheckedItem {
  code: string
  lacks: string[]
  stale: boolean
}

export interface CounterTicket {
  ticket: string
  number: string
  letter: string
  area: Text
  class: string
  /** The clock time of the appointment, '' without one. */
  slot: string
  language: string
  items: ItemCard[]
  state: string
  recalls: number
  calledMs: number
  startedMs: number
  waitMinutes: number
  recallInSeconds: number
  saved: Saved
  applications: CaseStatus[]
  checked: CheckedItem[]
  /** How often it was passed on, and whether that is too often. */
  passes: number
  passWarning: boolean
  /** The window that wants the person back, '' for none. */
  back: string
  /** Why the ticket came here out of the usual way, '' for the usual way. */
  reason: string
}

/** A visit whose person is away for a while. */
export interface ParkedVisit {
  ticket: string
  number: string
  window: string
  mine: boolean
  reason: string
  untilMs: number
}

/** Where a visit goes on: in an area's queue, at one window, or both. */
export interface PassWish {
  letter: string
  window: string
  back: boolean
  reason: string
}

export interface RecentVisit {
  number: string
  state: string
  finishedAt: string
  saved: Saved
}

export interface Conflict {
  number: string
  kind: string
  windows: string[]
}

export interface Outcome {
  item: string
  outcome: string
}

export interface Intake {
  request: string
  ticket: string
  item: string
  applicant: string
  documentType: string
  documentNumber: string
  phone: string
  materials: MaterialRow[]
  note: string
  /** What the window says of it: '' for what the materials make of it, "receive", "refuse", "not_ours" or "at_once". */
  answer: string
  reason: string
  agency: string
}

export interface MaterialRow {
  no: number
  state: string
}

export interface IntakeResult {
  number: string
  state: string
  dueDate: string
  /** Until when what is missing has to be brought; '' where nothing is. */
  answerBy: string
  missing: string[]
  agency: string
  saved: Saved
}

/** An application as a clerk reads it, with the person. */
export interface CasePage {
  number: string
  code: string
  item: Text
  /** "accepted", "correction", "suspended", "granted" ... */
  state: string
  /** The next day that binds the office. */
  dueDate: string
  answerBy: string
  /** What is due: "accept", "bring", "decide", "deliver" or ''; `left` working days of it are left where that is known, below 0 when it is over. */
  what: string
  known: boolean
  left: number
  /** The steps that this window can note now: "accept", "correct", "refuse", "not_ours", "hand_out". */
  may: string[]
  steps: CaseStep[]
  extended: boolean
  reason: string
  agency: string
  takenMs: number
  window: string
  rows: CaseMaterial[]
  applicant: string
  documentType: string
  documentNumber: string
  phone: string
  note: string
  /** Who acts for the person; '' for nobody. */
  agent: string
  /** What was proposed to be put right, in its order; `amend` tells that something can be. */
  amendments: CaseAmendment[]
  amend: boolean
  fee: CaseFee
  /** The hub was away: what other windows noted of it is not known here. */
  alone: boolean
  /** Two records claim this application. */
  disputed: boolean
  /** What is attached to it, and that the receipt of its decision was signed on the pad. */
  scans: CaseScan[]
  signed: boolean
}

/** Something that is to be put right, or was; Go's CaseAmendment, where the words of each field stand. */
export interface CaseAmendment {
  sum: string
  field: string
  material: string
  no: number
  old: string
  new: string
  oldType: string
  newType: string
  cause: string
  why: string
  clerk: string
  atMs: number
  state: 'waiting' | 'passed' | 'returned'
  checker: string
  checkedMs: number
  reply: string
  /** This clerk can check it; they proposed it. */
  may: boolean
  mine: boolean
}

/** What a clerk proposes to put right; the fields that go with `field` are filled in. */
export interface AmendWish {
  field: string
  value: string
  documentType: string
  material: number
  received: string
  day: string
  cause: string
  why: string
}

/** One that waits for a second person, in a list: no value of it. */
export interface AmendingCase {
  number: string
  item: Text
  field: string
  clerk: string
  mine: boolean
  atMs: number
}

/** The fee of an application; amounts in yuan, "80.00". */
export interface CaseFee {
  /** "due": the guide charges, and no notice was given yet. */
  state: 'none' | 'due' | 'open' | 'paid'
  text: string
  amount: string
  place: string
  until: string
  over: boolean
  receipt: string
  paidOn: string
  charge: boolean
  pay: boolean
}

/** What was noted of an application after it was taken. */
export interface CaseStep {
  kind: string
  outcome: string
  procedure: string
  day: string
  days: number
}

/** An application of the hall of which something is due soon or was. */
export interface DueCase {
  number: string
  item: Text
  state: string
  what: string
  day: string
  left: number
}

/** A material of an application; "supplied" when it was brought afterwards. */
export interface CaseMaterial {
  no: number
  name: string
  state: string
  suppliedMs: number
  /** Of one that is to be verified: "pending", "not_found" or "mismatch"; `set` names the data set that a material stands on. */
  check: string
  set: Text
}

/** What a data set says of one material. */
export interface SharedEvidence {
  no: number
  set: Text
  holder: string
  /** "found", "not_found", "mismatch", "unserved" or "away" */
  state: string
  record: string
  asOf: string
  says: SharedLine[]
}

export interface SharedLine {
  name: Text
  value: string
}

export interface DifferingCase {
  number: string
  window: string
  sets: Text[]
}

/** A request for information (依申请公开) as the form has it; Go's DisclosureForm, where the words of each field stand. */
export interface DisclosureForm {
  request: string
  agency: string
  by: string
  channel: string
  day: string
  oral: boolean
  readBack: boolean
  form: string
  delivery: string
  documentType: string
  documentNumber: string
  name: string
  contact: string
  phone: string
  address: string
  asked: string
}

/** A request for information; in a list everything of the person is empty. */
export interface DisclosurePage {
  agency: string
  by: string
  channel: string
  day: string
  oral: boolean
  form: string
  delivery: string
  documentType: string
  documentNumber: string
  name: string
  contact: string
  phone: string
  address: string
  asked: string
  number: string
  /** "open", "correcting", "consulting", "charged" or "answered" */
  state: string
  due: string
  /** "known", "suspended" or "unknown" */
  dueKnown: string
  /** working days until due, below 0 afterwards */
  left: number
  late: boolean
  /** the last day for a correction is over: it needs a good reason then */
  overtime: boolean
  noticeBy: string
  answerBy: string
  whom: string
  outcome: string
  earlier: string
  words: string
  extended: boolean
  notified: boolean
  reasons: boolean
  heard: boolean
  /** there is a document that tells where it stands */
  notice: boolean
  alone: boolean
  disputed: boolean
  saved: Saved
}

export interface DisclosureList {
  alone: boolean
  rows: DisclosurePage[] | null
}

/** What the same person asked for before. */
export interface BeforePage {
  repeats: RepeatRow[] | null
  month: number
  all: number
  manyAMonth: number
  itemFee: number
  looked: number
  shut: number
  alone: boolean
}

/** An earlier request that may be the same, and why. */
export interface RepeatRow {
  number: string
  agency: string
  day: string
  asked: string
  answered: string
  outcome: string
  settled: boolean
  common: string[] | null
  beyond: string[] | null
}

/** A step of a request; Go's DisclosureStep. */
export interface DisclosureStep {
  request: string
  number: string
  step: string
  whom: string
  basis: string
  pages: number
  month: number
  outcome: string
  earlier: string
  excused: boolean
  words: string
}

export interface BoardPage {
  place: Place
  standing: Standing
  calls: BoardCall[]
  areas: Area[]
  /** What the staff tells everybody, the newest first; `en` may be empty. */
  notices: Text[]
  /** The number that is being announced; empty for none. */
  saying: string
}

export interface BoardCall {
  number: string
  window: string
  floor: number
  letter: string
  atMs: number
  state: string
  recalls: number
}

export interface HallPage {
  address: string
  phone: string
  hours: Hours
  opening: Opening
  days: HallDay[]
  holidays: Holidays[]
  unknownYear: number
  others: OtherHours[]
  desks: Desk[]
}

/** Dates and times are empty where there is nothing to tell. */
export interface Opening {
  state: 'open' | 'pause' | 'before' | 'after' | 'closed' | 'not_told' | 'not_known'
  today: HallDay
  until: string
  again: string
  nextDate: string
  nextAt: string
  unknownFrom: string
  closedFrom: string
  closedTo: string
  holidays: string[]
}

export interface HallDay {
  date: string
  kind: 'work' | 'make_up' | 'rest' | 'holiday' | 'unknown'
  holiday: string
  periods: Period[]
}

export interface Hours {
  text: string
  weekdays: number[]
  periods: Period[]
}

export interface Period {
  from: string
  to: string
}

export interface Holidays {
  names: string[]
  from: string
  to: string
  makeUps: string[]
}

export interface OtherHours {
  hours: Hours
  opening: Opening
  areas: SomeItems[]
}

export interface SomeItems {
  letter: string
  items: number
  of: number
}

export interface Desk {
  department: string
  letters: string[]
  consult: string
  complaint: string
}
