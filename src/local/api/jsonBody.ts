import { notSerializable } from './lambdaError.ts';

/**
 * The JSON body of a Lambda operation. Each getter gives `undefined` for what is absent or `null`.
 * @throws LambdaError `SerializationException` when a value has the wrong type
 */
export class JsonBody {
  readonly #value: Readonly<Record<string, unknown>>;

  private constructor(value: Readonly<Record<string, unknown>>) {
    this.#value = value;
  }

  /** Reads a body; none at all is an empty one. */
  static read(body: Uint8Array): JsonBody {
    if (body.byteLength === 0) return new JsonBody({});
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch {
      throw notSerializable('The request body is not JSON.');
    }
    return new JsonBody(isObject(value) ? value : wrongType('the body', 'structure'));
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'string') return value;
    return wrongType(name, 'string');
  }

  integer(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
    return wrongType(name, 'integer');
  }

  flag(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return wrongType(name, 'boolean');
  }

  /** A structure. */
  body(name: string): JsonBody | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    return new JsonBody(isObject(value) ? value : wrongType(name, 'structure'));
  }

  /** A map of strings. */
  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (isObject(value) && Object.values(value).every((item) => typeof item === 'string')) {
      return value as Readonly<Record<string, string>>;
    }
    return wrongType(name, 'map of strings');
  }

  /** A map of numbers. */
  numberMap(name: string): Readonly<Record<string, number>> | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (isObject(value) && Object.values(value).every((item) => typeof item === 'number')) {
      return value as Readonly<Record<string, number>>;
    }
    return wrongType(name, 'map of numbers');
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#value, name) ? (this.#value[name] ?? undefined) : undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(name: string, wanted: string): never {
  throw notSerializable(`The value of ${name} is no ${wanted}.`);
}
