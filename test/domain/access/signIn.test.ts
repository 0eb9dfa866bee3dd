import { expect } from "chai";
import { getAddress, hashMessage } from "ethers";
import {
  checksumAddress,
  formatSignIn,
  judgeSignIn,
  personalDigest,
  SIGN_IN_STATEMENT,
  type SignInMessage,
} from "../../../backend/domain/access/signIn.ts";
import type { Address } from "../../../backend/domain/types.ts";
import { expectCode } from "../records/expectCode.ts";

const NOW = 1_800_000_000;
const at = (seconds: number): string => new Date((NOW + seconds) * 1000).toISOString();
const EXPECTED = { domain: "operator.example", uri: "https://operator.example", chainId: 31337, now: NOW };
const MESSAGE: SignInMessage = {
  domain: EXPECTED.domain,
  uri: EXPECTED.uri,
  chainId: EXPECTED.chainId,
  address: "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359" as Address,
  nonce: "0123456789abcdef",
  issuedAt: at(-5),
  expirationTime: at(300),
  notBefore: at(-5),
};
const judge = (text: string) => judgeSignIn(text, EXPECTED);

describe("signing in by EIP-4361", () => {
  it("writes the message as the standard shows it", () => {
    expect(formatSignIn(MESSAGE).split("\n")).to.deep.equal([
      "operator.example wants you to sign in with your Ethereum account:",
      "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
      "",
      SIGN_IN_STATEMENT,
      "",
      "URI: https://operator.example",
      "Version: 1",
      "Chain ID: 31337",
      "Nonce: 0123456789abcdef",
      `Issued At: ${at(-5)}`,
      `Expiration Time: ${at(300)}`,
      `Not Before: ${at(-5)}`,
    ]);
  });

  it("reads what it writes, with and without the optional times", () => {
    expect(judge(formatSignIn(MESSAGE))).to.deep.equal(MESSAGE);
    const plain = { ...MESSAGE, expirationTime: undefined, notBefore: undefined };
    expect(judge(formatSignIn(plain))).to.deep.equal(plain);
  });

  it("spells addresses and hashes texts as wallets do", () => {
    for (const seed of ["52908400098527886e0f7030069857d2e4169ee7", "de709f2102306220921060314715629080e2fb77"]) {
      expect(checksumAddress(`0x${seed}` as Address)).to.equal(getAddress(`0x${seed}`));
    }
    for (const text of ["", "a", formatSignIn(MESSAGE), "动力蓄电池"]) {
      expect(personalDigest(text)).to.equal(hashMessage(text));
    }
  });

  const WRONG: [field: string, what: string, change: (text: string) => string][] = [
    ["domain", "another site", (text) => text.replace("operator.example wants", "evil.example wants")],
    ["domain", "a site that ends alike", (text) => text.replace("operator.example wants", "xoperator.example wants")],
    ["statement", "another purpose", (text) => text.replace(SIGN_IN_STATEMENT, "Accept the terms of service.")],
    ["uri", "another site's URI", (text) => text.replace("URI: https://operator.", "URI: https://evil.")],
    [
      "uri",
      "a URI that goes on",
      (text) => text.replace("URI: https://operator.example", "URI: https://operator.example@evil.example"),
    ],
    ["version", "another version", (text) => text.replace("Version: 1", "Version: 2")],
    ["chainId", "another chain", (text) => text.replace("Chain ID: 31337", "Chain ID: 1")],
    ["chainId", "a chain spelled otherwise", (text) => text.replace("Chain ID: 31337", "Chain ID: 031337")],
    ["issuedAt", "an old message", (text) => text.replace(at(-5), at(-601))],
    ["issuedAt", "a message from the future", (text) => text.replace(at(-5), at(61))],
    [
      "issuedAt",
      "a day that does not exist",
      (text) => text.replace(/Issued At: .*/, "Issued At: 2027-13-41T99:00:00Z"),
    ],
    ["expirationTime", "an expired message", (text) => text.replace(at(300), at(0))],
    ["notBefore", "a message for later", (text) => text.replace(`Not Before: ${at(-5)}`, `Not Before: ${at(1)}`)],
  ];
  for (const [field, what, change] of WRONG) {
    it(`refuses ${what}, naming ${field}`, () => {
      const text = change(formatSignIn(MESSAGE));
      expect(text).not.to.equal(formatSignIn(MESSAGE));
      expect(expectCode("sign-in-field-wrong", () => judge(text)).details.field).to.equal(field);
    });
  }

  const MALFORMED: [what: string, change: (text: string) => string][] = [
    ["nothing", () => ""],
    ["CR before LF", (text) => text.replaceAll("\n", "\r\n")],
    ["a line break in the statement", (text) => text.replace("This moves", "\nThis moves")],
    ["CR in the statement", (text) => text.replace("This moves", "\rThis moves")],
    [
      "a second URI line in the statement",
      (text) => text.replace(SIGN_IN_STATEMENT, `x\n\nURI: https://a\nVersion: 1`),
    ],
    ["an address in lower case", (text) => text.replace(/0x[0-9a-zA-Z]{40}/, (hex) => hex.toLowerCase())],
    ["a short nonce", (text) => text.replace("Nonce: 0123456789abcdef", "Nonce: 0123456")],
    ["a nonce with a sign", (text) => text.replace("Nonce: 0123", "Nonce: 0-23")],
    ["a line more", (text) => `${text}\nRequest ID: 7`],
    ["resources", (text) => `${text}\nResources:\n- https://elsewhere.example`],
    ["a line break at the end", (text) => `${text}\n`],
    ["lines in another order", (text) => text.replace("Version: 1\nChain ID: 31337", "Chain ID: 31337\nVersion: 1")],
    ["a scheme before the domain", (text) => `https://${text}`],
    ["no statement", (text) => text.replace(`${SIGN_IN_STATEMENT}\n\n`, "")],
    ["a time without its offset", (text) => text.replace(/Issued At: .*/, "Issued At: 2027-01-15T08:00:00")],
  ];
  for (const [what, change] of MALFORMED) {
    it(`refuses ${what}`, () => {
      expectCode("sign-in-malformed", () => judge(change(formatSignIn(MESSAGE))));
    });
  }
});
