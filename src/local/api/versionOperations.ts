import { randomUUID } from 'node:crypto';
import { functionArn, type AccountScope } from '../../model/arn.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { CodeStore } from '../functions/codeStore.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
import type { FunctionAlias } from '../functions/versionStore.ts';
import type { ApiResponse } from '../server/apiRequest.ts';
import { checkRevision, functionConfiguration, revisionIdOf } from './functionConfiguration.ts';
import { functionNotFound, readIdentifier } from './functionIdentifier.ts';
import { JsonBody } from './jsonBody.ts';
import { invalidParameter, LambdaError, notFound } from './lambdaError.ts';
import { jsonResponse, readPage, type LambdaOperation } from './operation.ts';
import { Validation } from './validation.ts';

/** What the operations on versions and aliases work on. */
export interface VersionParts {
  readonly scope: AccountScope;
  readonly functions: LocalFunctions;
  readonly codeStore: CodeStore;
  /** Local Lambda's own folder: never part of a function's code. */
  readonly dataDir: string;
}

/** Publishes a function as it is; gives the configuration of the version. */
export type Publish = (definition: FunctionDefinition, description: string | undefined) => Promise<ApiResponse>;

/** PublishVersion and ListVersionsByFunction. `publishing` is what other operations with `Publish` use. */
export function versionOperations(parts: VersionParts): {
  readonly publishing: Publish;
  readonly publish: LambdaOperation;
  readonly list: LambdaOperation;
} {
  const { scope, functions, codeStore, dataDir } = parts;
  const { versions } = functions;
  const publishing: Publish = async (definition, description) => {
    const { functionName } = definition;
    const codeDir = await frozen(definition);
    // Deleted while its code was copied.
    if (!functions.store.get(functionName)) {
      if (codeDir !== definition.codeDir) await codeStore.remove(codeDir);
      throw functionNotFound(scope, { functionName });
    }
    const last = versions.versions(functionName).at(-1);
    // As on AWS: nothing changed since the last version, so that one it is.
    if (last && sameCode(last.definition, definition)) {
      return versionAnswer(scope, last.definition, last.version);
    }
    const version = versions.nextVersion(functionName);
    // Of the function itself, whatever version runs.
    const { aliases: _, reservedConcurrentExecutions: __, ...rest } = definition;
    const published = { ...rest, codeDir, description: description ?? definition.description };
    versions.publish({ version, definition: published });
    return versionAnswer(scope, published, version);
  };

  /** Where a version's code lies: a copy, unless nobody will write there again. */
  async function frozen({ functionName, codeDir, unavailable }: FunctionDefinition): Promise<string> {
    if (unavailable !== undefined || codeStore.holds(codeDir)) return codeDir;
    try {
      return await codeStore.freeze(codeDir, dataDir);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw invalidParameter(`The code folder of "${functionName}" doesn't exist: ${codeDir}.`);
    }
  }

  return {
    publishing,

    async publish(request, name) {
      const input = JsonBody.read(request.body);
      const description = input.text('Description');
      const validation = new Validation();
      if (description !== undefined) validation.length('description', description, 0, 256);
      validation.throwIfFailed();
      const definition = latest(parts, name);
      checkRevision(revisionIdOf(definition), input);
      const { CodeSha256: current } = functionConfiguration(definition, { scope, list: false });
      const wanted = input.text('CodeSha256') ?? '';
      if (wanted !== '' && wanted !== current) {
        throw invalidParameter(
          `CodeSHA256 (${wanted}) is different from current CodeSHA256 in $LATEST (${current}). ` +
            'Please try again with the CodeSHA256 in $LATEST.',
        );
      }
      return { ...(await publishing(definition, description)), status: 201 };
    },

    list(request, name) {
      const validation = new Validation();
      const page = readPage(request, validation, { maximumItems: 10_000, pageSize: 50 });
      validation.throwIfFailed();
      const definition = latest(parts, name);
      const all = [{ version: '$LATEST', definition }, ...versions.versions(definition.functionName)];
      const { items, nextMarker = null } = page(all, ({ version }) =>
        version === '$LATEST' ? '' : version.padStart(12, '0'),
      );
      const Versions = items.map(({ version, definition: each }) =>
        functionConfiguration(each, { scope, qualifier: version, version, list: true }),
      );
      return jsonResponse(JSON.stringify({ NextMarker: nextMarker, Versions }));
    },
  };
}

/** CreateAlias, GetAlias, UpdateAlias, DeleteAlias and ListAliases. */
export function aliasOperations(
  parts: Pick<VersionParts, 'scope' | 'functions'>,
): Readonly<Record<'create' | 'get' | 'update' | 'delete' | 'list', LambdaOperation>> {
  const { scope, functions } = parts;
  const { versions } = functions;
  return {
    create(request, name) {
      const { functionName } = latest(parts, name);
      const input = JsonBody.read(request.body);
      const alias = input.text('Name') ?? '';
      const validation = new Validation();
      validation.length('name', alias, 1, 128);
      validation.pattern('name', alias, '(?!^[0-9]+$)([a-zA-Z0-9-_]+)', /^(?!\d+$)[\w-]+$/);
      validation.throwIfFailed();
      if (versions.alias(functionName, alias)) {
        const arn = functionArn(scope, functionName, alias);
        throw new LambdaError(409, 'ResourceConflictException', `Alias already exists: ${arn}`);
      }
      const version = input.text('FunctionVersion');
      if (version === undefined) throw invalidParameter('The FunctionVersion of the alias is missing.');
      const made = put({ functionName, name: alias, version, description: '', revisionId: '' }, input);
      return { ...made, status: 201 };
    },

    get(request, name) {
      return answer(existing(name, aliasIn(request.rawPath)));
    },

    update(request, name) {
      const before = existing(name, aliasIn(request.rawPath));
      const input = JsonBody.read(request.body);
      checkRevision(before.revisionId, input);
      return put({ ...before, version: input.text('FunctionVersion') ?? before.version }, input);
    },

    delete(request, name) {
      const { functionName } = latest(parts, name);
      const alias = aliasIn(request.rawPath);
      // AWS answers the same whether or not there was one.
      versions.deleteAlias(functionName, alias);
      functions.configs.delete(functionName, alias);
      functions.attachments.setPolicy(functionName, alias, undefined);
      return { status: 204 };
    },

    list(request, name) {
      const validation = new Validation();
      const page = readPage(request, validation, { maximumItems: 10_000, pageSize: 50 });
      validation.throwIfFailed();
      const { functionName, aliases = [] } = latest(parts, name);
      const own = versions.aliases(functionName);
      const declared = aliases
        .filter((alias) => !own.some((other) => other.name === alias))
        .map((alias) => declaredAlias(functionName, alias));
      const of = request.query.get('FunctionVersion');
      const all = [...own, ...declared]
        .filter(({ version }) => of === null || version === of)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const { items, nextMarker = null } = page(all, (alias) => alias.name);
      return jsonResponse(JSON.stringify({ NextMarker: nextMarker, Aliases: items.map((each) => aliasJson(each)) }));
    },
  };

  function existing(name: string, alias: string): FunctionAlias {
    const { functionName, aliases = [] } = latest(parts, name);
    const found = versions.alias(functionName, alias);
    if (found) return found;
    if (aliases.includes(alias)) return declaredAlias(functionName, alias);
    throw notFound(`Cannot find alias arn: ${functionArn(scope, functionName, alias)}`);
  }

  function put(alias: FunctionAlias, input: JsonBody): ApiResponse {
    const { functionName, version } = alias;
    const weights = input.body('RoutingConfig')?.numberMap('AdditionalVersionWeights') ?? alias.weights ?? {};
    for (const each of [version, ...Object.keys(weights)]) {
      if (each === '$LATEST' ? Object.keys(weights).length > 0 : !versions.version(functionName, each)) {
        if (each === '$LATEST') {
          throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version');
        }
        throw notFound(`Function not found: ${functionArn(scope, functionName, each)}`);
      }
    }
    if (Object.values(weights).some((weight) => weight < 0 || weight > 1)) {
      throw invalidParameter('The weight of a version has to be between 0 and 1.');
    }
    const { weights: _, ...rest } = alias;
    const next: FunctionAlias = {
      ...rest,
      description: input.text('Description') ?? alias.description,
      ...(Object.keys(weights).length === 0 ? {} : { weights }),
      revisionId: randomUUID(),
    };
    versions.putAlias(next);
    return answer(next);
  }

  function answer(alias: FunctionAlias): ApiResponse {
    return jsonResponse(JSON.stringify(aliasJson(alias)));
  }

  function aliasJson({ functionName, name, version, description, weights, revisionId }: FunctionAlias) {
    return {
      AliasArn: functionArn(scope, functionName, name),
      Name: name,
      FunctionVersion: version,
      Description: description,
      ...(weights === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
      RevisionId: revisionId,
    };
  }
}

function latest({ scope, functions }: Pick<VersionParts, 'scope' | 'functions'>, name: string): FunctionDefinition {
  const identifier = readIdentifier(name, undefined, scope);
  const definition = functions.store.get(identifier.functionName);
  if (!definition) throw functionNotFound(scope, identifier);
  return definition;
}

/** Of the template's; it runs the code as it is. */
function declaredAlias(functionName: string, name: string): FunctionAlias {
  return { functionName, name, version: '$LATEST', description: '', revisionId: name };
}

function versionAnswer(scope: AccountScope, definition: FunctionDefinition, version: string): ApiResponse {
  return jsonResponse(
    JSON.stringify(functionConfiguration(definition, { scope, qualifier: version, version, list: false })),
  );
}

/** A folder of the project may have changed without notice, so only uploaded code can be the same. */
function sameCode(published: FunctionDefinition, now: FunctionDefinition): boolean {
  const facts = (definition: FunctionDefinition): string => {
    const { description: _, lastModified: __, aliases: ___, reservedConcurrentExecutions: ____, ...rest } = definition;
    return JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return now.code !== undefined && facts(published) === facts(now);
}

/** The last part of `/2015-03-31/functions/NAME/aliases/ALIAS`. */
function aliasIn(rawPath: string): string {
  return decodeURIComponent(rawPath.slice(rawPath.lastIndexOf('/') + 1));
}
