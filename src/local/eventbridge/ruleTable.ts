import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Whether a rule is applied. */
export const ruleStates = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const;

/** A rule of a bus. */
export interface Rule {
  readonly id: number;
  readonly bus: string;
  readonly name: string;
  readonly eventPattern: string;
  readonly state: string;
  readonly description?: string;
  readonly roleArn?: string;
}

/** What a template says of a rule, its targets included, as it was last applied; it stays when the API deletes the rule. */
export interface RuleDeclaration extends Pick<Rule, 'bus' | 'name'> {
  readonly declaration: string;
}

/** A target in the API's own shape: what local Lambda knows of it. */
export interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
}

/** A page of something that has names. */
export interface NamePage {
  readonly after: string;
  readonly limit: number;
}

/** Rules and their targets, kept in local Lambda's database. */
export class RuleTable {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    db.exec(`
      CREATE TABLE IF NOT EXISTS events_rules (
        id INTEGER PRIMARY KEY,
        bus TEXT NOT NULL REFERENCES events_buses ON DELETE CASCADE,
        name TEXT NOT NULL,
        pattern TEXT NOT NULL,
        state TEXT NOT NULL,
        description TEXT,
        role_arn TEXT,
        UNIQUE (bus, name)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS events_targets (
        rule_id INTEGER NOT NULL REFERENCES events_rules ON DELETE CASCADE,
        id TEXT NOT NULL,
        arn TEXT NOT NULL,
        target TEXT NOT NULL,
        PRIMARY KEY (rule_id, id)
      ) STRICT;
      CREATE TABLE IF NOT EXISTS events_declarations (
        bus TEXT NOT NULL,
        name TEXT NOT NULL,
        declaration TEXT NOT NULL,
        PRIMARY KEY (bus, name)
      ) STRICT;
      CREATE INDEX IF NOT EXISTS events_targets_by_arn ON events_targets (arn);
    `);
    this.#sql = prepare(db);
  }

  find(bus: string, name: string): Rule | undefined {
    const row = this.#sql.find.get(bus, name) as RuleRow | undefined;
    return row && toRule(row);
  }

  /** Rules of a bus after a name, by name. */
  list(bus: string, { prefix = '', after, limit }: NamePage & { readonly prefix?: string }): readonly Rule[] {
    return (this.#sql.list.all({ bus, prefix, after, limit }) as never as readonly RuleRow[]).map(toRule);
  }

  /** All that are applied to the events of a bus. */
  enabled(bus: string): readonly Rule[] {
    return (this.#sql.enabled.all(bus) as never as readonly RuleRow[]).map(toRule);
  }

  declarations(): readonly RuleDeclaration[] {
    return this.#sql.declarations.all() as never as readonly RuleDeclaration[];
  }

  setDeclaration({ bus, name, declaration }: RuleDeclaration): void {
    this.#sql.setDeclaration.run(bus, name, declaration);
  }

  removeDeclaration({ bus, name }: Pick<Rule, 'bus' | 'name'>): void {
    this.#sql.removeDeclaration.run(bus, name);
  }

  /** Makes a rule, or replaces what it says; its targets stay. */
  put(rule: Omit<Rule, 'id'>): Rule {
    const { bus, name, eventPattern, state, description = null, roleArn = null } = rule;
    return toRule(this.#sql.put.get(bus, name, eventPattern, state, description, roleArn) as unknown as RuleRow);
  }

  setState(rule: Rule, state: string): void {
    this.#sql.setState.run(state, rule.id);
  }

  /** Its targets go with it. */
  remove(rule: Rule): void {
    this.#sql.remove.run(rule.id);
  }

  targets(rule: Rule, { after, limit }: NamePage = { after: '', limit: -1 }): readonly RuleTarget[] {
    const rows = this.#sql.targets.all(rule.id, after, limit) as never as readonly { readonly target: string }[];
    return rows.map(({ target }) => JSON.parse(target) as RuleTarget);
  }

  /** A target of the same id is replaced. */
  putTarget(rule: Rule, target: RuleTarget): void {
    this.#sql.putTarget.run(rule.id, target.Id, target.Arn, JSON.stringify(target));
  }

  removeTarget(rule: Rule, id: string): void {
    this.#sql.removeTarget.run(rule.id, id);
  }

  /** Names of the rules of a bus that have that target. */
  namesByTarget(bus: string, arn: string, { after, limit }: NamePage): readonly string[] {
    const rows = this.#sql.namesByTarget.all(bus, arn, after, limit) as never as readonly { readonly name: string }[];
    return rows.map(({ name }) => name);
  }
}

interface RuleRow {
  readonly id: number;
  readonly bus: string;
  readonly name: string;
  readonly pattern: string;
  readonly state: string;
  readonly description: string | null;
  readonly role_arn: string | null;
}

function prepare(db: DatabaseSync) {
  return {
    find: db.prepare('SELECT * FROM events_rules WHERE bus = ? AND name = ?'),
    list: db.prepare(`SELECT * FROM events_rules WHERE bus = :bus AND name > :after
      AND substr(name, 1, length(:prefix)) = :prefix ORDER BY name LIMIT :limit`),
    enabled: db.prepare(`SELECT * FROM events_rules WHERE bus = ? AND state <> 'DISABLED' ORDER BY id`),
    declarations: db.prepare('SELECT bus, name, declaration FROM events_declarations'),
    setDeclaration: db.prepare('INSERT OR REPLACE INTO events_declarations VALUES (?, ?, ?)'),
    removeDeclaration: db.prepare('DELETE FROM events_declarations WHERE bus = ? AND name = ?'),
    put: db.prepare(`INSERT INTO events_rules (bus, name, pattern, state, description, role_arn)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (bus, name) DO UPDATE SET pattern = excluded.pattern,
      state = excluded.state, description = excluded.description, role_arn = excluded.role_arn RETURNING *`),
    setState: db.prepare('UPDATE events_rules SET state = ? WHERE id = ?'),
    remove: db.prepare('DELETE FROM events_rules WHERE id = ?'),
    targets: db.prepare('SELECT target FROM events_targets WHERE rule_id = ? AND id > ? ORDER BY id LIMIT ?'),
    putTarget: db.prepare('INSERT OR REPLACE INTO events_targets VALUES (?, ?, ?, ?)'),
    removeTarget: db.prepare('DELETE FROM events_targets WHERE rule_id = ? AND id = ?'),
    namesByTarget: db.prepare(`SELECT DISTINCT name FROM events_rules JOIN events_targets ON rule_id = events_rules.id
      WHERE bus = ? AND arn = ? AND name > ? ORDER BY name LIMIT ?`),
  } as const satisfies Record<string, StatementSync>;
}

function toRule(row: RuleRow): Rule {
  const { id, bus, name, pattern: eventPattern, state, description, role_arn: roleArn } = row;
  return {
    id,
    bus,
    name,
    eventPattern,
    state,
    ...(description === null ? {} : { description }),
    ...(roleArn === null ? {} : { roleArn }),
  };
}
