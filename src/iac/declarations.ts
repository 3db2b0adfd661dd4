/** A place in a template. Lines and columns count from 1. */
export interface TemplateLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Something wrong with a template, said so that a person can mend it. */
export interface TemplateProblem extends TemplateLocation {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What a template says of a function's asynchronous invocation; ARNs resolved. */
export interface DeclaredEventInvokeConfig {
  /** `$LATEST`, a version or an alias. */
  readonly qualifier: string;
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeInSeconds?: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

/** A layer that a function names. */
export interface DeclaredLayer {
  /** With its version. */
  readonly arn: string;
  /** The folder with its content, absolute; absent: it is not on this machine. */
  readonly contentDir?: string;
  /** Where in the layer the content goes, if a build would put it there: `nodejs`. */
  readonly below?: string;
}

/** A function that a template declares. Paths are absolute; sizes in MB, times in seconds. */
export interface DeclaredFunction {
  readonly logicalId: string;
  /** `FunctionName`, or the logical id where the template leaves the name to CloudFormation. */
  readonly functionName: string;
  readonly description?: string;
  /** `nodejs22.x` … ; absent for images. */
  readonly runtime?: string;
  /** `src/app.handler`; absent for images. */
  readonly handler?: string;
  /** The folder that becomes `/var/task`; absent when the code is elsewhere (S3, image). */
  readonly codeDir?: string;
  /** Inline code (`ZipFile`, `InlineCode`). */
  readonly inlineCode?: string;
  /** The sources that `sam build` bundles with esbuild, as `Metadata` names them. */
  readonly entryPoints?: readonly string[];
  readonly timeout: number;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The ARN of its execution role; absent: SAM makes one, or it can't be known. */
  readonly role?: string;
  readonly deadLetterTargetArn?: string;
  readonly reservedConcurrentExecutions?: number;
  readonly eventInvokeConfigs: readonly DeclaredEventInvokeConfig[];
  /** Names of its aliases: `AutoPublishAlias` and `AWS::Lambda::Alias`. */
  readonly aliases?: readonly string[];
  readonly logGroup?: string;
  /** In the order in which they are laid over each other. */
  readonly layers?: readonly DeclaredLayer[];
  /** It logs as JSON, from these levels on. */
  readonly jsonLogs?: { readonly applicationLevel?: string; readonly systemLevel?: string };
  /** The resource's key in the template. */
  readonly location: TemplateLocation;
}

/** A queue, topic, bus or bucket that a template declares. */
export interface DeclaredResource {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly location: TemplateLocation;
}

/** A queue; its attributes as SQS names and writes them. */
export interface DeclaredQueue extends DeclaredResource {
  readonly attributes: Readonly<Record<string, string>>;
}

/** A subscription of a queue or function to a topic; its attributes as SNS names and writes them. */
export interface DeclaredSubscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A target of a rule. */
export interface DeclaredRuleTarget {
  readonly id: string;
  readonly arn: string;
  readonly input?: string;
  readonly inputPath?: string;
  readonly inputTransformer?: { readonly pathsMap: Readonly<Record<string, string>>; readonly template: string };
  /** For a FIFO queue. */
  readonly messageGroupId?: string;
  readonly deadLetterArn?: string;
}

/** An EventBridge rule with an event pattern. */
export interface DeclaredRule {
  readonly logicalId: string;
  readonly name: string;
  /** The name of its bus. */
  readonly bus: string;
  /** Valid, in JSON. */
  readonly eventPattern: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly targets: readonly DeclaredRuleTarget[];
  readonly location: TemplateLocation;
}

/** A role; its policies as far as they can be known: what can't be forbids nothing. */
export interface DeclaredRole {
  readonly logicalId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** JSON; `{}` where it can't be known. */
  readonly trustPolicy: string;
  /** Documents (JSON) of the inline policies, by name. */
  readonly policies: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  /** The ARN of the permissions boundary. */
  readonly boundary?: string;
  readonly location: TemplateLocation;
}

/** A managed policy. */
export interface DeclaredPolicy {
  readonly logicalId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** JSON. */
  readonly document: string;
  readonly location: TemplateLocation;
}

/** All that a template declares that matters for asynchronous invocation. */
export interface Declarations {
  readonly functions: readonly DeclaredFunction[];
  readonly queues: readonly DeclaredQueue[];
  readonly topics: readonly DeclaredResource[];
  readonly buses: readonly DeclaredResource[];
  readonly buckets: readonly DeclaredResource[];
  readonly subscriptions: readonly DeclaredSubscription[];
  readonly rules: readonly DeclaredRule[];
  readonly roles: readonly DeclaredRole[];
  readonly policies: readonly DeclaredPolicy[];
  readonly problems: readonly TemplateProblem[];
}
