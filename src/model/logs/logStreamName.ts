/**
 * Whether a log stream is of another function than this: in a log group that several share, names of streams have that of the
 * function (spec 5.8).
 */
export function isStreamOfOther(logStreamName: string, functionName: string): boolean {
  const owner = /^\d{4}\/\d\d\/\d\d\/([^[\]]+)\[/.exec(logStreamName)?.[1];
  return owner !== undefined && owner !== functionName;
}
