import { assertNever } from '../../model/assertNever.ts';
import { destinationKind, destinationName, type DestinationKind, type DeliveryRole } from '../../model/destination.ts';
import { asyncLimits } from '../../model/eventInvokeConfig.ts';
import type { ListeningEntry } from '../../connections/listening/listening.ts';
import { stateDetail, stateLabel } from '../listening/listeningText.ts';
import { faultLabel, faultScope } from '../faultText.ts';
import { escapeMarkdown, inlineCode } from '../markdown.ts';
import { roleLabel } from '../roleLabel.ts';
import type { FailureNode, FunctionsNode } from './nodes.ts';

/** Puts a message into the person's language: `vscode.l10n.t`. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

/** All that is said of a node. `tooltip` is Markdown. */
export interface NodeText {
  readonly label: string;
  readonly description?: string;
  /** Id of a codicon. */
  readonly icon: string;
  /** Theme colour of the icon. */
  readonly colour?: string;
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Capabilities, for the menus' `when`. */
  readonly capabilities: string;
}

/** Codicons of the kinds of destinations. */
export const kindIcons = {
  SQS: 'inbox',
  SNS: 'megaphone',
  Lambda: 'symbol-function',
  EventBridge: 'broadcast',
  S3: 'archive',
} as const satisfies Record<DestinationKind, string>;

/** Commands that ways on run, and their icons. */
const actionIcons: Readonly<Record<string, string>> = {
  'lambdaDestinations.restartLocal': 'debug-restart',
  'lambdaDestinations.refresh': 'refresh',
  'lambdaDestinations.selectConnection': 'plug',
  'lambdaDestinations.changeRegion': 'globe',
  'lambdaDestinations.signIn': 'sign-in',
  'lambdaDestinations.openAwsConfig': 'go-to-file',
  'lambdaDestinations.showLog': 'output',
  'workbench.action.openSettings': 'settings-gear',
  'vscode.open': 'link-external',
};

/** Says what a node is, and how what it stands for is listened to. */
export function nodeText(node: FunctionsNode, t: Translate, listening?: ListeningEntry): NodeText {
  const own = ownText(node, t);
  const text = listening ? withListening(node, own, listening, t) : own;
  if ((node.kind === 'qualifier' && node.differences) || ('differs' in node && node.differs)) {
    return withDifference(node, text, t);
  }
  return text;
}

function ownText(node: FunctionsNode, t: Translate): NodeText {
  switch (node.kind) {
    case 'function': {
      const { functionName, functionArn, runtime, handler, description, timeout, memorySize } = node.summary;
      const facts = [
        ...(runtime === undefined ? [] : [t('Runtime: {0}', inlineCode(runtime))]),
        ...(handler === undefined ? [] : [t('Handler: {0}', inlineCode(handler))]),
        ...(timeout === undefined ? [] : [t('Timeout: {0}', duration(timeout))]),
        ...(memorySize === undefined ? [] : [t('Memory: {0} MB', memorySize)]),
      ];
      const { faults = [] } = node;
      const [first, ...more] = faults;
      const fails =
        first && (more.length === 0 ? t('fault: {0}', faultLabel(first.kind, t)) : t('{0} faults', faults.length));
      const told = [...(runtime === undefined ? [] : [runtime]), ...(fails === undefined ? [] : [fails])];
      return {
        label: functionName,
        ...(told.length === 0 ? {} : { description: told.join(' · ') }),
        icon: fails === undefined ? 'symbol-function' : 'zap',
        ...(fails === undefined ? {} : { colour: 'problemsWarningIcon.foreground' }),
        tooltip: [
          `**${escapeMarkdown(functionName)}**`,
          ...(description === undefined || description === '' ? [] : [escapeMarkdown(description)]),
          facts.map((fact) => `- ${fact}`).join('\n'),
          inlineCode(functionArn),
          t('Click to open its handler.'),
        ].join('\n\n'),
        spoken: t('Function {0}, {1}', functionName, told.join(', ')),
        capabilities: fails === undefined ? 'function' : 'function faulty',
      };
    }
    case 'fault': {
      const { fault, functionName } = node;
      const label = t('Fault: {0}', faultLabel(fault.kind, t));
      const description = faultScope(fault, t);
      return {
        label,
        description,
        icon: 'zap',
        colour: 'problemsWarningIcon.foreground',
        tooltip: `**${label}**, ${description}\n\n${t('Local Lambda makes this happen, because it was told to.')}`,
        spoken: t('{0} of {1}, {2}', label, functionName, description),
        capabilities: 'fault',
      };
    }
    case 'destination': {
      const label = roleLabel(node.role, t);
      if (node.arn === undefined) {
        return {
          label,
          description: t('none'),
          icon: 'circle-slash',
          tooltip: `**${label}**\n\n${absentText(node.role, t)}`,
          spoken: t('{0}: none', label),
          capabilities: 'destination addable',
        };
      }
      const kind = destinationKind(node.arn);
      const name = destinationName(node.arn);
      return {
        label,
        description: t('→ {0} ({1})', name, kind === undefined ? t('unknown kind') : kindLabel(kind, t)),
        icon: kind === undefined ? 'question' : kindIcons[kind],
        tooltip: `**${label}**\n\n${kind === undefined ? '' : `${kindLabel(kind, t)} `}${inlineCode(name)}\n\n${inlineCode(node.arn)}`,
        spoken: t('{0}: {1} {2}', label, kind === undefined ? '' : kindLabel(kind, t), name),
        capabilities: 'destination set',
      };
    }
    case 'retries': {
      const value = node.value ?? asyncLimits.defaultMaximumRetryAttempts;
      const label = t('Retries');
      return {
        label,
        description: node.value === undefined ? t('{0} (AWS default)', value) : String(value),
        icon: 'history',
        tooltip: `**${label}: ${value}**\n\n${t('How often Lambda runs the function again after an error: after one minute, then after two.')}${defaultNote(node.value, t)}`,
        spoken: node.value === undefined ? t('Retries: {0}, AWS default', value) : t('Retries: {0}', value),
        capabilities: 'retries',
      };
    }
    case 'age': {
      const value = duration(node.value ?? asyncLimits.defaultMaximumEventAgeInSeconds);
      const label = t('Maximum event age');
      return {
        label,
        description: node.value === undefined ? t('{0} (AWS default)', value) : value,
        icon: 'watch',
        tooltip: `**${label}: ${value}**\n\n${t('How long Lambda keeps an event in its queue before it gives up.')}${defaultNote(node.value, t)}`,
        spoken:
          node.value === undefined
            ? t('Maximum event age: {0}, AWS default', value)
            : t('Maximum event age: {0}', value),
        capabilities: 'age',
      };
    }
    case 'qualifier': {
      const isVersion = /^\d+$/.test(node.qualifier);
      const label = isVersion ? t('Version {0}', node.qualifier) : t('Alias {0}', node.qualifier);
      return {
        label,
        description: t('own settings'),
        icon: 'tag',
        tooltip: `**${label}**\n\n${t("Settings for events sent to this qualifier. They replace the function's own for those events.")}\n\n${inlineCode(node.config.functionArn)}`,
        spoken: t('{0} of {1}, with settings of its own', label, node.functionName),
        capabilities: 'qualifier',
      };
    }
    case 'templateProblem': {
      const name = node.file.split(/[\\/]/).at(-1) ?? node.file;
      return {
        label: `${name}:${node.line}`,
        description: node.message,
        icon: 'error',
        colour: 'problemsErrorIcon.foreground',
        tooltip: `**${t("This template can't be used as it is")}**\n\n${escapeMarkdown(node.message)}\n\n${inlineCode(`${node.file}:${node.line}`)}\n\n${t('Click to open the line.')}`,
        spoken: t('Problem in {0}, line {1}: {2}', name, node.line, node.message),
        capabilities: 'templateProblem',
      };
    }
    case 'failure': {
      const { message, unconnected, actions } = node;
      const label = failureLabel(unconnected, t);
      const capabilities = ['failure', ...actions.flatMap(({ command }) => capabilityOf(command))];
      return {
        label,
        // A narrow view shows its beginning only: the label says already that something could not be done.
        description: unconnected ? message : message.replace(/^Could not [^:]+: /, ''),
        icon: 'warning',
        colour: 'problemsWarningIcon.foreground',
        tooltip: `**${escapeMarkdown(label)}**\n\n${escapeMarkdown(message)}`,
        spoken: `${label}: ${message}`,
        capabilities: capabilities.join(' '),
      };
    }
    case 'empty': {
      const label = t('No functions in {0}', node.region);
      const description = t('account {0} ({1})', node.account, node.label);
      return {
        label,
        description,
        icon: 'info',
        tooltip: `**${escapeMarkdown(label)}**, ${escapeMarkdown(description)}`,
        spoken: `${label}, ${description}`,
        capabilities: ['empty', ...node.actions.flatMap(({ command }) => capabilityOf(command))].join(' '),
      };
    }
    case 'action': {
      const { title, command } = node.action;
      return {
        label: title,
        icon: actionIcons[command] ?? 'arrow-right',
        tooltip: escapeMarkdown(title),
        spoken: title,
        capabilities: 'action',
      };
    }
    default:
      return assertNever(node);
  }
}

function failureLabel(unconnected: FailureNode['unconnected'], t: Translate): string {
  if (!unconnected) return t('Could not read this');
  return unconnected.isLocal ? t('Local Lambda is not running') : t('Not connected to {0}', unconnected.label);
}

/** What the buttons of a row go by. */
function capabilityOf(command: string): readonly string[] {
  switch (command) {
    case 'lambdaDestinations.restartLocal':
      return ['canRestart'];
    case 'lambdaDestinations.refresh':
      return ['canRetry'];
    case 'lambdaDestinations.selectConnection':
      return ['canSelect'];
    case 'lambdaDestinations.showLog':
      return ['hasLog'];
    default:
      return [];
  }
}

/** The same, with where reading it stands. */
function withListening(node: FunctionsNode, text: NodeText, entry: ListeningEntry, t: Translate): NodeText {
  const { phase, problem } = entry.state;
  const label = stateLabel(entry, t);
  const note = node.kind === 'function' ? t('log: {0}', label) : label;
  const colour =
    problem !== undefined || phase === 'failed'
      ? 'problemsWarningIcon.foreground'
      : phase === 'listening'
        ? 'charts.green'
        : undefined;
  const capability = phase === 'paused' || phase === 'stopped' ? 'paused' : 'listening';
  return {
    ...text,
    description: [text.description ?? '', note].filter((part) => part !== '').join(' · '),
    ...(phase === 'paused' ? { icon: 'debug-pause' } : { icon: 'radio-tower' }),
    ...(colour === undefined ? {} : { colour }),
    tooltip: `${text.tooltip}\n\n---\n\n${escapeMarkdown(stateDetail(entry, t))}`,
    spoken: `${text.spoken}, ${note}`,
    capabilities: `${text.capabilities} ${capability}`,
  };
}

/** The same, with what the template says instead. */
function withDifference(node: FunctionsNode, text: NodeText, t: Translate): NodeText {
  const differs = 'differs' in node ? node.differs : undefined;
  const template = differs?.template ?? (node.kind === 'qualifier' ? node.differences?.template : undefined) ?? '';
  const note = t('differs from {0}', template);
  const declared = differs
    ? `\n\n${t('{0} says: {1}', inlineCode(template), declaredText(node, differs.declared, t))}`
    : '';
  return {
    ...text,
    colour: 'gitDecoration.modifiedResourceForeground',
    description: `${text.description ?? ''} · ${note}`,
    tooltip: `${text.tooltip}\n\n---\n\n$(warning) ${t('In effect here, but not what the template declares.')}${declared}`,
    spoken: `${text.spoken}, ${note}`,
    capabilities: `${text.capabilities} differs`,
  };
}

function declaredText(node: FunctionsNode, declared: string | number | undefined, t: Translate): string {
  if (declared === undefined) return t('not set');
  if (typeof declared === 'number') return node.kind === 'age' ? duration(declared) : String(declared);
  const kind = destinationKind(declared);
  return `${kind === undefined ? '' : `${kindLabel(kind, t)} `}${inlineCode(destinationName(declared))}`;
}

/** What a kind of destination is called. */
export function kindLabel(kind: DestinationKind, t: Translate): string {
  switch (kind) {
    case 'SQS':
      return t('SQS queue');
    case 'SNS':
      return t('SNS topic');
    case 'Lambda':
      return t('function');
    case 'EventBridge':
      return t('event bus');
    case 'S3':
      return t('S3 bucket');
  }
}

/** Seconds as people say them: `6 h`, `1 min 30 s`, `45 s`. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return told.length === 0 ? '0 s' : told.join(' ');
}

function absentText(role: DeliveryRole, t: Translate): string {
  switch (role) {
    case 'onSuccess':
      return t('No record is delivered when the function succeeds.');
    case 'onFailure':
      return t('No record is delivered when all attempts fail.');
    case 'deadLetterQueue':
      return t("Events that can't be processed are not kept in a queue.");
  }
}

function defaultNote(value: number | undefined, t: Translate): string {
  return value === undefined ? `\n\n${t("Not set: this is AWS's default.")}` : '';
}
