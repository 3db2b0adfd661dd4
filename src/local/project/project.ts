import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Declarations } from '../../iac/declarations.ts';
import { readTemplate } from '../../iac/readTemplate.ts';
import { templateNames } from '../../iac/templateNames.ts';
import type { AccountScope } from '../../model/arn.ts';
import type { Disposable } from '../../model/disposable.ts';
import type { Logger } from '../../model/logger.ts';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import { databaseTrouble } from '../state/databaseTrouble.ts';
import { definitionOf } from './functionDefinitions.ts';

/** What a project is read with. */
export interface ProjectOptions {
  /** Absolute path. */
  readonly projectDir: string;
  /** Where inline code is written, one folder a function. */
  readonly codeDir: string;
  readonly scope: AccountScope;
  readonly log: Logger;
  /** A change is read after so many quiet ms; 100 unless said. */
  readonly settleMs?: number;
}

/** Something wrong, at a place of a file. */
export interface ProjectProblem {
  readonly file: string;
  readonly message: string;
  readonly line: number;
}

/** What was read. Without `declarations` nothing could be: what was there before still counts. */
export interface ProjectReading {
  readonly templates: readonly string[];
  readonly problems: readonly ProjectProblem[];
  readonly declared?: { readonly functions: readonly FunctionDefinition[]; readonly declarations: Declarations };
}

/** The project's template: read now and again whenever it changes. */
export class Project implements Disposable {
  readonly #options: ProjectOptions;
  readonly #onRead: (reading: ProjectReading) => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();
  #disposed = false;

  private constructor(options: ProjectOptions, onRead: (reading: ProjectReading) => void) {
    this.#options = options;
    this.#onRead = onRead;
  }

  /** Reads the project and follows it. `onRead` has been called once when this resolves. @throws UserFacingFailure `projectMissing` */
  static async open(options: ProjectOptions, onRead: (reading: ProjectReading) => void): Promise<Project> {
    await requireFolder(options.projectDir);
    const project = new Project(options, onRead);
    // Watched before it is read, so that no change falls in between.
    project.#watch();
    await project.#read();
    return project;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }

  /** The folder, not the file: editors and checkouts put a new file in the place of the old one. */
  #watch(): void {
    const { projectDir, log } = this.#options;
    try {
      this.#watcher = watch(projectDir, { persistent: false }, (_, name) => {
        if (name === null || templateNames.some((template) => template === name)) this.#changed();
      });
      this.#watcher.on('error', (error) => log.warn(`Changes of the template are not seen any more: ${String(error)}`));
    } catch (error) {
      log.warn(`Changes of the template are not seen: ${projectDir} can't be watched (${String(error)}).`);
    }
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#reading = this.#reading.then(() => this.#read()).catch((error: unknown) => this.#failed(error));
    }, this.#options.settleMs ?? 100);
  }

  /** What a full disk has kept from being taken over is tried again: nobody touches the template for it. */
  #failed(error: unknown): void {
    this.#options.log.error(`The project can't be read: ${String(error)}`);
    if (databaseTrouble(error) === undefined || this.#disposed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed(), 10 * (this.#options.settleMs ?? 100));
  }

  async #read(): Promise<void> {
    const reading = await readProject(this.#options);
    if (!this.#disposed) this.#onRead(reading);
  }
}

async function requireFolder(projectDir: string): Promise<void> {
  const found = await stat(projectDir).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const what = found ? 'is not a folder' : 'does not exist';
  throw new UserFacingFailure(
    'projectMissing',
    `The project folder ${what}: ${projectDir}. Name the folder that holds ${templateNames[0]}.`,
  );
}

async function readProject({ projectDir, codeDir, scope, log }: ProjectOptions): Promise<ProjectReading> {
  const template = await firstTemplate(projectDir);
  if (!template) {
    const message = `There is no template here (${templateNames.join(', ')}), so there are no functions.`;
    return { templates: [], problems: [{ file: join(projectDir, templateNames[0]), message, line: 1 }] };
  }
  const { file, text, lastModified } = template;
  const declarations = readTemplate({ file, text, scope });
  const problems = declarations.problems.map(({ file: where, message, line }) => ({ file: where, message, line }));
  const broken =
    declarations.functions.length === 0 && declarations.problems.some(({ severity }) => severity === 'error');
  if (broken) return { templates: [file], problems };

  // Names that AWS would refuse are there too, such as "..", which must not lead out of the folder.
  const inlineCodeDir = (functionName: string): string =>
    join(codeDir, encodeURIComponent(functionName).replaceAll('.', '%2E'));
  for (const { functionName, inlineCode, runtime } of declarations.functions) {
    if (inlineCode === undefined) continue;
    await writeInlineCode(inlineCodeDir(functionName), inlineCode, runtime).catch((error: unknown) => {
      log.error(`The inline code of "${functionName}" can't be written: ${String(error)}`);
    });
  }
  const context = { scope, lastModified, inlineCodeDir };
  const functions = declarations.functions.map((declared) => definitionOf(declared, context));
  return { templates: [file], problems, declared: { functions, declarations } };
}

async function firstTemplate(
  projectDir: string,
): Promise<{ readonly file: string; readonly text: string; readonly lastModified: number } | undefined> {
  for (const name of templateNames) {
    const file = join(projectDir, name);
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
      return { file, text, lastModified: Math.floor(mtimeMs) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'EISDIR') throw error;
    }
  }
  return undefined;
}

/** As CloudFormation packs it: one file, `index` (spec 8.1). Written only when it is another one, so that warm environments stay. */
async function writeInlineCode(dir: string, code: string, runtime: string | undefined): Promise<void> {
  const python = runtime?.startsWith('python') === true;
  const files: readonly (readonly [name: string, text: string])[] = python
    ? [['index.py', code]]
    : [
        ['index.js', code],
        // Whatever lies above this folder: inline code is CommonJS.
        ['package.json', '{"type":"commonjs"}\n'],
      ];
  await mkdir(dir, { recursive: true });
  for (const [name, text] of files) {
    const file = join(dir, name);
    const before = await readFile(file, 'utf8').catch(() => undefined);
    if (before !== text) await writeFile(file, text);
  }
  await rm(join(dir, python ? 'index.js' : 'index.py'), { force: true });
}
