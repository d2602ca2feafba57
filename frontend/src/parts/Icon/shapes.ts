/** What every face has. */
const face = ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M9 9.9v.6', 'M15 9.9v.6']

/** Drawings on a field of 24 by 24, one list of strokes each. */
export const shapes = {
  ticket: ['M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4z', 'M14 6v2.5', 'M14 10.8v2.4', 'M14 15.5V18'],
  book: ['M12 6.5C10 5 7 4.5 3.5 4.5v13.5c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V4.5C17 4.5 14 5 12 6.5z', 'M12 6.5V20'],
  progress: ['M12 3.5a8.5 8.5 0 1 0 8.5 8.5', 'M12 7v5.2l3.5 2.3', 'M16 3.8a8.5 8.5 0 0 1 4.2 4.5'],
  search: ['M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', 'M15.5 15.5 20.5 20.5'],
  back: ['M15 5l-7 7 7 7'],
  next: ['M9 5l7 7-7 7'],
  down: ['M5 9l7 7 7-7'],
  up: ['M5 15l7-7 7 7'],
  /** A building with columns. */
  hall: ['M3.5 9.5 12 4l8.5 5.5z', 'M6 9.5V18', 'M10 9.5V18', 'M14 9.5V18', 'M18 9.5V18', 'M3.5 20.5h17'],
  /** An identity card. */
  card: ['M3.5 6h17v12h-17z', 'M8.2 9a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z', 'M5.7 15.5c0-1.5 1.1-2.2 2.5-2.2s2.5.7 2.5 2.2', 'M13.5 10h4', 'M13.5 13.7h4'],
  home: ['M4 11.5 12 4.5l8 7', 'M6.5 10v9.5h11V10', 'M10.2 19.5v-5.5h3.6v5.5'],
  check: ['M5 12.5l4.5 4.5L19.5 7'],
  circle: ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z'],
  alert: ['M12 4 2.8 20h18.4z', 'M12 10v4.5', 'M12 17.3v.2'],
  info: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M12 11v5.5', 'M12 7.7v.2'],
  printer: ['M7 9V4h10v5', 'M7 17H4V9h16v8h-3', 'M7 14h10v6H7z'],
  erase: ['M9 6h11.5v12H9l-6-6z', 'M12 9.5l5 5', 'M17 9.5l-5 5'],
  phone: ['M6.5 3.5h3l1.5 4-2 1.5a12 12 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2 2A15 15 0 0 1 4.5 5.5a2 2 0 0 1 2-2z'],
  pin: ['M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11z', 'M12 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z'],
  clock: ['M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z', 'M12 7.5V12l3 2'],
  people: ['M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z', 'M2.5 19.5c0-3.5 3-5.5 6.5-5.5s6.5 2 6.5 5.5', 'M16 5a3.2 3.2 0 0 1 0 6.2', 'M18 14.3c2.2.7 3.5 2.5 3.5 5.2'],
  /** The program's sign: one window. */
  mark: ['M5 3.5h14v17H5z', 'M5 14.5h14', 'M9 8.5h6'],
  /** Somebody with open arms: comfort for everyone. */
  comfort: ['M12 3.2a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8z', 'M4 9.5l5.5 1.2h5L20 9.5', 'M9.5 10.7V14l-2 6.5', 'M14.5 10.7V14l2 6.5', 'M9.6 14.6h4.8'],
  /** A raised hand: help, please. */
  hand: ['M8 12V6.2a1.4 1.4 0 0 1 2.8 0V11', 'M10.8 11V4.6a1.4 1.4 0 0 1 2.8 0V11', 'M13.6 11V5.6a1.4 1.4 0 0 1 2.8 0V12', 'M16.4 12V8.2a1.4 1.4 0 0 1 2.8 0v6c0 4-2.6 6.6-6.2 6.6-3 0-4.6-1.4-6-3.8l-2.3-4a1.4 1.4 0 0 1 2.4-1.4L8 13.5z'],
  minus: ['M5 12h14'],
  plus: ['M5 12h14', 'M12 5v14'],
  /** A sheet with lines: what is read. */
  paper: ['M6 3.5h8.5L19 8v12.5H6z', 'M14.5 3.5V8H19', 'M9.2 12h6.6', 'M9.2 15.8h6.6'],
  /** A horn: what is told to everybody. */
  horn: ['M4 10v4h3.5l8 4.5v-13L7.5 10z', 'M18.5 9.5a3.5 3.5 0 0 1 0 5', 'M8 14.5l1.2 5h2.3'],
  /** A page of a calendar. */
  calendar: ['M4 6h16v14H4z', 'M4 10.5h16', 'M8.5 3.5v4', 'M15.5 3.5v4', 'M8.5 14.5h3v3h-3z'],
  filter: ['M4 6h16', 'M7 12h10', 'M10 18h4'],
  write: ['M4 20l1-4.5L16.5 4a2 2 0 0 1 3 3L8 18.5z', 'M14.5 6l3 3'],
  space: ['M4 10v5h16v-5'],
  /** Faces, from very satisfied to very dissatisfied: what a level of a rating means, beside its words. */
  face1: [...face, 'M7.2 13.2a4.8 4.8 0 0 0 9.6 0z'],
  face2: [...face, 'M7.8 13.8a4.8 4.8 0 0 0 8.4 0'],
  face3: [...face, 'M8.4 14.8c2 .9 5.2 .9 7.2 0'],
  face4: [...face, 'M8.2 16.4a4.8 4.8 0 0 1 7.6 0'],
  face5: [...face, 'M7.3 17a4.9 4.9 0 0 1 9.4 0z'],
} satisfies Record<string, string[]>

export type IconName = keyof typeof shapes
