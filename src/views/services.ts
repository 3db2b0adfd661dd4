import type * as vscode from 'vscode';
import type { Connection } from '../connections/connection.ts';
import type { Boundary } from '../host/boundary.ts';
import type { WorkspaceMemory } from '../host/memento.ts';
import type { InvocationStore } from '../store/invocationStore.ts';
import type { ConnectionSession } from './connectionSession.ts';
import type { PayloadDocuments } from './payloadDocuments.ts';
import type { RecordsPanel } from './recordsPanel/recordsPanel.ts';
import type { Project } from './project.ts';
import type { SendConsent } from './sendConsent.ts';

/** What commands and views work with; made once by `extension.ts`. Everything in it that costs starts at its first use. */
export interface Services {
  readonly extensionUri: vscode.Uri;
  /** What is kept over all windows. */
  readonly globalState: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
  readonly boundary: Boundary;
  readonly memory: WorkspaceMemory;
  /** Whatever is selected: the object stays the same. */
  readonly connection: Connection;
  /** Which connection is selected, and how to select another. */
  readonly session: Pick<ConnectionSession, 'choice' | 'recent' | 'select'>;
  readonly store: Pick<
    InvocationStore,
    'rows' | 'get' | 'onDidChange' | 'exportRecords' | 'importRecords' | 'pin' | 'delete'
  >;
  readonly project: Project;
  readonly records: RecordsView;
  readonly payloadDocuments: PayloadDocuments;
  readonly sendConsent: Pick<SendConsent, 'ask'>;
}

/** The records panel, as others use it. */
export type RecordsView = Pick<RecordsPanel, 'open' | 'selection'>;
