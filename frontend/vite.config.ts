import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** While developing, Vite puts styles into the page itself; the built pages keep the strict rule. */
function looseWhileServing(): Plugin {
  return {
    name: 'loose-while-serving',
    apply: 'serve',
    transformIndexHtml: (html) =>
      html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace("connect-src 'self'", "connect-src 'self' ws:"),
  }
}

/** BRIDGE is the address of a terminal whose HTTP bridge answers `npm run dev`. */
const bridge = process.env['BRIDGE'] ?? 'http://127.0.0.1:7801'

export default defineConfig({
  plugins: [vue(), looseWhileServing()],
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  // Debian 12 ships WebKitGTK 2.40 and newer; Windows has an evergreen WebView2.
  build: { target: ['safari16.4', 'chrome111'], cssCodeSplit: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { host: '127.0.0.1', port: 34115, strictPort: true, fs: { allow: ['..'] }, proxy: { '/rpc': bridge, '/events': bridge } },
  test: {
    environment: 'happy-dom',
    // The parts are small and know nothing of the page: their files share what they import.
    projects: [
      { extends: true, test: { name: 'parts', include: ['src/parts/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'pages', include: ['src/**/*.test.ts'], exclude: ['src/parts/**'] } },
    ],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    maxWorkers: 2,
    // A whole screen under axe takes seconds on a busy machine; that is no finding.
    testTimeout: 20_000,
  },
})
