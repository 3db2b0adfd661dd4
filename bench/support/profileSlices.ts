/** A V8 CPU profile, as `Profiler.stop` gives it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples?: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas?: readonly number[];
}

/** A stretch of time in which some code was on the stack without a break. */
export interface Slice {
  readonly ms: number;
  /** How many samples are in it: a thread that has to wait for a core gets none. */
  readonly samples: number;
  /** How many of them were in the collector of garbage. */
  readonly collecting: number;
  /** Where most of its samples were, innermost first. */
  readonly stack: readonly string[];
}

/** Stretches with code on the stack whose URL `isOurs`. Collections of garbage belong to the stretch that they fall in. */
export function slicesOf(profile: CpuProfile, isOurs: (url: string) => boolean): readonly Slice[] {
  const { nodes, samples = [], timeDeltas = [] } = profile;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const stackOf = (id: number): number[] => {
    const stack = [id];
    for (let up = parents.get(id); up !== undefined; up = parents.get(up)) stack.push(up);
    return stack;
  };
  const ours = new Map(
    nodes.map(({ id }) => [id, stackOf(id).some((each) => isOurs(byId.get(each)?.callFrame.url ?? ''))]),
  );
  const slices: Slice[] = [];
  let ms = 0;
  let number = 0;
  let collecting = 0;
  const met = new Map<number, number>();
  const end = (): void => {
    const [most] = [...met].toSorted(([, a], [, b]) => b - a);
    if (most)
      slices.push({ ms, samples: number, collecting, stack: stackOf(most[0]).map((id) => nameOf(byId.get(id))) });
    ms = 0;
    number = 0;
    collecting = 0;
    met.clear();
  };
  for (const [index, id] of samples.entries()) {
    const inOurs = ours.get(id) === true;
    const isCollection = byId.get(id)?.callFrame.functionName === '(garbage collector)';
    if (!inOurs && !(isCollection && met.size > 0)) {
      end();
      continue;
    }
    // A sample stands for the time up to the next one.
    const took = (timeDeltas[index + 1] ?? 0) / 1_000;
    ms += took;
    number++;
    if (isCollection) collecting++;
    if (inOurs) met.set(id, (met.get(id) ?? 0) + took);
  }
  end();
  return slices;
}

function nameOf(node: CpuProfile['nodes'][number] | undefined): string {
  if (!node) return '';
  const { functionName, url } = node.callFrame;
  return `${functionName === '' ? '(anonymous)' : functionName} ${url.slice(url.lastIndexOf('/') + 1)}`.trim();
}
