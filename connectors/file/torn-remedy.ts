/** The remedy where what keeps a file from being read is gzip's: it was not written to its end, or is damaged. Otherwise nothing. */
export function tornRemedy({ code = '' }: NodeJS.ErrnoException): { readonly hint?: string } {
  return code.startsWith('Z_')
    ? { hint: 'See by gzip -t whether it is whole; one that is still written is to be renamed into its place once it is.' }
    : {}
}
