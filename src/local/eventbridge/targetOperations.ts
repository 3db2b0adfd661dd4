import { parseArn } from '../../model/arn.ts';
import { parseExactJson } from '../../model/exactJson.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { ServiceError } from '../server/serviceError.ts';
import { transaction } from '../state/database.ts';
import { Constraints, nameRule } from './constraints.ts';
import { validationError } from './eventsErrors.ts';
import { type EventsParts, requireBus, requireRule } from './eventsParts.ts';
import { isTemplate, placeholdersOf } from './inputTemplate.ts';
import { isJsonPath } from './jsonPath.ts';
import { pageOf } from './pages.ts';
import type { RuleTarget } from './ruleTable.ts';
import { isPredefined } from './targetInput.ts';
import { targetKind } from './targetKinds.ts';

/** AWS's limit of a rule. */
const maximumTargets = 5;

/** Operations on the targets of rules. */
export function targetOperations(parts: EventsParts): Readonly<Record<string, JsonOperation>> {
  const { rules, db } = parts;
  return {
    PutTargets: (input) => {
      const targets = readTargets(input);
      for (const target of targets) checkTarget(target);
      const rule = requireRule(parts, input, input.text('Rule') ?? '');
      const ids = new Set([...rules.targets(rule), ...targets].map(({ Id }) => Id));
      if (ids.size > maximumTargets) {
        const message = 'The requested resource exceeds the maximum number allowed.';
        throw new ServiceError({ type: 'LimitExceededException', message });
      }
      transaction(db, () => {
        for (const target of targets) rules.putTarget(rule, target);
      });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    RemoveTargets: (input) => {
      const rule = requireRule(parts, input, input.text('Rule') ?? '');
      transaction(db, () => {
        for (const id of input.texts('Ids') ?? []) rules.removeTarget(rule, id);
      });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule: (input) => {
      const rule = requireRule(parts, input, input.text('Rule') ?? '');
      const { page, next } = pageOf(
        input,
        (span) => rules.targets(rule, span),
        ({ Id }) => Id,
      );
      return { Targets: page, ...next };
    },
    ListRuleNamesByTarget: (input) => {
      const bus = requireBus(parts, input.text('EventBusName')).name;
      const arn = input.text('TargetArn') ?? '';
      const { page, next } = pageOf(
        input,
        (span) => rules.namesByTarget(bus, arn, span),
        (name) => name,
      );
      return { RuleNames: page, ...next };
    },
  };
}

function readTargets(input: JsonInput): readonly RuleTarget[] {
  const constraints = new Constraints();
  constraints.required(input, 'Rule', nameRule);
  const items = input.inputs('Targets') ?? [];
  constraints.length(items.length, `[${items.map(() => 'Target').join(', ')}]`, 1, 100, 'targets');
  const targets = items.map((item, index) => readTarget(item, `targets.${index + 1}.member`, constraints));
  constraints.throwIfBroken();
  return targets;
}

function readTarget(item: JsonInput, path: string, constraints: Constraints): RuleTarget {
  const roleArn = constraints.optional(item, 'RoleArn', { most: 1600 }, `${path}.roleArn`);
  const input = constraints.optional(item, 'Input', { most: 8192 }, `${path}.input`);
  const inputPath = constraints.optional(item, 'InputPath', { most: 256 }, `${path}.inputPath`);
  const transformer = item.input('InputTransformer');
  const pathsMap = transformer?.textMap('InputPathsMap');
  const template = { most: 8192, pattern: String.raw`[\s\S]+` };
  const groupId = item.input('SqsParameters')?.text('MessageGroupId');
  const deadLetters = item.input('DeadLetterConfig');
  const deadLetterArn = deadLetters?.text('Arn');
  const retries = item.input('RetryPolicy');
  return {
    Id: constraints.required(item, 'Id', nameRule, `${path}.id`),
    Arn: constraints.required(item, 'Arn', { most: 1600 }, `${path}.arn`),
    ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    ...(input === undefined ? {} : { Input: input }),
    ...(inputPath === undefined ? {} : { InputPath: inputPath }),
    ...(transformer && {
      InputTransformer: {
        ...(pathsMap && { InputPathsMap: pathsMap }),
        InputTemplate: constraints.required(
          transformer,
          'InputTemplate',
          template,
          `${path}.inputTransformer.inputTemplate`,
        ),
      },
    }),
    ...(groupId === undefined ? {} : { SqsParameters: { MessageGroupId: groupId } }),
    ...(deadLetters && { DeadLetterConfig: deadLetterArn === undefined ? {} : { Arn: deadLetterArn } }),
    ...(retries && { RetryPolicy: readRetryPolicy(retries, path, constraints) }),
  };
}

function readRetryPolicy(
  retries: JsonInput,
  path: string,
  constraints: Constraints,
): NonNullable<RuleTarget['RetryPolicy']> {
  const attempts = retries.integer('MaximumRetryAttempts');
  const age = retries.integer('MaximumEventAgeInSeconds');
  if (attempts !== undefined) constraints.range(attempts, 0, 185, `${path}.retryPolicy.maximumRetryAttempts`);
  if (age !== undefined) constraints.range(age, 60, 86_400, `${path}.retryPolicy.maximumEventAgeInSeconds`);
  return {
    ...(attempts === undefined ? {} : { MaximumRetryAttempts: attempts }),
    ...(age === undefined ? {} : { MaximumEventAgeInSeconds: age }),
  };
}

/** What EventBridge refuses of a target, or local Lambda can't do. @throws ServiceError `ValidationException` */
export function checkTarget(target: RuleTarget): void {
  const { Id: id, Arn: arn, Input, InputPath, InputTransformer, SqsParameters, DeadLetterConfig } = target;
  if (!parseArn(arn)) {
    throw validationError(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  const kind = targetKind(arn);
  if (!kind) {
    throw validationError(
      `Local Lambda can't hand events to ${arn}. Targets are queues, topics, functions, log groups and event buses.`,
    );
  }
  if (kind === 'SQS' && arn.endsWith('.fifo') && SqsParameters?.MessageGroupId === undefined) {
    throw validationError(`Parameter(s) SqsParameters must be specified for target: ${id}.`);
  }
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1) {
    throw validationError(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  }
  if (Input !== undefined && !parseExactJson(Input)) {
    throw validationError(`Invalid Input for target ${id}: it is not valid JSON.`);
  }
  if (InputPath !== undefined && !isJsonPath(InputPath)) {
    throw validationError(`Invalid InputPath for target ${id} : ${InputPath}.`);
  }
  if (InputTransformer) checkTransformer(id, InputTransformer);
  const deadLetterArn = DeadLetterConfig?.Arn;
  if (deadLetterArn !== undefined && (targetKind(deadLetterArn) !== 'SQS' || deadLetterArn.endsWith('.fifo'))) {
    throw validationError(`The dead-letter queue of target ${id} must be a standard SQS queue: ${deadLetterArn}.`);
  }
}

function checkTransformer(
  id: string,
  { InputPathsMap = {}, InputTemplate }: NonNullable<RuleTarget['InputTransformer']>,
): void {
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (!/^[\w-]{1,256}$/.test(name) || /^aws\./i.test(name)) {
      throw validationError(`Invalid InputPathsMap for target ${id} : "${name}" can't be the name of a variable.`);
    }
    if (!isJsonPath(path)) throw validationError(`Invalid InputPathsMap for target ${id} : ${path} is not a path.`);
  }
  const unknown = placeholdersOf(InputTemplate).find(
    (name) => !Object.hasOwn(InputPathsMap, name) && !isPredefined(name),
  );
  if (unknown !== undefined) {
    throw validationError(`InputTemplate for target ${id} contains invalid placeholder ${unknown}.`);
  }
  if (!isTemplate(InputTemplate)) {
    throw validationError(
      `Invalid InputTemplate for target ${id} : it is not valid JSON once its variables are filled in. ` +
        'A text stands in double quotes.',
    );
  }
}
