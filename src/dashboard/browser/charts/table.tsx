import { printable } from '../text.ts'
import { Time } from '../time.tsx'
import { type Line, readable, written } from './drawing.ts'

const ROWS = 20

export interface RowsProps {
  name: string
  lines: readonly Line[]
  at: readonly number[]
  write(value: number): string
}

/** The newest points of a chart as rows, newest first. */
export function Rows({ name, lines, at, write }: RowsProps) {
  const shown = readable(lines)
  const told = at.flatMap((time, row) => {
    const cells = shown.map(line => written(line, row, write))
    return cells.some(value => value !== null) ? [{ key: `${time} ${row}`, time, cells }] : []
  })
  const rows = told.slice(-ROWS).reverse()
  return (
    <div class="scroll">
      <table>
        <caption>
          The newest {rows.length} points of {printable(name)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {shown.map(line => (
              <th key={line.name} scope="col" class="number">
                {printable(line.name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, time, cells }) => (
            <tr key={key}>
              <td>
                <Time at={time} ms />
              </td>
              {cells.map((value, index) => (
                <td key={shown[index]?.name} class="number">
                  {value ?? '–'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
