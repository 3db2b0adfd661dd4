import type { DeclaredQueue } from '../../iac/declarations.ts';
import type { Logger } from '../../model/logger.ts';
import { transaction } from '../state/database.ts';
import type { MessageParts } from './messageParts.ts';
import type { QueueAttributes } from './queueAttributes.ts';
import { createQueue, setQueueAttributes } from './queueOperations.ts';

/**
 * Makes the queues of a template and sets what it declares of them, each attribute when its own declaration is new or
 * another one; one that is declared no more goes back to its default. So what the API sets stays until then. Queues that the
 * template has no more stay too: there may be messages in them. What SQS refuses is told on the log, and left out.
 */
export function declareQueues(
  parts: MessageParts,
  declared: readonly Pick<DeclaredQueue, 'name' | 'attributes'>[],
  log: Logger | undefined,
): void {
  const wanted = new Map<string, QueueAttributes>();
  for (const { name, attributes } of declared) wanted.set(name, { ...wanted.get(name), ...attributes });
  transaction(parts.db, () => {
    for (const name of wanted.keys()) {
      attempt(`Queue ${name} can't be made`, () => ensureQueue(parts, name, {}));
    }
    // A redrive policy needs its dead-letter queue, and that queue's consent, wherever in the template they stand.
    for (const pass of [isOther, isRedrivePolicy]) {
      for (const [name, attributes] of wanted) declareAttributes(name, attributes, pass);
    }
  });

  function declareAttributes(name: string, attributes: QueueAttributes, pass: (attribute: string) => boolean): void {
    const queue = parts.queues.find(name);
    if (!queue) return;
    const before = parts.queues.declaration(queue);
    const now = new Map(Object.entries(before));
    for (const attribute of Object.keys({ ...before, ...attributes }).filter(pass)) {
      const value = attributes[attribute];
      if (value === before[attribute]) continue;
      attempt(`Queue ${name} goes without the ${attribute} that the template declares`, () => {
        setAttribute(parts, name, attribute, value);
        if (value === undefined) now.delete(attribute);
        else now.set(attribute, value);
      });
    }
    parts.queues.setDeclaration(queue, Object.fromEntries(now));
  }

  function attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      log?.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Makes a queue if there is none; a name that ends in `.fifo` makes a FIFO queue. @throws ServiceError for what SQS refuses */
export function ensureQueue(parts: MessageParts, name: string, attributes: QueueAttributes): void {
  if (parts.queues.find(name)) return;
  createQueue(parts, name, name.endsWith('.fifo') ? { ...attributes, FifoQueue: 'true' } : attributes, {});
}

function setAttribute(parts: MessageParts, name: string, attribute: string, value: string | undefined): void {
  const { queues, polls, now } = parts;
  const queue = queues.find(name);
  // A queue is FIFO by its name, from the start.
  if (!queue || attribute === 'FifoQueue') return;
  if (value !== undefined) {
    setQueueAttributes(parts, queue, { [attribute]: value });
    return;
  }
  const { [attribute]: _gone, ...others } = queue.attributes;
  queues.update(queue, { attributes: others }, now());
  polls.wake(queue.id);
}

function isRedrivePolicy(attribute: string): boolean {
  return attribute === 'RedrivePolicy';
}

function isOther(attribute: string): boolean {
  return !isRedrivePolicy(attribute);
}
