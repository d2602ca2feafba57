/**
 * Closes the ways out of a terminal's window: printing and dropping files open
 * native dialogs, links and pinches leave the page. It is imported before all else.
 */
export function closeExits(view: Window = window): void {
  view.print = () => undefined
  const stop = (event: Event) => event.preventDefault()
  view.addEventListener('contextmenu', stop)
  view.addEventListener('dragover', stop)
  view.addEventListener('drop', stop)
  view.addEventListener('dragstart', stop)
  view.addEventListener('gesturestart', stop)
  view.addEventListener('wheel', (event) => { if (event.ctrlKey) event.preventDefault() }, { passive: false })
  view.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('a[href]')) event.preventDefault()
  })
  view.addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase()
    const commanded = event.ctrlKey || event.metaKey
    if ((commanded && ['p', 's', 'o', 'u', '+', '-', '='].includes(key)) || key === 'f12') event.preventDefault()
  }, true)
}
