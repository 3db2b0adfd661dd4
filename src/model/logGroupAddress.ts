/** Where the AWS console shows a log group, or one stream of it. The console's fragment escapes twice, with `$` for `%`. */
export function logGroupAddress(region: string, logGroupName: string, logStreamName?: string): string {
  const stream = logStreamName === undefined ? '' : `/log-events/${escaped(logStreamName)}`;
  return (
    `https://${region}.console.${domainOf(region)}/cloudwatch/home?region=${region}` +
    `#logsV2:log-groups/log-group/${escaped(logGroupName)}${stream}`
  );
}

function domainOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.cn';
  return region.startsWith('us-gov-') ? 'amazonaws-us-gov.com' : 'aws.amazon.com';
}

function escaped(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$');
}
