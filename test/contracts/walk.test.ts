import { expect } from "chai";
import { encodeState } from "../../scripts/typedData.ts";
import { CAST, following, Installation, SIGNATURE_TYPES } from "./installation.ts";

for (const signatureType of SIGNATURE_TYPES) {
  describe(`BatteryPassport, from mint to closure (${signatureType})`, () => {
    it("applies mint, two handovers, a withdrawal and closure, and keeps the head that ethers computes", async () => {
      const installation = await Installation.deploy(signatureType);
      const [minted] = await installation.mint("producer", "urn:battery:1");
      const [atFleet] = await installation.handOver("producer", "fleet", [minted!]);
      const withdrawal = installation.sign(await installation.event("withdrawal", "fleet", [atFleet!]));
      await installation.submit(withdrawal);
      const [atRecycler] = await installation.handOver("fleet", "recycler", following(withdrawal));
      const closure = installation.sign(await installation.event("closure", "recycler", [atRecycler!]));

      const { applied, rejected } = await installation.submit(closure);

      expect(rejected).to.deep.equal([]);
      expect(applied).to.deep.equal([{ digest: closure.hashes.digest, applied: 1n }]);
      expect(await installation.state(minted!.passportId)).to.equal(
        encodeState({
          head: closure.hashes.heads[0]!,
          custodian: CAST.recycler.id,
          phase: "closed",
          moved: true,
          held: false,
        }),
      );
    });
  });
}
