import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';

/** A CloudFormation template as osls writes it. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: unknown;
  readonly Condition?: string;
}

type Spec = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type ResourceSpec = ReturnType<Spec['lookup']>[number] & {
  readonly properties: Properties;
  readonly attributes: Readonly<Record<string, unknown>>;
};
type Properties = Readonly<Record<string, { readonly type: Shape; readonly required?: boolean }>>;
/** The part of the specification's property types that is checked here; unions and free JSON are let through. */
interface Shape {
  readonly type: string;
  readonly element?: Shape;
  readonly reference?: { readonly $ref: string };
  readonly allowedValues?: readonly unknown[];
}
type Node = Readonly<Record<string, unknown>>;

/**
 * What CloudFormation would refuse about a template, found offline against AWS's own resource specification: unknown
 * types and properties, missing required ones, wrong primitive types, references to nothing (also inside `Fn::Sub`), attributes and
 * conditions that do not exist.
 */
export async function templateFaults(template: Template): Promise<readonly string[]> {
  const spec = await loadAwsServiceSpec();
  const resources = Object.entries(template.Resources);
  return [
    ...resources.flatMap(([id, resource]) => {
      const known = specOf(spec, resource.Type);
      if (known === undefined) return [`${id}: unknown type ${resource.Type}`];
      return propertyFaults(
        spec,
        known.properties,
        resource.Properties ?? {},
        `${id} (${resource.Type})`,
      );
    }),
    ...resources.flatMap(([id, { DependsOn }]) =>
      [DependsOn ?? []]
        .flat()
        .filter((other) => !(String(other) in template.Resources))
        .map((other) => `${id}: depends on ${String(other)}, which is missing`),
    ),
    ...resources.flatMap(([id, { Condition: condition }]) =>
      condition === undefined ? [] : conditionFaults(template, condition, id),
    ),
    ...referenceFaults(spec, template, template.Resources, 'Resources'),
    ...referenceFaults(spec, template, template.Outputs, 'Outputs'),
  ];
}

const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  string: ['string', 'number', 'boolean'],
  number: ['number', 'string'],
  integer: ['number', 'string'],
  boolean: ['boolean', 'string'],
};

function specOf(spec: Spec, type: string): ResourceSpec | undefined {
  const [found] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
  return found as ResourceSpec | undefined;
}

function propertyFaults(
  spec: Spec,
  properties: Properties,
  value: unknown,
  path: string,
): readonly string[] {
  if (isFunction(value)) return [];
  if (!isNode(value)) return [`${path}: expected an object`];
  const given = Object.entries(value).flatMap(([name, part]) => {
    const property = properties[name];
    if (property === undefined) return [`${path}.${name}: no such property`];
    return valueFaults(spec, property.type, part, `${path}.${name}`);
  });
  const missing = Object.entries(properties)
    .filter(([name, property]) => property.required === true && !(name in value))
    .map(([name]) => `${path}.${name}: required`);
  return [...given, ...missing];
}

function valueFaults(spec: Spec, shape: Shape, value: unknown, path: string): readonly string[] {
  if (isFunction(value)) return [];
  const { element } = shape;
  if (shape.type === 'array') {
    if (!Array.isArray(value)) return [`${path}: expected an array`];
    return element === undefined
      ? []
      : value.flatMap((part, index) => valueFaults(spec, element, part, `${path}[${index}]`));
  }
  if (shape.type === 'map') {
    if (!isNode(value)) return [`${path}: expected a map`];
    if (element === undefined) return [];
    return Object.entries(value).flatMap(([name, part]) =>
      valueFaults(spec, element, part, `${path}.${name}`),
    );
  }
  if (shape.type === 'ref' && shape.reference !== undefined) {
    const definition = spec.get('typeDefinition', shape.reference.$ref) as {
      readonly properties: Properties;
    };
    return propertyFaults(spec, definition.properties, value, path);
  }
  const accepted = ACCEPTED[shape.type];
  if (accepted !== undefined && !accepted.includes(typeof value)) {
    return [`${path}: expected ${shape.type}, got ${typeof value}`];
  }
  if (shape.allowedValues !== undefined && !shape.allowedValues.includes(value)) {
    return [`${path}: ${String(value)} is none of ${shape.allowedValues.join(', ')}`];
  }
  return [];
}

function referenceFaults(
  spec: Spec,
  template: Template,
  value: unknown,
  path: string,
): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((part, index) =>
      referenceFaults(spec, template, part, `${path}[${index}]`),
    );
  }
  if (!isNode(value)) return [];
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': pattern, 'Fn::If': choice } = value;
  const here = [
    ...(typeof pattern === 'string' ? patternFaults(spec, template, pattern, path) : []),
    ...(Array.isArray(choice) ? conditionFaults(template, String(choice[0]), path) : []),
    ...(typeof ref === 'string' ? refFaults(template, ref, path) : []),
    ...(attribute === undefined ? [] : attributeFaults(spec, template, attribute, path)),
  ];
  return [
    ...here,
    ...Object.entries(value).flatMap(([name, part]) =>
      referenceFaults(spec, template, part, `${path}.${name}`),
    ),
  ];
}

/** What stands in `${…}` of a pattern is a name or, with a dot, an attribute. */
function patternFaults(
  spec: Spec,
  template: Template,
  pattern: string,
  path: string,
): readonly string[] {
  const names = [...pattern.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name);
  return names.flatMap((name) =>
    name.includes('.')
      ? attributeFaults(spec, template, name, path)
      : refFaults(template, name, path),
  );
}

function conditionFaults(template: Template, name: string, path: string): readonly string[] {
  return name in (template.Conditions ?? {}) ? [] : [`${path}: no condition ${name}`];
}

function refFaults(template: Template, ref: string, path: string): readonly string[] {
  const known =
    ref.startsWith('AWS::') || ref in template.Resources || ref in (template.Parameters ?? {});
  return known ? [] : [`${path}: Ref to ${ref}, which is missing`];
}

function attributeFaults(
  spec: Spec,
  template: Template,
  value: unknown,
  path: string,
): readonly string[] {
  const [id = '', ...rest] = Array.isArray(value) ? value.map(String) : String(value).split('.');
  const resource = template.Resources[id];
  if (resource === undefined) return [`${path}: GetAtt of ${id}, which is missing`];
  const known = specOf(spec, resource.Type);
  const name = rest.join('.');
  if (known === undefined || name in known.attributes) return [];
  return [`${path}: ${resource.Type} has no attribute ${name}`];
}

/** `{ Ref: … }` and `{ 'Fn::…': … }` may stand anywhere a value may. */
function isFunction(value: unknown): boolean {
  if (!isNode(value)) return false;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && name !== undefined && /^(?:Ref|Fn::)/.test(name);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
