import type { DeclaredRule, DeclaredRuleTarget } from '../../iac/declarations.ts';
import { transaction } from '../state/database.ts';
import { type EventsParts, ruleArn } from './eventsParts.ts';
import type { Rule, RuleTarget } from './ruleTable.ts';
import { checkTarget } from './targetOperations.ts';

/**
 * Makes the rules of a template, and removes those that it has no more. What was changed or deleted through the API since
 * stays so until the template says something else of that rule (decision 5). A target that can't be one here is left out
 * and told on the log.
 */
export function declareRules(parts: EventsParts, declared: readonly DeclaredRule[]): void {
  const { rules, buses, tags, scope, db, now } = parts;
  transaction(db, () => {
    const before = new Map(rules.declarations().map((one) => [keyOf(one), one]));
    const kept = new Set(declared.map(keyOf));
    for (const [key, gone] of before) {
      if (kept.has(key)) continue;
      rules.removeDeclaration(gone);
      const rule = rules.find(gone.bus, gone.name);
      if (rule) rules.remove(rule);
      tags.removeAll(ruleArn(scope, gone));
    }
    for (const one of declared) {
      const { logicalId: _logicalId, location: _location, ...said } = one;
      const declaration = JSON.stringify(said);
      if (before.get(keyOf(one))?.declaration === declaration) continue;
      const { bus, name, eventPattern, enabled, description } = one;
      buses.create(bus, undefined, now());
      const state = enabled ? 'ENABLED' : 'DISABLED';
      const rule = rules.put({
        ...{ bus, name, eventPattern, state },
        ...(description === undefined ? {} : { description }),
      });
      replaceTargets(parts, rule, one.targets);
      rules.setDeclaration({ bus, name, declaration });
    }
  });
}

function replaceTargets({ rules, log }: EventsParts, rule: Rule, targets: readonly DeclaredRuleTarget[]): void {
  for (const { Id } of rules.targets(rule)) rules.removeTarget(rule, Id);
  for (const declared of targets) {
    const target = targetOf(declared);
    try {
      checkTarget(target);
      rules.putTarget(rule, target);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(`Rule ${rule.name} goes without its target ${target.Id}: ${reason}`);
    }
  }
}

function targetOf(target: DeclaredRuleTarget): RuleTarget {
  const { id, arn, input, inputPath, inputTransformer, messageGroupId, deadLetterArn } = target;
  return {
    Id: id,
    Arn: arn,
    ...(input === undefined ? {} : { Input: input }),
    ...(inputPath === undefined ? {} : { InputPath: inputPath }),
    ...(inputTransformer && {
      InputTransformer: {
        InputPathsMap: inputTransformer.pathsMap,
        InputTemplate: inputTransformer.template,
      },
    }),
    ...(messageGroupId === undefined ? {} : { SqsParameters: { MessageGroupId: messageGroupId } }),
    ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { Arn: deadLetterArn } }),
  };
}

function keyOf({ bus, name }: Pick<Rule, 'bus' | 'name'>): string {
  return `${bus}/${name}`;
}
