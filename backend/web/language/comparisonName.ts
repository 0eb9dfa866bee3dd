import type { TFunction } from "i18next";

/** What the verifier calls the things it compared, and their Chinese names. `$1` and on stand for what was matched. */
const CHINESE: readonly (readonly [RegExp, string])[] = [
  [/^contract that the evidence is for$/, "证据所属的合约"],
  [/^chain, contract and its code$/, "链、合约及其代码"],
  [/^identifier, normalised$/, "规范写法的标识"],
  [/^passport id$/, "护照编号"],
  [/^identifier in the record of creation$/, "签发记录中的标识"],
  [/^what was asked for$/, "所查询的对象"],
  [/^head of participant (\d+)$/, "参与方 $1 的链头"],
  [/^head before event (\d+) \((\w+)\)$/, "第 $1 项事件（$kind2）之前的链头"],
  [/^head of this passport at block (\d+)$/, "此护照在区块 $1 的链头"],
  [/^head of the parent (\w+) at block (\d+)$/, "来源 $1 在区块 $2 的链头"],
  [/^block number of event (\d+)$/, "第 $1 项事件的区块号"],
  [/^header of event (\d+)$/, "第 $1 项事件的事件头"],
  [/^declined items of event (\d+)$/, "第 $1 项事件中被拒收的物品"],
  [/^applied items of event (\d+)$/, "第 $1 项事件中已生效的物品"],
  [/^signatures of event (\d+)$/, "第 $1 项事件的签名"],
  [/^actor \(participant (\d+)\) of event (\d+) \((\w+)\)$/, "第 $2 项事件（$kind3）的行为方（参与方 $1）"],
  [/^receiver \(participant (\d+)\) of event (\d+) \((\w+)\)$/, "第 $2 项事件（$kind3）的接收方（参与方 $1）"],
  [/^state of (\w+)$/, "$1 的状态"],
  [/^hash of the record of event (\d+) \((\w+)\)$/, "第 $1 项事件（$kind2）记录的哈希"],
  [/^kind of the record of event (\d+) \((\w+)\)$/, "第 $1 项事件（$kind2）记录的类型"],
  [/^subject of the record of event (\d+) \((\w+)\)$/, "第 $1 项事件（$kind2）记录的对象"],
  [/^hash of the record of model (\d+)$/, "第 $1 份型号数据记录的哈希"],
  [/^kind of the record of model (\d+)$/, "第 $1 份型号数据记录的类型"],
  [/^root of the anchor of data record (\d+)$/, "第 $1 份数据记录所在锚定的根"],
  [
    /^signer of data record (\d+): participant (\d+), at (\S+), block (\d+)$/,
    "第 $1 份数据记录的签署者（参与方 $2，$3，区块 $4）",
  ],
  [/^event that ended the parent (\w+)$/, "使来源 $1 终结的事件"],
];

/** The name of a comparison in the page's language. The verifier's names are English sentences, not keys. */
export function comparisonName(t: TFunction, language: string, what: string): string {
  if (language !== "zh") return what.slice(0, 1).toUpperCase() + what.slice(1);
  for (const [pattern, chinese] of CHINESE) {
    const match = pattern.exec(what);
    if (match === null) continue;
    return chinese
      .replace(/\$kind(\d)/g, (_, i) => t(`kind/${match[Number(i)]}`))
      .replace(/\$(\d)/g, (_, i) => match[Number(i)] ?? "");
  }
  return what;
}
