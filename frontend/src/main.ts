// First, because it names the order of the layers before any part adds to one.
import './style/main.css'
import { createApp } from 'vue'
import App from './App.vue'
import { tellAlive } from './alive'
import { closeExits } from './guard'
import { createWords } from './i18n'

closeExits()
tellAlive()
createApp(App).use(createWords()).mount('#app')
