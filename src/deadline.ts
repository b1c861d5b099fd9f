/**
 * Resolves to true once `work` is done, whether well or badly, and to false when it is not within
 * `ms`: for the end of a process, which waits for nobody for ever.
 */
export function doneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), ms)
    const done = () => {
      clearTimeout(timer)
      resolve(true)
    }
    work.then(done, done)
  })
}
