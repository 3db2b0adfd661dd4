import type { Declarations } from '../../iac/declarations.ts';
import { parseArn, type AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { DeclaredConfig } from '../functions/configStore.ts';
import type { SnsService } from '../sns/snsService.ts';
import type { SqsService } from '../sqs/sqsService.ts';

/** Makes what the project, or a config set through the API, names (design.md: it exists from the start). */
export class DeclaredResources {
  readonly #scope: AccountScope;
  readonly #sqs: Pick<SqsService, 'ensureQueue'>;
  readonly #sns: Pick<SnsService, 'ensureTopic' | 'ensureSubscription'>;
  readonly #log: Logger;

  constructor(
    scope: AccountScope,
    sqs: Pick<SqsService, 'ensureQueue'>,
    sns: Pick<SnsService, 'ensureTopic' | 'ensureSubscription'>,
    log: Logger,
  ) {
    this.#scope = scope;
    this.#sqs = sqs;
    this.#sns = sns;
    this.#log = log;
  }

  /** Queues, topics and subscriptions that are declared, and every queue and topic that a function delivers to. */
  ensureDeclared({ queues, topics, subscriptions, functions }: Declarations): void {
    for (const { name } of queues) this.#try(name, () => this.#sqs.ensureQueue(name));
    for (const { name, fifo } of topics) this.#try(name, () => this.#sns.ensureTopic(name, fifo));
    for (const { deadLetterTargetArn, eventInvokeConfigs } of functions) {
      if (deadLetterTargetArn !== undefined) this.ensure(deadLetterTargetArn);
      for (const { onSuccess, onFailure } of eventInvokeConfigs) {
        if (onSuccess !== undefined) this.ensure(onSuccess);
        if (onFailure !== undefined) this.ensure(onFailure);
      }
    }
    for (const subscription of subscriptions) {
      this.ensure(subscription.topicArn);
      this.ensure(subscription.endpoint);
      this.#try(subscription.topicArn, () => this.#sns.ensureSubscription(subscription));
    }
  }

  /** The queue or topic that an ARN of this account and region names; nothing for any other. */
  ensure(arn: string): void {
    const { service, region, account, resource = '' } = parseArn(arn) ?? {};
    if (region !== this.#scope.region || account !== this.#scope.account) return;
    if (service === 'sqs') this.#try(arn, () => this.#sqs.ensureQueue(resource));
    if (service === 'sns') this.#try(arn, () => this.#sns.ensureTopic(resource, resource.endsWith('.fifo')));
  }

  /** A resource that can't be made keeps nobody from the others. */
  #try(what: string, make: () => void): void {
    try {
      make();
    } catch (error) {
      this.#log.warn(`“${what}” can't be made: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The configs that a template declares, in the store's terms. */
export function declaredConfigs({ functions }: Declarations): readonly DeclaredConfig[] {
  return functions.flatMap(({ functionName, eventInvokeConfigs }) =>
    eventInvokeConfigs.map(({ qualifier, ...settings }) => ({ functionName, qualifier, settings })),
  );
}
