/** What people can ask for from here. */
export type ActionName = 'pause' | 'resume' | 'trigger'

interface Words {
  /** On the button that opens the dialog, and on the one that does it. */
  button: string
  title: string
  /** What it does, before it is done. */
  meaning: readonly string[]
  /** It can move money at once: what the dialog says in so many words. */
  warning: string | null
  /** What has come of it. */
  done: string
}

/** How an action is put to people; `target` is a schedule's or an engine's id. */
export function wordsOf(action: ActionName, target: string, engine: boolean): Words {
  const what = engine ? `every schedule of ${target}` : target
  const update = target.endsWith('/update-engine')
  switch (action) {
    case 'pause':
      return {
        button: 'Pause',
        title: `Pause ${target}`,
        meaning: [
          `No more calls of ${what} from the next slot on, by any worker, until it is resumed. A call in flight goes on.`,
          'The slots meanwhile end as skipped (paused).',
        ],
        warning: null,
        done: `${target} is paused: no more calls from the next slot on.`,
      }
    case 'resume':
      return {
        button: 'Resume',
        title: `Resume ${target}`,
        meaning: [
          `Calls of ${what} are made again from the next slot on. Those that were skipped are not made up for.`,
        ],
        warning: null,
        done: `${target} is resumed: calls are made again from the next slot on.`,
      }
    case 'trigger':
      return {
        button: 'Call now',
        title: `Call ${target} now`,
        meaning: [
          'One call beside the schedule, under the same rules: while another one is, or may be, in flight it is skipped.',
        ],
        warning: update
          ? 'This moves real money: the engine updates its position as soon as it gets the call, and nothing takes that back.'
          : null,
        done: `A call of ${target} is asked for.`,
      }
  }
}
