import * as vscode from 'vscode';
import type { Disposable } from '../model/disposable.ts';
import type { Settings } from './contract.ts';
import { readSetting, settingDefaults } from './contract.ts';

/** All settings as they are now. */
export function readSettings(): Settings {
  const keys = Object.keys(settingDefaults) as (keyof Settings)[];
  return Object.fromEntries(keys.map((key) => [key, readSetting(vscode, key)])) as unknown as Settings;
}

/** Calls `listener` when one of `keys` changed. */
export function onDidChangeSettings(keys: readonly (keyof Settings)[], listener: () => void): Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (keys.some((key) => event.affectsConfiguration(`lambdaDestinations.${key}`))) listener();
  });
}
