import type { ProcessView } from '../../views.ts'
import { printable } from '../text.ts'
import { Ago, Since } from '../time.tsx'

/** Clocks may differ by this much without a word, ms. */
const CLOCK = 250

/** The producers and workers that were heard of within the last minute. */
export function Processes({ processes }: { processes: ProcessView[] }) {
  return (
    <section class="card" aria-labelledby="processes">
      <h2 id="processes">Workers and producers</h2>
      {processes.length === 0 ? (
        <p class="quiet">
          None is alive. Start them with <code>hft-scheduler producer</code> and{' '}
          <code>hft-scheduler worker</code>.
        </p>
      ) : (
        <div class="scroll">
          <table class="processes">
            <thead>
              <tr>
                <th scope="col">Part</th>
                <th scope="col">Name</th>
                <th scope="col">Version</th>
                <th scope="col" class="number">
                  Up
                </th>
                <th scope="col" class="number">
                  Runs / min
                </th>
                <th scope="col" class="number">
                  Busy
                </th>
                <th scope="col">Seen</th>
              </tr>
            </thead>
            <tbody>
              {processes.map(process => (
                <Row key={`${process.part} ${process.id ?? process.name}`} process={process} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function Row({ process }: { process: ProcessView }) {
  const { part, name, version, since, seen, clock, busy, runsPerMinute, gone } = process
  return (
    <tr>
      <td>{part}</td>
      <td class="name" title={printable(name)}>
        {printable(name)}
      </td>
      <td>{printable(version)}</td>
      <td class="number">{gone ? '–' : <Since at={since} />}</td>
      <td class="number">{runsPerMinute === null ? '–' : Math.round(runsPerMinute)}</td>
      <td class="number">{busy ?? '–'}</td>
      <td>
        {gone ? (
          <strong class="off">
            ✕ gone, <Ago at={seen} />
          </strong>
        ) : (
          <>
            ✓ <Ago at={seen} />
          </>
        )}
        {Math.abs(clock ?? 0) > CLOCK ? <div class="off">✕ clock off by {clock} ms</div> : null}
      </td>
    </tr>
  )
}
