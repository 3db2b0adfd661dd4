import { ServiceError } from './serviceError.ts';

/**
 * The input of an AWS JSON operation. Each getter gives `undefined` for what is absent or `null`.
 * @throws ServiceError `SerializationException` when a value has the wrong type, as AWS's own parser does.
 */
export class JsonInput {
  readonly #value: Readonly<Record<string, unknown>>;

  constructor(value: Readonly<Record<string, unknown>>) {
    this.#value = value;
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'a string');
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(name, 'an integer');
    return value;
  }

  /** Any finite number: times are seconds with a fraction. */
  number(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(name, 'a number');
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== 'boolean') throw wrongType(name, 'a boolean');
    return value;
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw wrongType(name, 'a list of strings');
    return value;
  }

  /** A list of finite numbers. */
  numbers(name: string): readonly number[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'number' && Number.isFinite(item)))
      throw wrongType(name, 'a list of numbers');
    return value as readonly number[];
  }

  /** A map of strings. */
  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!isObject(value) || !Object.values(value).every((item) => typeof item === 'string')) {
      throw wrongType(name, 'a map of strings');
    }
    return value as Readonly<Record<string, string>>;
  }

  /** A structure. */
  input(name: string): JsonInput | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw wrongType(name, 'a structure');
    return new JsonInput(value);
  }

  /** A list of structures. */
  inputs(name: string): readonly JsonInput[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every(isObject)) throw wrongType(name, 'a list of structures');
    return value.map((item) => new JsonInput(item));
  }

  /** A map of structures, in the order they were written. */
  inputMap(name: string): readonly (readonly [key: string, input: JsonInput])[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw wrongType(name, 'a map of structures');
    return Object.entries(value).map(([key, item]) => {
      if (!isObject(item)) throw wrongType(`${name}.${key}`, 'a structure');
      return [key, new JsonInput(item)];
    });
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#value, name) ? (this.#value[name] ?? undefined) : undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(name: string, wanted: string): ServiceError {
  return new ServiceError({
    type: 'com.amazon.coral.service#SerializationException',
    queryCode: 'MalformedInput',
    message: `The value of ${name} is not ${wanted}.`,
  });
}
