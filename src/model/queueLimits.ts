/** What SQS lets a queue's numbers be (SetQueueAttributes); seconds, and bytes for the size. */
export const queueLimits = {
  DelaySeconds: { from: 0, to: 900 },
  MaximumMessageSize: { from: 1024, to: 1_048_576 },
  MessageRetentionPeriod: { from: 60, to: 1_209_600 },
  ReceiveMessageWaitTimeSeconds: { from: 0, to: 20 },
  VisibilityTimeout: { from: 0, to: 43_200 },
} as const;
