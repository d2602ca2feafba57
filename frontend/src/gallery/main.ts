import '../style/main.css'
import { createApp } from 'vue'
import { createWords, tagOf } from '../i18n'
import PartsGallery from './PartsGallery.vue'

// ?language=en&type=big&contrast=high&mm=2.7 shows the parts as a kiosk would.
const wish = new URLSearchParams(location.search)
const language = wish.get('language') === 'en' ? 'en' : 'zh'
const root = document.documentElement
root.lang = tagOf(language)
root.dataset['role'] = 'kiosk'
for (const mark of ['type', 'contrast']) if (wish.get(mark)) root.dataset[mark] = wish.get(mark)!
root.style.setProperty('--mm', `${Number(wish.get('mm') ?? 2.7)}px`)
createApp(PartsGallery).use(createWords(language)).mount('#app')
