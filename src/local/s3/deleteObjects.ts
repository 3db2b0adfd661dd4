import { element } from '../server/xml.ts';
import { transaction } from '../state/database.ts';
import { readPayload } from './payload.ts';
import { childText, readXml } from './readXml.ts';
import { invalidRequest, malformedXml } from './s3Error.ts';
import { requireBucket, type S3Operation, xmlAnswer } from './s3Parts.ts';

const maximumKeys = 1000;

/** DeleteObjects: up to 1,000 keys, in one transaction. */
export const deleteObjects: S3Operation = (parts, request) => {
  const { name } = requireBucket(parts, request);
  const payload = readPayload(request);
  if (request.headers['content-md5'] === undefined && payload.checksum === undefined) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const root = readXml(new TextDecoder().decode(payload.bytes));
  const entries = root?.children.filter((child) => child.name === 'Object') ?? [];
  if (root?.name !== 'Delete' || entries.length === 0 || entries.length > maximumKeys) throw malformedXml();
  const keys = entries.map((entry) => {
    const key = childText(entry, 'Key') ?? '';
    if (key === '') throw malformedXml();
    return { key, version: childText(entry, 'VersionId') ?? 'null' };
  });
  const quiet = childText(root, 'Quiet')?.trim() === 'true';
  const results = transaction(parts.db, () =>
    keys.flatMap(({ key, version }) => {
      if (version !== 'null') {
        const problem = [element('Code', 'NoSuchVersion'), element('Message', 'The specified version does not exist.')];
        return [element('Error', [element('Key', key), element('VersionId', version), ...problem])];
      }
      parts.objects.remove(name, key);
      return quiet ? [] : [element('Deleted', [element('Key', key)])];
    }),
  );
  return xmlAnswer('DeleteResult', results);
};
