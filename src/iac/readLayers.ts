import type { DeclaredLayer } from './declarations.ts';
import { localFolder, type FolderContext } from './localFolder.ts';
import type { TemplateNode } from './templateNode.ts';
import type { TemplateResource } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

/** Where in a layer `sam build` puts what it builds, by the beginning of its `BuildMethod`. */
const BUILT_BELOW: readonly (readonly [method: string, folder: string])[] = [
  ['nodejs', 'nodejs'],
  ['python', 'python'],
];

/** The layers that a template declares, by the ARN that `Ref` gives. Of one whose content is elsewhere only the ARN is known. */
export function readLayers(
  resources: readonly TemplateResource[],
  context: FolderContext,
): ReadonlyMap<string, DeclaredLayer> {
  const layers = new Map<string, DeclaredLayer>();
  for (const resource of resources) {
    const sam = resource.type === 'AWS::Serverless::LayerVersion';
    if (!sam && resource.type !== 'AWS::Lambda::LayerVersion') continue;
    const { values } = context;
    const arn = values.resources.ref(resource.logicalId);
    if (arn === undefined) continue;
    const content = values.get(resource.properties, sam ? 'ContentUri' : 'Content');
    const contentDir = content && localFolder(content, context);
    const method = values.text(values.get(values.get(resource.node, 'Metadata'), 'BuildMethod')) ?? '';
    const below = BUILT_BELOW.find(([beginning]) => method.startsWith(beginning))?.[1];
    layers.set(arn, {
      arn,
      ...(contentDir === undefined ? {} : { contentDir }),
      ...(sam && below !== undefined ? { below } : {}),
    });
  }
  return layers;
}

/** The layers that a function names, in its order: the last one wins. Those whose ARN can't be known are left out. */
export function layersOf(
  node: TemplateNode | undefined,
  values: TemplateValues,
  layers: ReadonlyMap<string, DeclaredLayer>,
): readonly DeclaredLayer[] | undefined {
  if (!node) return undefined;
  const arns = values.list(node).map((item) => values.text(item));
  return arns.flatMap((arn) => (arn === undefined ? [] : (layers.get(arn) ?? { arn })));
}
