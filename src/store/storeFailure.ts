import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** SQLite's primary result codes that a person can do something about. */
const remedies: Readonly<Record<number, string>> = {
  5: 'another window or program holds them. Try again.',
  8: 'they may not be written. Check the permissions of {file}, then try again.',
  10: 'the disk failed. Check the disk of {file}, then try again.',
  13: 'the disk is full. Make room on the disk of {file}, then try again.',
  14: 'their file could not be opened. Check that the folder of {file} is there and can be written, then try again.',
};

/** An error of SQLite's, for people; any other error stays as it is. */
export function storeFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || UserFacingFailure.is(error)) return error;
  // The higher bytes only say more precisely the same.
  const remedy = remedies[Number(error.errcode) & 0xff];
  const why = remedy?.replace('{file}', () => file) ?? `${error.message}. The log may say more.`;
  return new UserFacingFailure('storeUnusable', `The kept invocations can't be used: ${why}`, { cause: error });
}
