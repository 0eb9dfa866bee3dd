import solc from "solc";

/** One small change of the contract's source, made to see whether a test notices. Offsets are bytes of the file. */
export type Mutation = {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** An expression is replaced by `changed`; a statement is left out, and `changed` is empty. */
  readonly part: "expression" | "statement";
  readonly changed: string;
  readonly line: number;
  readonly said: string;
};
export type Sources = Readonly<Record<string, { readonly content: string }>>;

type Node = {
  readonly nodeType: string;
  readonly src: string;
  readonly [field: string]: unknown;
};

const OPERATORS: Readonly<Record<string, string>> = {
  "==": "!=",
  "!=": "==",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "&&": "||",
  "||": "&&",
  "+": "-",
  "-": "+",
  "*": "+",
  "/": "*",
  "&": "|",
  "|": "&",
  "<<": ">>",
  ">>": "<<",
};

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "nodeType" in value;
const children = (node: Node): Node[] => Object.values(node).flat().filter(isNode);

/** Compiles as far as types and returns every file's syntax tree; throws the compiler's first error. */
export function parse(sources: Sources): Readonly<Record<string, Node>> {
  const input = {
    language: "Solidity",
    sources,
    settings: { evmVersion: "osaka", viaIR: true, outputSelection: { "*": { "": ["ast"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  const error = (output.errors ?? []).find(({ severity }: { severity: string }) => severity === "error");
  if (error !== undefined) throw Object.assign(new Error(error.formattedMessage), { at: error.sourceLocation });
  return Object.fromEntries(Object.entries<{ ast: Node }>(output.sources).map(([file, { ast }]) => [file, ast]));
}

/**
 * Every mutation of the files that `wanted` accepts: comparisons and logic turned, arithmetic and shifts turned,
 * negations dropped, checks dropped, statements dropped, numbers and constants changed, members of enums changed.
 */
export function findMutations(sources: Sources, wanted: (file: string) => boolean): Mutation[] {
  const trees = parse(sources);
  const enums = new Map<number, string[]>();
  const constants = new Map<number, string>();
  const collect = (node: Node): void => {
    if (node.nodeType === "EnumDefinition") {
      enums.set(
        node.id as number,
        (node.members as Node[]).map((member) => member.name as string),
      );
    }
    if (node.nodeType === "VariableDeclaration" && node.constant === true) {
      constants.set(node.id as number, (node.typeDescriptions as { typeString: string }).typeString);
    }
    children(node).forEach(collect);
  };
  Object.values(trees).forEach(collect);

  return Object.entries(trees)
    .filter(([file]) => wanted(file))
    .flatMap(([file, tree]) => inFile(file, sources[file]?.content ?? "", tree, enums, constants));
}

function inFile(
  file: string,
  content: string,
  tree: Node,
  enums: ReadonlyMap<number, string[]>,
  constants: ReadonlyMap<number, string>,
): Mutation[] {
  const bytes = Buffer.from(content);
  const found: Mutation[] = [];
  const range = (node: Node): [number, number] => {
    const [start = 0, length = 0] = node.src.split(":").map(Number);
    return [start, start + length];
  };
  const text = (node: Node): string => bytes.subarray(...range(node)).toString();
  const add = (node: Node, part: Mutation["part"], changed: string, said: string): void => {
    const [start, end] = range(node);
    const line = bytes.subarray(0, start).toString().split("\n").length;
    found.push({ file, start, end, part, changed, line, said: said.replace(/\s+/g, " ") });
  };

  const visit = (node: Node): void => {
    // The compiler must know constants and types when it compiles; uses of constants are changed instead.
    if (node.nodeType === "VariableDeclaration" && node.constant === true) return;
    if (node.nodeType.endsWith("TypeName") || node.nodeType === "ImportDirective") return;
    mutate(node);
    for (const child of children(node)) {
      if (node.nodeType === "ForStatement" && child === node.loopExpression) continue; // would only never end
      // `1 << x` shifts a word; behind a switch the 1 would become a byte, and shift to nothing.
      if (node.operator === "<<" && child === node.leftExpression && child.nodeType === "Literal") continue;
      visit(child);
    }
  };

  const mutate = (node: Node): void => {
    switch (node.nodeType) {
      case "BinaryOperation": {
        const operator = node.operator as string;
        const turned = OPERATORS[operator];
        const [left, right] = [text(node.leftExpression as Node), text(node.rightExpression as Node)];
        if (turned !== undefined) {
          add(node, "expression", `(${left}) ${turned} (${right})`, `${text(node)}: ${operator} becomes ${turned}`);
        }
        break;
      }
      case "UnaryOperation":
        if (node.operator === "!") add(node, "expression", text(node.subExpression as Node), `${text(node)}: no !`);
        break;
      case "Conditional": {
        const [yes, no] = [text(node.trueExpression as Node), text(node.falseExpression as Node)];
        add(node, "expression", `(${text(node.condition as Node)}) ? (${no}) : (${yes})`, `${text(node)}: swapped`);
        break;
      }
      case "IfStatement":
        add(node.condition as Node, "expression", "false", `if (${text(node.condition as Node)}): never`);
        break;
      case "ExpressionStatement": {
        const call = node.expression as Node;
        const name = call.nodeType === "FunctionCall" ? text(call.expression as Node) : "";
        const check = (call.arguments as Node[] | undefined)?.[0];
        if (name === "require" && check !== undefined) add(check, "expression", "true", `${text(check)}: not required`);
        else add(node, "statement", "", `${text(node)}: left out`);
        break;
      }
      case "EmitStatement":
        add(node, "statement", "", `${text(node)}: left out`);
        break;
      case "Literal":
        if (node.kind === "number") add(node, "expression", `${text(node)} + 1`, `${text(node)} becomes one more`);
        break;
      case "Identifier": {
        const type = constants.get(node.referencedDeclaration as number);
        if (type === "bytes32")
          add(node, "expression", `${text(node)} ^ bytes32(uint256(1))`, `${text(node)}: a bit flipped`);
        else if (type?.startsWith("uint"))
          add(node, "expression", `${text(node)} ^ 1`, `${text(node)}: lowest bit flipped`);
        break;
      }
      case "MemberAccess": {
        const owner = node.expression as Node;
        const members = enums.get(owner.referencedDeclaration as number);
        if (members === undefined) break;
        const place = members.indexOf(node.memberName as string);
        const other = `${text(owner)}.${members[(place + 1) % members.length]}`;
        add(node, "expression", other, `${text(node)} becomes ${other}`);
        break;
      }
    }
  };
  visit(tree);
  return found;
}
