import { hash as digest } from 'node:crypto';

/*
 * `Lineage=` in a trace header is the chain of executions that led here, newest first, one hop `N:HASH:N-1` each, joined
 * with `|`. A chain of one reads as AWS writes it, `Lineage=1:<8hex>:0`, and the next one begins with `2:` (spec 2.3, 4.6).
 * How AWS continues it is not known; whole hops are kept here because the guard needs to count each function.
 */

/** AWS stops a loop after about 16 executions of a function in one chain (spec 4.6). */
export const maximumExecutionsInChain = 16;

/** Hops that are kept, the newest: where loops are allowed chains have no end, and a header has to fit into a request. */
const maximumHops = 500;

/** The trace header of an event for a function: that of what caused it, and one hop more. */
export function withHop(traceId: string, functionArn: string): string {
  const { rest, hops } = split(traceId);
  const before = Number.parseInt(hops[0] ?? '0', 10);
  const hop = `${before + 1}:${hash(functionArn)}:${before}`;
  return [...rest, `Lineage=${[hop, ...hops.slice(0, maximumHops - 1)].join('|')}`].join(';');
}

/** How often a function occurs in the chain, an event that is only queued included. */
export function executionsInChain(traceId: string, functionArn: string): number {
  const own = hash(functionArn);
  return split(traceId).hops.filter((hop) => hop.split(':')[1] === own).length;
}

/** The header without its lineage: what AWS sends on for an event that never executed (spec 2.1). */
export function withoutLineage(traceId: string): string {
  return split(traceId).rest.join(';');
}

function split(traceId: string): { readonly rest: readonly string[]; readonly hops: readonly string[] } {
  const parts = traceId.split(';').filter((part) => part !== '');
  const isLineage = (part: string): boolean => /^\s*lineage=/i.test(part);
  const lineage = parts.find(isLineage);
  return {
    rest: parts.filter((part) => !isLineage(part)),
    hops:
      lineage === undefined
        ? []
        : lineage
            .slice(lineage.indexOf('=') + 1)
            .split('|')
            .filter(Boolean),
  };
}

/** @param functionArn Unqualified: versions and aliases of a function count as one. */
function hash(functionArn: string): string {
  return digest('sha256', functionArn).slice(0, 8);
}
