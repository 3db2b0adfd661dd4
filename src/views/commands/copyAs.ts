import * as vscode from 'vscode';
import { copyFormats, type CopyAsArgs } from '../../host/settingsArguments.ts';
import { parseFunctionArn } from '../../model/arn.ts';
import { awsCliCommands } from '../../model/awsCliCommand.ts';
import { cloudFormationText, noTemplateNames, samText, type LiveSettings } from '../../model/cloudFormation.ts';
import { compareNames } from '../../model/compareNames.ts';
import { deliveryStatements, policyJson } from '../../model/executionRole.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { changedValues, type PlannedCall } from '../../model/settingsChange.ts';
import type { SettingsConnection } from '../destinations/functionState.ts';
import { settingsConnection } from '../destinations/settingsConnection.ts';
import { functionText } from '../../model/functionText.ts';
import type { Services } from '../services.ts';
import { runSteps } from '../steps.ts';
import { targetOf } from './targets.ts';

type Format = NonNullable<CopyAsArgs['format']>;

/** `Copy As…`: a function's live settings, as what sets them elsewhere. Gives the text. @throws UserFacingFailure */
export async function copyAs(services: Services, arg?: object): Promise<string | undefined> {
  const target = await targetOf(services, arg, vscode.l10n.t('Copy the settings of'));
  if (!target) return undefined;
  const { functionName, qualifier } = target;
  const given = (arg ?? {}) as Partial<CopyAsArgs>;
  const format = given.format ?? (await pickFormat(functionName));
  if (format === undefined) return undefined;
  const on = await settingsConnection(services);
  const live = await readLive(services, on, functionName, qualifier);
  if (live.configs.length === 0 && live.deadLetterTargetArn === undefined && given.destinationArn === undefined) {
    throw new UserFacingFailure(
      'nothingSet',
      vscode.l10n.t(
        'Nothing was copied: {0} has no settings for asynchronous invocation, so AWS’s defaults are in effect.',
        functionText(functionName, qualifier),
      ),
    );
  }
  const text = await written(services, on, format, live, given.destinationArn);
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied as {0}.', formatLabel(format)), 5_000);
  return text;
}

async function pickFormat(functionName: string): Promise<Format | undefined> {
  const { format } =
    (await runSteps<{ readonly format?: Format }>(
      vscode.l10n.t('Copy As · {0}', functionName),
      [
        {
          async ask(_state, ui) {
            const answer = await ui.pick<Format>({
              placeholder: vscode.l10n.t('Copies the settings as they are in effect'),
              rows: copyFormats.map((value) => ({
                label: formatLabel(value),
                detail: formatHint(value),
                icon: formatIcons[value],
                value,
              })),
            });
            return typeof answer === 'string' ? { format: answer } : answer;
          },
        },
      ],
      {},
    )) ?? {};
  return format;
}

const formatIcons = {
  awsCli: 'terminal',
  cloudFormation: 'file-code',
  sam: 'file-code',
  iamPolicy: 'shield',
} as const satisfies Record<Format, string>;

function formatLabel(format: Format): string {
  switch (format) {
    case 'awsCli':
      return vscode.l10n.t('AWS CLI');
    case 'cloudFormation':
      return vscode.l10n.t('CloudFormation');
    case 'sam':
      return vscode.l10n.t('SAM');
    case 'iamPolicy':
      return vscode.l10n.t('IAM policy');
  }
}

function formatHint(format: Format): string {
  switch (format) {
    case 'awsCli':
      return vscode.l10n.t('commands that set the same');
    case 'cloudFormation':
      return vscode.l10n.t('AWS::Lambda::EventInvokeConfig resources, and DeadLetterConfig');
    case 'sam':
      return vscode.l10n.t('EventInvokeConfig and DeadLetterQueue of the function');
    case 'iamPolicy':
      return vscode.l10n.t('what the execution role needs to deliver');
  }
}

/** All qualifiers, or that one; the dead-letter queue is the function's. */
async function readLive(
  { connection }: Services,
  { settings }: SettingsConnection,
  functionName: string,
  qualifier: string | undefined,
): Promise<LiveSettings> {
  const [fn, configs] = await Promise.all([
    settings.functionOf(functionName),
    connection.eventInvokeConfigs(functionName),
  ]);
  const { deadLetterTargetArn } = fn;
  return {
    functionName,
    ...(deadLetterTargetArn === undefined || qualifier !== undefined ? {} : { deadLetterTargetArn }),
    configs: configs
      .map((config) => ({
        qualifier: parseFunctionArn(config.functionArn)?.qualifier ?? '$LATEST',
        values: changedValues(config, { kind: 'retryAndAge' }),
      }))
      .filter((config) => qualifier === undefined || config.qualifier === qualifier)
      .toSorted((a, b) => compareNames(a.qualifier, b.qualifier)),
  };
}

async function written(
  { project }: Services,
  { info }: SettingsConnection,
  format: Format,
  live: LiveSettings,
  destinationArn: string | undefined,
): Promise<string> {
  switch (format) {
    case 'awsCli':
      return awsCliCommands(callsFor(live), info);
    case 'iamPolicy': {
      const all = live.configs.flatMap(({ values: { onSuccess, onFailure } }) => [onSuccess, onFailure]);
      const arns = destinationArn === undefined ? [...all, live.deadLetterTargetArn] : [destinationArn];
      const wanted = new Set(arns.filter((arn) => arn !== undefined));
      return policyJson([...wanted].flatMap((arn) => deliveryStatements(arn)));
    }
    default: {
      // Elsewhere the ARNs are those of another account, which the templates here don't know.
      const names =
        (info.kind === 'local' ? await project.declarationOf(live.functionName) : undefined) ?? noTemplateNames;
      return format === 'sam' ? samText(live, names) : cloudFormationText(live, names);
    }
  }
}

function callsFor({ functionName, deadLetterTargetArn, configs }: LiveSettings): readonly PlannedCall[] {
  return [
    ...configs.map(({ qualifier, values }): PlannedCall => ({
      call: 'putConfig',
      functionName,
      ...(qualifier === '$LATEST' ? {} : { qualifier }),
      values: Object.keys(values).length === 0 ? { maximumRetryAttempts: 2 } : values,
    })),
    ...(deadLetterTargetArn === undefined
      ? []
      : [{ call: 'setDeadLetterQueue', functionName, targetArn: deadLetterTargetArn } as const]),
  ];
}
