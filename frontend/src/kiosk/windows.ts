/** Windows as people read them: "B01–B20", or "M01" when there is but one. */
export function windowsOf(text: string): string {
  const [from = '', to = ''] = text.split('-')
  return to === '' || from === to ? from : `${from}–${to}`
}
