/** Can this be a host's name, as DNS and /etc/hosts have them? A dot at its end ends a complete name. */
export function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.')
  return name.length <= 254 && labels.every(label => LABEL.test(label))
}

/** Underscores are none in DNS, but containers are called so. */
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i
