import * as vscode from 'vscode';
import type { Logger } from '../model/logger.ts';

/** The extension's one log channel. Its level is the channel's own (`Developer: Set Log Level…`). */
export function createLogChannel(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Lambda Destinations', { log: true });
}

/** A logger that names the component before each message and takes secrets out. */
export function componentLog(channel: Logger, component: string): Logger {
  const format = (message: string): string => `[${component}] ${redact(message)}`;
  return {
    trace: (message) => channel.trace(format(message)),
    debug: (message) => channel.debug(format(message)),
    info: (message) => channel.info(format(message)),
    warn: (message) => channel.warn(format(message)),
    error: (message) => channel.error(format(message)),
  };
}

/** An error with its causes, one a line, for the log. */
export function describeError(error: unknown): string {
  const lines: string[] = [];
  for (let current = error; current !== undefined && lines.length < 5;) {
    if (current instanceof Error) {
      lines.push(current.stack ?? `${current.name}: ${current.message}`);
      current = current.cause;
    } else {
      lines.push(String(current));
      break;
    }
  }
  return lines.join('\nCaused by: ');
}

function redact(message: string): string {
  return message
    .replace(/\b(Bearer|Credential=|Signature=)\s*[\w./+=-]+/gi, '$1 …')
    .replace(/("?(?:controlToken|secretAccessKey|sessionToken)"?\s*[:=]\s*"?)[^",\s}]+/gi, '$1…');
}
