import { expect } from "chai";
import { id, Wallet } from "ethers";
import { governorKeys, type Installation, type ProposalFields, type ProposalKind } from "./installation.ts";

/** An id that the installation admits nobody under. */
export const SPARE = 4242;
/** A firm that may be admitted under it. */
export const newcomer = {
  participantId: SPARE,
  account: Wallet.createRandom().address,
  signer: Wallet.createRandom().address,
  roles: 5,
  recordHash: id("newcomer"),
};

/** Short ways to ask and change the registry; `current` gives the installation of the running test. */
export function registryCalls(current: () => Installation) {
  return {
    participant: async (participantId: number) => {
      const { account, signer, roles, active, recordHash, head } = await current()
        .method("participant")
        .staticCall(participantId);
      return { account, signer, roles: Number(roles), active, recordHash, head };
    },
    /** Executes a proposal with these keys' signatures, two governors' by default. */
    attempt: async (kind: ProposalKind, fields: ProposalFields = {}, keys = governorKeys.slice(0, 2)) => {
      const installation = current();
      const proposal = await installation.proposal(kind, fields);
      return installation.method("execute")(proposal, installation.quorum(installation.proposalDigest(proposal), keys));
    },
    refused: (work: Promise<unknown>, error: string, ...args: unknown[]) => {
      const refusal = expect(work).to.be.revertedWithCustomError(current().contract, error);
      return args.length === 0 ? refusal : refusal.withArgs(...args);
    },
  };
}
