import { disableAutoUnmount, enableAutoUnmount } from '@vue/test-utils'
import { afterEach, beforeEach } from 'vitest'

// Files that share their modules meet the hook of the file before them.
disableAutoUnmount()
enableAutoUnmount(afterEach)

// A kiosk's standing screen: how much fits on a page depends on it.
beforeEach(() => { Object.assign(window, { innerWidth: 1080, innerHeight: 1920 }) })
