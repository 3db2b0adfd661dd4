import type { JsonOperation } from '../server/awsJson.ts';
import { checkRange } from './batch.ts';
import { parseJsonObject } from './jsonObject.ts';
import type { MessageParts } from './messageParts.ts';
import type { MoveTasks } from './moveTasks.ts';
import type { MoveTask } from './moveTaskTable.ts';
import type { Queue, QueueTable } from './queueTable.ts';
import { deadLetterSources } from './redrive.ts';
import { invalidParameter, missingParameter, resourceNotFound, sqsError } from './sqsErrors.ts';

/** StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask. Texts are AWS's where it has any. */
export function moveTaskOperations(
  { queues }: MessageParts,
  tasks: MoveTasks,
): Readonly<Record<string, JsonOperation>> {
  return {
    StartMessageMoveTask: (input) => {
      const source = findByArn(queues, 'SourceArn', input.text('SourceArn'));
      const destinationArn = input.text('DestinationArn');
      if (destinationArn !== undefined) {
        const destination = findByArn(queues, 'DestinationArn', destinationArn);
        if (destination.fifo !== source.fifo || destination.id === source.id) {
          throw invalidParameter('The destination must be another queue, of the same type as the source.');
        }
      }
      const rate = input.integer('MaxNumberOfMessagesPerSecond');
      if (rate !== undefined) {
        checkRange('MaxNumberOfMessagesPerSecond', rate, [1, 500], 'Must be between 1 and 500, if provided.');
      }
      if (deadLetterSources(queues, source.arn).length === 0) {
        throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
      }
      if (tasks.list(source).some(({ status }) => status === 'RUNNING')) {
        throw invalidParameter(
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        );
      }
      return { TaskHandle: handleOf(tasks.start(source, destinationArn, rate), source) };
    },
    ListMessageMoveTasks: (input) => {
      const source = findByArn(queues, 'SourceArn', input.text('SourceArn'));
      const asked = input.integer('MaxResults') ?? 1;
      const limit = checkRange('MaxResults', asked, [1, 10], 'Must be between 1 and 10, if provided.');
      const results = tasks.list(source).slice(0, limit);
      return { Results: results.map((task) => show(task, source)) };
    },
    CancelMessageMoveTask: (input) => {
      const { taskId, sourceArn } = readHandle(input.text('TaskHandle'));
      const source = findByArn(queues, 'SourceArn', sourceArn);
      const task = tasks.find(taskId);
      if (task?.queueId !== source.id) throw resourceNotFound('Task does not exist.');
      if (task.status !== 'RUNNING') {
        const message = `Only a running task can be cancelled; this one is ${task.status}.`;
        throw sqsError('UnsupportedOperation', message, 'AWS.SimpleQueueService.UnsupportedOperation');
      }
      tasks.cancel(task);
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
  };
}

function findByArn(queues: QueueTable, parameter: string, arn = ''): Queue {
  if (arn === '') throw missingParameter(parameter);
  const queue = queues.findByArn(arn);
  if (!queue) throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
  return queue;
}

function show(task: MoveTask, source: Queue): Readonly<Record<string, unknown>> {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: handleOf(task, source) } : {}),
    Status: task.status,
    SourceArn: source.arn,
    DestinationArn: task.destinationArn ?? undefined,
    MaxNumberOfMessagesPerSecond: task.rate ?? undefined,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failure ?? undefined,
    StartedTimestamp: task.startedAt,
  };
}

function handleOf({ id }: MoveTask, { arn }: Queue): string {
  return Buffer.from(JSON.stringify({ taskId: id, sourceArn: arn })).toString('base64');
}

function readHandle(handle = ''): { readonly taskId: string; readonly sourceArn: string } {
  if (handle === '') throw missingParameter('TaskHandle');
  const { taskId, sourceArn } = parseJsonObject(Buffer.from(handle, 'base64').toString()) ?? {};
  if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn };
  throw invalidParameter('Value for parameter TaskHandle is invalid.');
}
