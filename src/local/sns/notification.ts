import { createHash } from 'node:crypto';
import type { AccountScope } from '../../model/arn.ts';
import type { MessageAttributes } from '../deliveryTargets.ts';

/** A published message on its way to one subscription. `publishedAt` is epoch ms. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  readonly attributes: MessageAttributes;
  readonly publishedAt: number;
}

/** What an SQS subscriber without raw delivery gets as the body (spec 2.2). The signature is not a real one. */
export function notificationBody(notification: Notification, subscriptionArn: string, scope: AccountScope): string {
  const fields: (readonly [string, string])[] = [
    ['Type', 'Notification'],
    ['MessageId', notification.messageId],
    ['TopicArn', notification.topicArn],
    ...(notification.subject === undefined ? [] : [['Subject', notification.subject] as const]),
    ['Message', notification.message],
    ['Timestamp', timestamp(notification)],
    ['SignatureVersion', '1'],
    ['Signature', signature(notification)],
    ['SigningCertURL', signingCertUrl(scope)],
    ['UnsubscribeURL', unsubscribeUrl(scope, subscriptionArn)],
  ];
  const lines = fields.map(([name, value]) => `  "${name}" : ${quote(value)}`);
  const attributes = Object.entries(notification.attributes).map(
    ([name, { dataType, stringValue }]) =>
      `    ${quote(name)} : {"Type":${quote(dataType)},"Value":${quote(stringValue)}}`,
  );
  if (attributes.length > 0) lines.push(`  "MessageAttributes" : {\n${attributes.join(',\n')}\n  }`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** The event that a subscribed function gets. */
export function lambdaEvent(notification: Notification, subscriptionArn: string, scope: AccountScope): string {
  const attributes = Object.entries(notification.attributes).map(([name, { dataType, stringValue }]) => [
    name,
    { Type: dataType, Value: stringValue },
  ]);
  const record = {
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: subscriptionArn,
    Sns: {
      Type: 'Notification',
      MessageId: notification.messageId,
      TopicArn: notification.topicArn,
      Subject: notification.subject ?? null,
      Message: notification.message,
      Timestamp: timestamp(notification),
      SignatureVersion: '1',
      Signature: signature(notification),
      SigningCertUrl: signingCertUrl(scope),
      UnsubscribeUrl: unsubscribeUrl(scope, subscriptionArn),
      MessageAttributes: Object.fromEntries(attributes) as Readonly<Record<string, unknown>>,
    },
  };
  return JSON.stringify({ Records: [record] });
}

/** A JSON string in which characters outside the Basic Multilingual Plane are `\uD83D\uDE00`-style pairs (spec 2.2). */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\ud800-\udfff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function timestamp({ publishedAt }: Notification): string {
  return new Date(publishedAt).toISOString();
}

/** As long as AWS's, and the same for the same message; it proves nothing. */
function signature({ messageId }: Notification): string {
  const blocks = [0, 1, 2, 3].map((block) => createHash('sha512').update(`${block} ${messageId}`).digest());
  return Buffer.concat(blocks).toString('base64');
}

function signingCertUrl({ region }: AccountScope): string {
  return `https://sns.${region}.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem`;
}

function unsubscribeUrl({ region }: AccountScope, subscriptionArn: string): string {
  return `https://sns.${region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`;
}
