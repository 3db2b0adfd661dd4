import type { Declarations } from '../../iac/declarations.ts';
import { parseArn, type AccountScope } from '../../model/arn.ts';
import type { Logger } from '../../model/logger.ts';
import type { DeclaredConfig } from '../functions/configStore.ts';
import type { EventsService } from '../eventbridge/eventsService.ts';
import type { S3Service } from '../s3/s3Service.ts';
import type { SnsService } from '../sns/snsService.ts';
import { redrivePolicy } from '../sqs/redrive.ts';
import type { SqsService } from '../sqs/sqsService.ts';

/** The services that resources are made in. */
export interface ResourceMakers {
  readonly sqs: Pick<SqsService, 'ensureQueue' | 'declareQueues'>;
  readonly sns: Pick<SnsService, 'ensureTopic' | 'declareSubscriptions'>;
  readonly s3: Pick<S3Service, 'ensureBucket'>;
  readonly events: Pick<EventsService, 'ensureBus' | 'declareRules'>;
}

/** Makes what the project, or a config set through the API, names (design.md: it exists from the start). */
export class DeclaredResources {
  readonly #scope: AccountScope;
  readonly #make: ResourceMakers;
  readonly #log: Logger;

  constructor(scope: AccountScope, makers: ResourceMakers, log: Logger) {
    this.#scope = scope;
    this.#make = makers;
    this.#log = log;
  }

  /** Queues, topics, buckets, buses, subscriptions and rules that are declared, and all that functions and rules deliver to. */
  ensureDeclared({ queues, topics, buckets, buses, subscriptions, rules, functions }: Declarations): void {
    for (const { attributes } of [...queues, ...subscriptions]) {
      const { deadLetterTargetArn } = redrivePolicy(attributes) ?? {};
      if (deadLetterTargetArn !== undefined) this.ensure(deadLetterTargetArn);
    }
    this.#try('Queues of the template', () => this.#make.sqs.declareQueues(queues));
    for (const { name, fifo } of topics) this.#try(name, () => this.#make.sns.ensureTopic(name, fifo));
    for (const { name } of buckets) this.#try(name, () => this.#make.s3.ensureBucket(name));
    for (const { name } of buses) this.#try(name, () => this.#make.events.ensureBus(name));
    for (const { deadLetterTargetArn, eventInvokeConfigs } of functions) {
      if (deadLetterTargetArn !== undefined) this.ensure(deadLetterTargetArn);
      for (const { onSuccess, onFailure } of eventInvokeConfigs) {
        if (onSuccess !== undefined) this.ensure(onSuccess);
        if (onFailure !== undefined) this.ensure(onFailure);
      }
    }
    for (const { topicArn, endpoint } of subscriptions) {
      this.ensure(topicArn);
      this.ensure(endpoint);
    }
    this.#try('Subscriptions of the template', () => this.#make.sns.declareSubscriptions(subscriptions));
    for (const { arn, deadLetterArn } of rules.flatMap(({ targets }) => targets)) {
      this.ensure(arn);
      if (deadLetterArn !== undefined) this.ensure(deadLetterArn);
    }
    this.#try('Rules of the template', () => this.#make.events.declareRules(rules));
  }

  /** The queue, topic, bus or bucket that an ARN of this account and region names; nothing for any other. */
  ensure(arn: string): void {
    const { service, region, account, resource = '' } = parseArn(arn) ?? {};
    // The ARN of a bucket has neither.
    if (service === 's3' && !resource.includes('/')) this.#try(arn, () => this.#make.s3.ensureBucket(resource));
    if (region !== this.#scope.region || account !== this.#scope.account) return;
    if (service === 'sqs') this.#try(arn, () => this.#make.sqs.ensureQueue(resource));
    if (service === 'sns') this.#try(arn, () => this.#make.sns.ensureTopic(resource, resource.endsWith('.fifo')));
    const [, bus] = service === 'events' ? (/^event-bus\/(.+)$/.exec(resource) ?? []) : [];
    if (bus !== undefined) this.#try(arn, () => this.#make.events.ensureBus(bus));
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
