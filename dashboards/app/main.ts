import { FrameLoop } from './dom/frame-loop.js'
import { Page } from './page.js'
import { Health } from './sections/health.js'
import { TopBar } from './sections/top-bar.js'

const find = (id: string): HTMLElement => {
  const node = document.getElementById(id)
  if (!node) throw new Error(`the page has no #${id}`)
  return node
}

const isKiosk = new URLSearchParams(location.search).get('kiosk') === '1'
document.documentElement.classList.toggle('kiosk', isKiosk)
const topBar = new TopBar(find('jobs'), find('clock'))
const health = new Health(find('sentence'), find('announcement'), find('outage'), find('promise'))
const loop = new FrameLoop(now => page.draw(now))
const page = new Page(find('page'), topBar, health, isKiosk, forReader => loop.mark(forReader))
find('keys').addEventListener('click', () => page.showKeys())
page.start()
