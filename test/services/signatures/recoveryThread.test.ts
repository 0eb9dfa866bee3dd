import { expect } from "chai";
import { keccakText, toHex } from "../../../backend/domain/bytes.ts";
import { addressOfSecret } from "../../../backend/domain/signatures.ts";
import type { Hash, Hex } from "../../../backend/domain/types.ts";
import { portableCurve } from "../../../backend/services/signatures/curve.ts";
import {
  type RecoveryThread,
  type SignedDigest,
  startRecoveryThread,
} from "../../../backend/services/signatures/recoveryThread.ts";

const signedBy = (number: number) => {
  const secret = keccakText(`signer ${number}`);
  const digest = toHex(keccakText(`text ${number}`)) as Hash;
  return { digest, signature: portableCurve.signDigest(secret, digest), signer: addressOfSecret(secret) };
};

describe("the recovery thread", () => {
  const threads: RecoveryThread[] = [];
  const start = (cores?: number, curve = portableCurve): RecoveryThread => {
    const thread = startRecoveryThread(curve, cores);
    threads.push(thread);
    return thread;
  };
  after(() => Promise.all(threads.map((thread) => thread.close())));

  it("answers each who asks with their own signers, in one turn or several", async () => {
    const { recoverSigners } = start(2);
    const groups = Array.from({ length: 12 }, (_, i) => Array.from({ length: i % 4 }, (_, j) => signedBy(10 * i + j)));
    for (const turn of [groups.slice(0, 8), groups.slice(8)]) {
      const answers = await Promise.all(turn.map(recoverSigners));
      expect(answers).to.deep.equal(turn.map((group) => group.map(({ signer }) => signer)));
    }
  });

  it("answers null for what no key signed", async () => {
    const { digest, signature, signer } = signedBy(1);
    const signed: SignedDigest[] = [
      { digest, signature: `${signature.slice(0, -2)}1d` as Hex },
      { digest, signature },
      { digest, signature: "0x" },
    ];
    expect(await start(2).recoverSigners(signed)).to.deep.equal([null, signer, null]);
  });

  it("leaves nobody waiting when it ends, and goes on without the thread", async () => {
    const thread = start(2);
    const [one, other, later] = [signedBy(1), signedBy(2), signedBy(3)];
    const sent = thread.recoverSigners([one]);
    await new Promise((resolve) => setImmediate(resolve));
    const gathering = thread.recoverSigners([other]);
    await thread.close();
    expect(await sent).to.deep.equal([one.signer]);
    expect(await gathering).to.deep.equal([other.signer]);
    expect(await thread.recoverSigners([later])).to.deep.equal([later.signer]);
  });

  it("recovers on the caller's thread where there is one core", async () => {
    let asked = 0;
    const { digest, signature, signer } = signedBy(1);
    const counted = { ...portableCurve, recoverSigner: () => (asked++ === 0 ? null : signer) };
    expect(await start(1, counted).recoverSigners([{ digest, signature }])).to.deep.equal([null]);
    expect(asked).to.equal(1);
  });
});
