import { randomUUID } from 'node:crypto';

/** A tenth of all functions fail more often than others. */
const functions = 50;
const customers = 100_003;

/** The execution record of an order's event, as Lambda writes it; about a kilobyte. Two of three failed. */
export function executionRecord(number: number): string {
  const failed = number % 3 !== 0;
  const payload = {
    orderId: number,
    customer: `c-${(number * 7_919) % customers}`,
    items: [
      { sku: `sku-${number % 997}`, quantity: 2, price: 19.99 },
      { sku: `sku-${number % 577}`, quantity: 1, price: 5.5 },
    ],
    address: { street: `Main Street ${number % 300}`, city: 'Springfield', zip: String(10_000 + (number % 90_000)) },
    note: 'leave at the door please',
  };
  const types = ['TypeError', 'StockError', 'TimeoutError'];
  const message = `Cannot read properties of undefined (reading 'card${number % 10}')`;
  const error = {
    errorType: types[number % types.length],
    errorMessage: message,
    trace: [
      `${types[number % types.length]}: ${message}`,
      '    at charge (/var/task/src/payment/charge.js:42:17)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      '    at async Runtime.handler (/var/task/src/index.js:12:9)',
      '    at async Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)',
    ],
  };
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(1_764_000_000_000 + number * 250).toISOString(),
    requestContext: {
      requestId: randomUUID(),
      functionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName(number)}:$LATEST`,
      condition: failed ? 'RetriesExhausted' : 'Success',
      approximateInvokeCount: failed ? 3 : 1,
    },
    requestPayload: payload,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', ...(failed ? { functionError: 'Unhandled' } : {}) },
    responsePayload: failed ? error : { ok: true, charged: number % 1_000 },
  });
}

/** The function of a record. */
export function functionName(number: number): string {
  return `orders-${number % functions}`;
}
