import type uPlot from 'uplot'
import type { Colours } from './colours.ts'
import type { Mark } from './drawing.ts'

/** How close the pointer must come to a mark, px. */
const REACH = 7

/** A dashed line from top to bottom for each mark, with a diamond at its top. */
export function drawMarks(u: uPlot, marks: readonly Mark[], colours: Colours): void {
  const { ctx, bbox } = u
  const unit = devicePixelRatio || 1
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.strokeStyle = colours.doubt
  ctx.fillStyle = colours.doubt
  ctx.lineWidth = unit
  ctx.setLineDash([4 * unit, 4 * unit])
  for (const { at } of marks) {
    const x = Math.round(u.valToPos(at, 'x', true))
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const size = 4 * unit
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x + size, bbox.top + size)
    ctx.lineTo(x, bbox.top + 2 * size)
    ctx.lineTo(x - size, bbox.top + size)
    ctx.fill()
  }
  ctx.restore()
}

/** The mark that the pointer is at, `left` px into the plot. */
export function markNear(u: uPlot, marks: readonly Mark[], left: number): Mark | null {
  let best: Mark | null = null
  let distance = REACH
  for (const mark of marks) {
    const away = Math.abs(u.valToPos(mark.at, 'x') - left)
    if (away <= distance) {
      best = mark
      distance = away
    }
  }
  return best
}
