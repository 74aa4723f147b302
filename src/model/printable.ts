/**
 * A text without what a terminal or a page must not obey: control and format characters, and what was no UTF-8, become dots.
 *
 * @example
 * printable('ok\u001b[2J') // 'ok·[2J'
 */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\uFFFD]/gu, '·')
