/** Where something will stand; says so only after a moment, for most of it is there by then. */
export function Waiting({ what = 'Loading' }: { what?: string }) {
  return (
    <p class="waiting quiet" role="status">
      {what} …
    </p>
  )
}
