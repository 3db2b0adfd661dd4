/** A layer of a function. */
export interface FunctionLayer {
  readonly arn: string;
  /** The real folder with its content; absent: it is not on this machine. */
  readonly dir?: string;
  /** Where below `/opt` the content goes; absent: right there. */
  readonly below?: string;
}

/** How a function logs as JSON (Lambda's LoggingConfig): the lowest levels that are written. */
export interface JsonLogs {
  readonly applicationLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  readonly systemLevel: 'DEBUG' | 'INFO' | 'WARN';
}

/** A function local Lambda can run, whatever declared it. Times in seconds, sizes in MB; paths absolute. */
export interface FunctionDefinition {
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: string;
  readonly description: string;
  /** `''` of an image. */
  readonly runtime: string;
  /** `''` of an image. */
  readonly handler: string;
  /** The real folder that the handler sees as its task root and that error JSON shows as `/var/task`. */
  readonly codeDir: string;
  /** The sources that a build bundles the code from, relative to `codeDir`: they run instead of what it would make. */
  readonly entryPoints?: readonly string[];
  /** Laid over each other in this order. */
  readonly layers?: readonly FunctionLayer[];
  readonly timeout: number;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly role: string;
  /** The template leaves the role to SAM, which gives it the rights that destinations need; or its ARN can't be known. */
  readonly roleIsMadeUp?: true;
  readonly deadLetterTargetArn?: string;
  readonly reservedConcurrentExecutions?: number;
  readonly logGroupName: string;
  /** Absent: it logs as text. */
  readonly jsonLogs?: JsonLogs;
  /** Epoch ms. */
  readonly lastModified: number;
  /** Aliases that the template declares: they run the code as it is. */
  readonly aliases?: readonly string[];
  /** Of uploaded code: SHA-256 in Base64, and bytes of the archive. */
  readonly code?: { readonly sha256: string; readonly size: number };
  /** Why it can't run here, for people: its code is an image or is not on this machine. */
  readonly unavailable?: string;
}
