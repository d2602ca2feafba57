const everyMs = 500

/**
 * Tells the program twice a second that the page lives: a page that has died goes on
 * showing its last picture, and only its silence tells (app/alive.go). A browser tells
 * nobody. Gives what stops it.
 */
export function tellAlive(view: Window = window): () => void {
  const tell = () => view.runtime?.EventsEmit?.('alive')
  tell()
  const timer = setInterval(tell, everyMs)
  return () => clearInterval(timer)
}
