import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach, beforeEach } from 'vitest'

enableAutoUnmount(afterEach)

// A kiosk's standing screen: how much fits on a page depends on it.
beforeEach(() => { Object.assign(window, { innerWidth: 1080, innerHeight: 1920 }) })
