import { functionArn, type AccountScope } from '../../model/arn.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { CodeStore, UploadedCode } from '../functions/codeStore.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
import { ZipProblem } from '../functions/zipArchive.ts';
import type { ApiResponse } from '../server/apiRequest.ts';
import type { ExecutionRoles } from '../iam/executionRoles.ts';
import { checkDeadLetterRights } from './checkRoleRights.ts';
import { checkRevision, functionConfiguration, revisionIdOf } from './functionConfiguration.ts';
import { functionNotFound, parseIdentifier, readIdentifier, validateIdentifier } from './functionIdentifier.ts';
import { checkDeadLetterTarget, checkEnvironment, readFunctionInput, withInput } from './functionInput.ts';
import { checkTags } from './functionTags.ts';
import { JsonBody } from './jsonBody.ts';
import { invalidParameter, LambdaError } from './lambdaError.ts';
import { jsonResponse, type LambdaOperation } from './operation.ts';
import { uploadedObject, type ReadObject } from './uploadedObject.ts';
import { Validation } from './validation.ts';
import type { Publish } from './versionOperations.ts';

/** What the operations that change functions work on. */
export interface FunctionChangeParts {
  readonly scope: AccountScope;
  readonly functions: LocalFunctions;
  readonly codeStore: CodeStore;
  /** Epoch ms. */
  now(): number;
  readonly executionRoles: ExecutionRoles;
  /** From local S3. */
  readonly readObject: ReadObject;
  /** Makes the queue or topic that a function names, if it could be here and is not. */
  ensureDestination(arn: string): void;
  /** These folders of code may be of no use any more. */
  retireCode(codeDirs: readonly string[]): void;
}

/** CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration and DeleteFunction (Lambda API reference; spec 3.3, 3.4). */
export function functionChanges(
  parts: FunctionChangeParts,
  publish: Publish,
): Readonly<Record<'create' | 'updateCode' | 'updateConfiguration' | 'delete', LambdaOperation>> {
  const { scope, functions, codeStore } = parts;
  return {
    async create({ body }) {
      const input = JsonBody.read(body);
      const name = input.text('FunctionName') ?? '';
      const validation = new Validation();
      validateIdentifier(validation, name, undefined);
      const settings = readFunctionInput(input, validation);
      validation.throwIfFailed();
      const { functionName, qualifier } = parseIdentifier(name, undefined, scope);
      validation.length('functionName', functionName, 1, 64);
      validation.pattern('functionName', functionName, '[a-zA-Z0-9-_]+', /^[\w-]+$/);
      validation.throwIfFailed();
      if (qualifier !== undefined) throw invalidParameter('The name of a new function has no version or alias.');
      const image = input.text('PackageType') === 'Image';
      if (settings.role === undefined) throw invalidParameter('The role of the function is missing.');
      if (!image && (settings.runtime === undefined || settings.handler === undefined)) {
        throw invalidParameter(
          'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
        );
      }
      checkEnvironment(settings.environment);
      checkDeadLetterTarget(settings.deadLetterTargetArn, scope);
      const { role, deadLetterTargetArn = '' } = settings;
      checkDeadLetterRights({ role, deadLetterTargetArn }, parts.executionRoles);
      const tags = input.textMap('Tags') ?? {};
      checkTags(tags);
      throwIfExists(functionName);
      const code = await readCode(input.body('Code') ?? JsonBody.read(new Uint8Array()), functionName);
      try {
        // Another request may have been quicker.
        throwIfExists(functionName);
      } catch (error) {
        parts.retireCode([code.codeDir]);
        throw error;
      }
      const now = parts.now();
      const definition = withInput(
        {
          functionName,
          functionArn: functionArn(scope, functionName),
          description: '',
          runtime: '',
          handler: '',
          timeout: 3,
          memorySize: 128,
          environment: {},
          role: settings.role,
          logGroupName: `/aws/lambda/${functionName}`,
          lastModified: now,
          ...code,
        },
        settings,
        now,
      );
      store(definition);
      if (Object.keys(tags).length > 0) functions.attachments.setTags(functionName, tags);
      if (input.flag('Publish') === true) return { ...(await publish(definition, undefined)), status: 201 };
      return { ...configuration(definition), status: 201 };
    },

    async updateCode(request, name) {
      const input = JsonBody.read(request.body);
      const { functionName } = unchanged(name, input);
      const code = await readCode(input, functionName);
      try {
        // Another request may have been quicker.
        const before = unchanged(name, input);
        if (input.flag('DryRun') === true) {
          parts.retireCode([code.codeDir]);
          return configuration(before);
        }
        // Sources of the project are not what was uploaded.
        const { code: _, unavailable: __, entryPoints: ___, ...rest } = before;
        const definition = { ...rest, ...code, lastModified: parts.now() };
        store(definition);
        parts.retireCode([before.codeDir]);
        return input.flag('Publish') === true ? await publish(definition, undefined) : configuration(definition);
      } catch (error) {
        parts.retireCode([code.codeDir]);
        throw error;
      }
    },

    updateConfiguration(request, name) {
      const input = JsonBody.read(request.body);
      const validation = new Validation();
      validateIdentifier(validation, name, undefined);
      const settings = readFunctionInput(input, validation);
      validation.throwIfFailed();
      const before = unchanged(name, input);
      checkEnvironment(settings.environment);
      checkDeadLetterTarget(settings.deadLetterTargetArn, scope);
      const definition = withInput(before, settings, parts.now());
      if ((settings.role ?? settings.deadLetterTargetArn) !== undefined) {
        checkDeadLetterRights(definition, parts.executionRoles);
      }
      store(definition);
      return configuration(definition);
    },

    delete(request, name) {
      const { functionName, qualifier } = readIdentifier(name, request.query.get('Qualifier') ?? undefined, scope);
      const found = functions.resolve(functionName, qualifier);
      if (!found) throw functionNotFound(scope, { functionName, ...(qualifier === undefined ? {} : { qualifier }) });
      if (qualifier === undefined) {
        parts.retireCode(functions.delete(functionName));
        return { status: 204 };
      }
      if (!/^\d+$/.test(qualifier)) {
        throw invalidParameter("$LATEST and aliases can't be deleted as a version; use DeleteAlias for an alias.");
      }
      deleteVersion(functionName, qualifier);
      parts.retireCode([found.definition.codeDir]);
      return { status: 204 };
    },
  };

  function existing(name: string): FunctionDefinition {
    const identifier = readIdentifier(name, undefined, scope);
    const { functionName, qualifier } = identifier;
    const definition = functions.store.get(functionName);
    if (!definition || (qualifier !== undefined && qualifier !== '$LATEST')) throw functionNotFound(scope, identifier);
    return definition;
  }

  /** The function, if it is still the one that the request is for. */
  function unchanged(name: string, input: JsonBody): FunctionDefinition {
    const definition = existing(name);
    checkRevision(revisionIdOf(definition), input);
    return definition;
  }

  function throwIfExists(functionName: string): void {
    if (!functions.store.get(functionName)) return;
    throw new LambdaError(409, 'ResourceConflictException', `Function already exist: ${functionName}`);
  }

  function store(definition: FunctionDefinition): void {
    const { deadLetterTargetArn } = definition;
    if (deadLetterTargetArn !== undefined) parts.ensureDestination(deadLetterTargetArn);
    functions.store.put(definition);
  }

  function configuration(definition: FunctionDefinition): ApiResponse {
    return jsonResponse(JSON.stringify(functionConfiguration(definition, { scope, list: false })));
  }

  function deleteVersion(functionName: string, version: string): void {
    const users = functions.versions
      .aliases(functionName)
      .filter((alias) => alias.version === version || Object.keys(alias.weights ?? {}).includes(version))
      .map(({ name }) => name);
    if (users.length > 0) {
      throw new LambdaError(
        409,
        'ResourceConflictException',
        `Version ${version} is currently referenced by one or more aliases: [${users.join(', ')}]`,
      );
    }
    functions.configs.delete(functionName, version);
    functions.attachments.setPolicy(functionName, version, undefined);
    functions.versions.deleteVersion(functionName, version);
  }

  /** Code comes as an archive; what lies elsewhere makes a function that says why it can't run here. */
  async function readCode(
    input: JsonBody,
    functionName: string,
  ): Promise<UploadedCode | { readonly codeDir: string; readonly unavailable: string }> {
    const zip = input.text('ZipFile');
    const archive = zip === undefined ? uploadedObject(input, parts.readObject) : Buffer.from(zip, 'base64');
    if (archive !== undefined) {
      try {
        return await codeStore.upload(archive);
      } catch (error) {
        if (error instanceof ZipProblem) {
          throw invalidParameter(
            `Could not unzip uploaded file. Please check your file, then try to upload again: ${error.message}.`,
          );
        }
        throw error;
      }
    }
    const bucket = input.text('S3Bucket');
    const image = input.text('ImageUri');
    if (bucket === undefined && image === undefined) {
      throw invalidParameter('Please provide a source for function code.');
    }
    const what =
      image === undefined
        ? `lies in the bucket ${bucket}, which local S3 does not have`
        : `is the container image ${image}`;
    return {
      codeDir: '',
      unavailable:
        `The code of "${functionName}" ${what}, and local Lambda runs only code that it is given as a zip file or in a bucket of local S3. ` +
        'Upload it with UpdateFunctionCode and ZipFile' +
        (image === undefined ? '.' : ', and set Runtime and Handler with UpdateFunctionConfiguration.'),
    };
  }
}
