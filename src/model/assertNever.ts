/** Ends an exhaustive `switch`. @throws always, naming the value no case was written for. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
