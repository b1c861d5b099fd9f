import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from '../simulation.ts'
import { Market } from './market.ts'
import { localTime, newPosition, type Position, reprice } from './position.ts'

type TransactionStep = Exclude<Step, 'price'>

const CLOSING = ['decrease', 'collect', 'burn'] as const
/** Of a rebalance. */
const TRANSACTIONS = 5
/** Positions kept in the history, so that a year of simulation does not fill the memory. */
const KEPT = 1000

/** A transaction that went through. */
export interface Transaction {
  /** Epoch ms. */
  at: number
  step: TransactionStep
  /** Of the position that it changed, or opened. */
  tokenID: number
  hash: string
}

export interface TradingOptions {
  seed: number
  running: boolean
  /** ms of a whole rebalance. */
  rebalanceTime: number
  onTransaction: (transaction: Transaction) => void
}

/**
 * What the engine does with its position. As the real one it has no lock, remembers nothing of what
 * was asked for, and a step that fails leaves everything as the steps before it made it.
 */
export class Trading {
  readonly #options: TradingOptions
  readonly #market: Market
  readonly #failing = new Map<Step, number>()
  #history: Position[] = []
  #position: Position | null = null
  #tokenID: number
  #running: boolean

  constructor(options: TradingOptions) {
    const now = Date.now()
    this.#options = options
    this.#market = new Market({ seed: options.seed, now })
    this.#tokenID = 100_000 + (options.seed % 100_000)
    this.#running = options.running
    if (options.running) {
      const first = newPosition({ price: this.#market.observe(now), tokenID: this.#tokenID, now })
      this.#hold({ ...first, tx_mint: this.#market.hash() })
    }
  }

  get running(): boolean {
    return this.#running
  }

  /** Oldest first. */
  get history(): readonly Position[] {
    return this.#history
  }

  /** Throws when there is none, as after a start that failed. */
  get position(): Position {
    if (this.#position === null) throw new ChainError("'NoneType' object is not subscriptable")
    return this.#position
  }

  /** null when there is none. */
  get lastPosition(): Position | null {
    return this.#position
  }

  /** Says that it runs, then mints: what fails between the two leaves it running without a position. */
  async start(): Promise<void> {
    this.#running = true
    this.#position = null
    await this.#open(false)
  }

  /** Closes the position, where there is one. */
  async stop(): Promise<void> {
    this.#running = false
    if (this.#position !== null) await this.#close(this.#position)
  }

  /** Reads the price, and moves the position when the price has left its range. */
  async update(): Promise<void> {
    const { position } = this
    this.#pass('price')
    const now = Date.now()
    if (!reprice(position, this.#market.observe(now), now).outOfRange) return
    await this.#close(position)
    await this.#open(true)
  }

  /** This step fails from now on, or so many times. */
  fail(step: Step, times = Number.POSITIVE_INFINITY): void {
    this.#failing.set(step, times)
  }

  /** No step fails any more. */
  heal(): void {
    this.#failing.clear()
  }

  /** Moves the price to where the next update has to rebalance. */
  leaveRange(): void {
    this.#market.jump()
  }

  async #close(position: Position): Promise<void> {
    for (const step of CLOSING) position[`tx_${step}`] = await this.#transact(step, position)
    position.is_open = false
    position.last_update = localTime(Date.now())
  }

  async #open(swapping: boolean): Promise<void> {
    const now = Date.now()
    const price = this.#market.observe(now)
    const tokenID = this.#tokenID + this.#market.count(40)
    const position = newPosition({ price, tokenID, now })
    if (swapping) position.tx_swap = await this.#transact('swap', position)
    position.tx_mint = await this.#transact('mint', position)
    this.#tokenID = tokenID
    position.last_update = localTime(Date.now())
    this.#hold(position)
  }

  async #transact(step: TransactionStep, { tokenID }: Position): Promise<string> {
    const time = this.#options.rebalanceTime / TRANSACTIONS
    if (time > 0) await sleep(time)
    this.#pass(step)
    const hash = this.#market.hash()
    this.#options.onTransaction({ at: Date.now(), step, tokenID, hash })
    return hash
  }

  #hold(position: Position): void {
    this.#position = position
    this.#history = [...this.#history.slice(1 - KEPT), position]
  }

  #pass(step: Step): void {
    const times = this.#failing.get(step) ?? 0
    if (times <= 0) return
    this.#failing.set(step, times - 1)
    throw new ChainError(`${step}: execution reverted`)
  }
}

/** What the engine's own code raises, and does not catch. */
export class ChainError extends Error {
  override readonly name = 'ChainError'
}
