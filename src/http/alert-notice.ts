import type { AlertBook } from '../alerts/alert-book.js'
import type { LiveNotice } from './live-notice.js'

/** Alerts that live readers are sent; all are at `/api/v1/alerts`. */
export const mostLiveAlerts = 200

/** Live readers hear of alerts at first and after each change: those that need a person first. */
export const alertNotice = (book: AlertBook): LiveNotice => ({
  current: () => {
    const alerts = book.alerts()
    const more = Math.max(0, alerts.length - mostLiveAlerts)
    return { type: 'alerts', alerts: alerts.slice(0, mostLiveAlerts), ...(more > 0 && { more }) }
  },
  follow: changed => book.subscribe(changed),
})
