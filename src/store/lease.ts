import type { Statements } from './statements.ts';

/**
 * Takes or renews a lease, in the caller's transaction: `false` when another holder's has not ended yet. With 0 as `ttlMs`
 * it is given up. `now`: epoch ms; windows of one machine share its clock.
 */
export function takeLease(
  statements: Statements,
  {
    name,
    holder,
    ttlMs,
    now,
  }: { readonly name: string; readonly holder: string; readonly ttlMs: number; readonly now: number },
): boolean {
  if (ttlMs <= 0) {
    statements.run('DELETE FROM leases WHERE name = ? AND holder = ?', name, holder);
    return false;
  }
  const taken = statements.run(
    `INSERT INTO leases VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE holder = excluded.holder OR until <= ?4`,
    name,
    holder,
    Math.trunc(now + ttlMs),
    Math.trunc(now),
  );
  return taken > 0;
}
