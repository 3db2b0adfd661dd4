/** Lambda begins the messages of its own errors with the request id, which tells nothing in a narrow place (spec 6.2). */
export function withoutRequestId(message: string): string {
  return message.replace(/^RequestId: [\da-f-]{36} (?:Error: )?/, '');
}
