// Which names a piece of code uses that it does not declare itself, as values and as types.

import { type Node, visitorKeys } from "oxc-parser";

export type Uses = {
  readonly values: ReadonlySet<string>;
  readonly types: ReadonlySet<string>;
  /** The members that were passed over. */
  readonly passedOver: readonly Node[];
};

/**
 * `members`: of each object literal that has a member of one of these names, the other members are passed over. What
 * stands before such an object, as the tables that its functions close over, is looked at all the same.
 */
export function usesOf(node: Node, members: ReadonlySet<string> = new Set()): Uses {
  const uses = { values: new Set<string>(), types: new Set<string>(), passedOver: [] as Node[] };
  visit(node, null, false);
  return uses;

  function visit(node: Node, outer: Scope | null, inType: boolean): void {
    if (node.type === "Identifier" && !isBound(node.name, outer)) {
      (inType ? uses.types : uses.values).add(node.name);
    }
    const declared = declaredBy(node);
    const scope = declared.length === 0 ? outer : { names: new Set(declared), outer };
    const isType = inType || (node.type.startsWith("TS") && !OF_VALUES.has(node.type));
    const only = node.type === "ObjectExpression" && node.properties.some(isMember);
    forEachChild(node, (child, key) => {
      if (isOnlyName(node, key)) return;
      if (only && child.type === "Property" && !isMember(child)) uses.passedOver.push(child);
      else visit(child, scope, isType);
    });
  }

  function isMember(node: Node): boolean {
    return node.type === "Property" && node.key.type === "Identifier" && members.has(node.key.name);
  }
}

/** The names of the members of all object literals in the code. */
export function membersIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "ObjectExpression") {
      for (const each of node.properties) {
        if (each.type === "Property" && each.key.type === "Identifier") names.add(each.key.name);
      }
    }
    forEachChild(node, visit);
  };
  visit(node);
  return names;
}

type Scope = { readonly names: ReadonlySet<string>; readonly outer: Scope | null };

function isBound(name: string, scope: Scope | null): boolean {
  for (let each = scope; each !== null; each = each.outer) if (each.names.has(name)) return true;
  return false;
}

/** TypeScript's own nodes that hold a value; all others hold types. */
const OF_VALUES: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "TSEnumDeclaration",
  "TSEnumBody",
  "TSEnumMember",
]);

/** Where an identifier is the name of a member or of a label. */
const NAMES: Readonly<Record<string, string>> = {
  MemberExpression: "property",
  Property: "key",
  MethodDefinition: "key",
  PropertyDefinition: "key",
  AccessorProperty: "key",
  TSPropertySignature: "key",
  TSMethodSignature: "key",
  TSEnumMember: "id",
  TSQualifiedName: "right",
  TSNamedTupleMember: "label",
  TSImportType: "qualifier",
  LabeledStatement: "label",
  BreakStatement: "label",
  ContinueStatement: "label",
};

function isOnlyName(node: Node, key: string): boolean {
  if (node.type === "MetaProperty") return true;
  return NAMES[node.type] === key && !("computed" in node && node.computed);
}

/** The names that hold inside a node because of the node itself. */
function declaredBy(node: Node): string[] {
  const names: string[] = [];
  if ("typeParameters" in node && node.typeParameters) {
    names.push(...node.typeParameters.params.flatMap((each) => ("name" in each ? namesIn(each.name) : [])));
  }
  switch (node.type) {
    case "BlockStatement":
    case "StaticBlock":
      return [...names, ...node.body.flatMap(namesDeclared)];
    case "SwitchStatement":
      return [...names, ...node.cases.flatMap(({ consequent }) => consequent.flatMap(namesDeclared))];
    case "ForStatement":
      return [...names, ...(node.init?.type === "VariableDeclaration" ? namesDeclared(node.init) : [])];
    case "ForInStatement":
    case "ForOfStatement":
      return [...names, ...(node.left.type === "VariableDeclaration" ? namesDeclared(node.left) : [])];
    case "CatchClause":
      return [...names, ...namesIn(node.param)];
    case "TSMappedType":
      return [...names, node.key.name];
    case "TSIndexSignature":
      return [...names, ...node.parameters.map(({ name }) => name)];
    case "TSConditionalType":
      return [...names, ...inferredIn(node.extendsType)];
    case "TSTypeParameterDeclaration":
    case "TSTypeParameterInstantiation":
      return names;
    case "FunctionExpression":
    case "ClassExpression":
      names.push(...namesIn(node.id));
  }
  if ("params" in node) names.push(...node.params.flatMap(namesIn));
  return names;
}

/** What a statement declares. */
export function namesDeclared(node: Node): string[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => namesIn(id));
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
    case "TSEnumDeclaration":
      return namesIn(node.id);
    default:
      return [];
  }
}

/** The names that a pattern binds. */
function namesIn(pattern: Node | null): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap(namesIn);
    case "Property":
      return namesIn(pattern.value);
    case "ArrayPattern":
      return pattern.elements.flatMap(namesIn);
    case "AssignmentPattern":
      return namesIn(pattern.left);
    case "RestElement":
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

function inferredIn(node: Node): string[] {
  const names = node.type === "TSInferType" ? namesIn(node.typeParameter.name) : [];
  forEachChild(node, (child) => names.push(...inferredIn(child)));
  return names;
}

function forEachChild(node: Node, visit: (child: Node, key: string) => void): void {
  for (const key of visitorKeys[node.type] ?? []) {
    const found: unknown = Reflect.get(node, key);
    for (const each of Array.isArray(found) ? found : [found]) if (isNode(each)) visit(each, key);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}
