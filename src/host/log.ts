import * as vscode from 'vscode';
import type { Logger } from '../model/logger.ts';
import { redact } from './errorText.ts';

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
