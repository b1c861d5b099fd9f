/** The real engine exists in two generations that speak differently. */
export const GENERATIONS = ['first', 'second'] as const
export type Generation = (typeof GENERATIONS)[number]

/** What an engine does on the chain, in the order of a rebalance: it reads, closes, opens. */
export const STEPS = ['price', 'decrease', 'collect', 'burn', 'swap', 'mint'] as const
export type Step = (typeof STEPS)[number]
