import { dataSlice, id, toBeHex, toBigInt, ZeroHash } from "ethers";
import {
  acceptanceDigest,
  type CustodyEvent,
  digestOf,
  hashEvent,
  type Item,
  passportIdOf,
  typedEvent,
} from "../typedData.ts";
import {
  eventAt,
  newItem,
  type SignedEvent,
  type Submitted,
  signEvent,
  submittedFrom,
  tellCustody,
} from "./custody.ts";
import { CAST, DAY, domain, domainFields, join, keyOf, keyOfParticipant, sign } from "./story.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/**
 * Submissions that the chain must refuse, each spoilt in the one way its file is named after. They come after the whole
 * custody story: then the workshop holds three active modules, which it hands to the fleet.
 */
export function refusedVectors(): Record<string, unknown> {
  const story = tellCustody();
  const time = story.time;
  const { workshop, fleet, producer, recycler, regulator } = CAST;
  const modules = [...story.states]
    .filter(([, state]) => state.phase === "active" && state.custodian === workshop.id)
    .map(([passportId]) => passportId)
    .sort();
  const items = modules.map((passportId) => story.item(passportId, "handover"));
  const [first, second, third] = items as [Item, Item, Item];
  const ended = [...story.states].find(([, state]) => state.phase === "closed")?.[0] ?? "";

  const good = eventAt(time, "handover", workshop.id, items, fleet.id);
  const signed = signEvent(good, 0n);
  const { digest } = hashEvent(domain, good);
  const bytes = submittedFrom(signed);

  const vectors: Record<string, unknown> = {};
  const refuse = (
    name: string,
    reason: string,
    submitted: Submitted,
    more: { itemIndex?: number; digest?: string } = {},
  ) => {
    vectors[name] = {
      domain: domainFields,
      blockTime: time,
      submitted,
      expected: { digest: more.digest ?? digest, itemIndex: more.itemIndex ?? null, reason },
    };
  };
  const digestOfEvent = (event: CustodyEvent): string => hashEvent(domain, event).digest;
  /** Another event, rightly signed. */
  const other = (event: CustodyEvent, declined = 0n): [Submitted, { digest: string }] => [
    submittedFrom(signEvent(event, declined)),
    { digest: digestOfEvent(event) },
  ];
  /** The good signatures over other content. */
  const forged = (event: CustodyEvent): [Submitted, { digest: string }] => [
    submittedFrom({ ...signed, ...event } as SignedEvent),
    { digest: digestOfEvent(event) },
  ];
  const withHeader = (mask: bigint): Submitted => ({ ...bytes, header: toBeHex(toBigInt(bytes.header) ^ mask, 32) });
  const nobody = { digest: ZeroHash };
  const actorSigns = (signature: string): Submitted => submittedFrom({ ...signed, actorSignature: signature });
  const receiverSigns = (signature: string): Submitted =>
    submittedFrom({ ...signed, counterpartySignature: signature });

  refuse("kind-zero", "unknown-kind", withHeader(2n << 248n), nobody);
  refuse("kind-eight", "unknown-kind", withHeader((2n ^ 8n) << 248n), nobody);
  refuse("reserved-bit-set", "malformed-header", withHeader(1n << 16n), nobody);
  refuse("highest-reserved-bit-set", "malformed-header", withHeader(1n << 119n), nobody);
  refuse("actor-missing", "malformed-header", forged({ ...good, actor: 0 })[0], nobody);
  refuse("receiver-missing", "malformed-header", forged({ ...good, counterparty: 0 })[0], nobody);
  refuse("handover-to-oneself", "malformed-header", forged({ ...good, counterparty: workshop.id })[0], nobody);
  const withdrawal = eventAt(time, "withdrawal", workshop.id, items);
  refuse(
    "withdrawal-with-a-counterparty",
    "malformed-header",
    other({ ...withdrawal, counterparty: fleet.id })[0],
    nobody,
  );
  const reassignment = eventAt(time, "reassignment", 0, items, fleet.id);
  refuse("reassignment-with-an-actor", "malformed-header", other({ ...reassignment, actor: workshop.id })[0], nobody);
  refuse("no-items", "bad-item-count", forged({ ...good, items: [] })[0], nobody);
  const many = Array.from({ length: 201 }, (_, i) => newItem("producer", `urn:many:${i}`));
  refuse("201-items", "bad-item-count", other(eventAt(time, "mint", producer.id, many))[0], nobody);

  refuse("two-items-swapped", "items-not-ascending", ...other({ ...good, items: [second, first, third] }));
  refuse("one-item-twice", "items-not-ascending", ...other({ ...good, items: [first, first, third] }));
  refuse("declined-bit-beyond-the-items", "declined-out-of-range", ...other(good, 8n));
  refuse("withdrawal-with-a-declined-item", "declined-out-of-range", ...other(withdrawal, 1n));
  refuse("everything-declined", "nothing-accepted", ...other(good, 7n));
  const output = newItem("workshop", "urn:workshop:another");
  refuse(
    "transformation-without-inputs",
    "no-inputs",
    ...other(eventAt(time, "transformation", workshop.id, [output])),
  );
  refuse(
    "transformation-without-outputs",
    "no-outputs",
    ...other(eventAt(time, "transformation", workshop.id, [first])),
  );

  refuse("deadline-a-second-ago", "deadline-passed", ...other({ ...good, deadline: time - 1 }));
  refuse("deadline-a-second-too-far", "deadline-too-far", ...other({ ...good, deadline: time + 30 * DAY + 1 }));
  refuse("occurred-a-second-too-far-ahead", "occurred-in-future", ...other({ ...good, occurredAt: time + 901 }));

  refuse("actor-never-admitted", "actor-inactive", ...other({ ...good, actor: 99 }));
  refuse("receiver-never-admitted", "counterparty-inactive", ...other({ ...good, counterparty: 99 }));
  refuse(
    "receiver-may-not-keep-batteries",
    "counterparty-lacks-role",
    ...other({ ...good, counterparty: regulator.id }),
  );
  refuse("closure-by-no-recycler", "actor-lacks-role", ...other(eventAt(time, "closure", workshop.id, items)));
  refuse("mint-by-no-producer", "actor-lacks-role", ...other(eventAt(time, "mint", workshop.id, [output])));

  refuse(
    "record-hash-one-bit-flipped",
    "bad-actor-signature",
    ...forged({ ...good, items: [flip(first, "recordHash"), second, third] }),
  );
  refuse(
    "head-one-bit-flipped",
    "bad-actor-signature",
    ...forged({ ...good, items: [flip(first, "prevHead"), second, third] }),
  );
  refuse(
    "passport-id-one-bit-flipped",
    "bad-actor-signature",
    ...forged({ ...good, items: [first, second, flip(third, "passportId")] }),
  );
  refuse("item-dropped", "bad-actor-signature", ...forged({ ...good, items: [first, second] }));
  refuse("occurred-a-second-later", "bad-actor-signature", ...forged({ ...good, occurredAt: good.occurredAt + 1 }));
  refuse("deadline-a-second-later", "bad-actor-signature", ...forged({ ...good, deadline: good.deadline + 1 }));
  refuse("receiver-replaced", "bad-actor-signature", ...forged({ ...good, counterparty: recycler.id }));
  const actorOver = (foreign: object): string =>
    sign(
      keyOfParticipant(workshop.id),
      digestOf({ ...domain, ...foreign }, typedEvent(good).types, typedEvent(good).value),
    );
  refuse("signed-for-another-chain", "bad-actor-signature", actorSigns(actorOver({ chainId: 1 })));
  refuse(
    "signed-for-another-contract",
    "bad-actor-signature",
    actorSigns(actorOver({ verifyingContract: `0x${"11".repeat(20)}` })),
  );
  refuse("signed-for-another-name", "bad-actor-signature", actorSigns(actorOver({ name: "BatteryPassports" })));
  refuse("signed-for-another-version", "bad-actor-signature", actorSigns(actorOver({ version: "2" })));
  refuse("signed-with-a-salt-in-the-domain", "bad-actor-signature", actorSigns(actorOver({ salt: id("salt") })));
  const asVoid = typedEvent({ ...withdrawal, kind: "void" });
  refuse(
    "withdrawal-signed-as-void",
    "bad-actor-signature",
    submittedFrom({
      ...signEvent(withdrawal, 0n),
      actorSignature: sign(keyOfParticipant(workshop.id), digestOf(domain, asVoid.types, asVoid.value)),
    }),
    { digest: digestOfEvent(withdrawal) },
  );
  refuse("signed-by-a-stranger", "bad-actor-signature", actorSigns(sign(keyOf("stranger"), digest)));
  refuse("signed-by-the-receiver-only", "bad-actor-signature", actorSigns(sign(keyOfParticipant(fleet.id), digest)));

  const { actorSignature, counterpartySignature } = signed;
  const r = dataSlice(actorSignature, 0, 32);
  const s = dataSlice(actorSignature, 32, 64);
  const v = dataSlice(actorSignature, 64);
  const flippedV = v === "0x1b" ? "0x1c" : "0x1b";
  const zero = `0x${"00".repeat(32)}`;
  refuse(
    "signature-with-high-s",
    "bad-actor-signature",
    actorSigns(join(r, toBeHex(ORDER - toBigInt(s), 32), flippedV)),
  );
  refuse("signature-with-s-zero", "bad-actor-signature", actorSigns(join(r, zero, v)));
  refuse("signature-with-r-zero", "bad-actor-signature", actorSigns(join(zero, s, v)));
  refuse("signature-with-r-of-the-order", "bad-actor-signature", actorSigns(join(toBeHex(ORDER, 32), s, v)));
  refuse("signature-with-v-29", "bad-actor-signature", actorSigns(join(r, s, "0x1d")));
  refuse("signature-with-v-0", "bad-actor-signature", actorSigns(join(r, s, "0x00")));
  refuse("signature-with-the-other-v", "bad-actor-signature", actorSigns(join(r, s, flippedV)));
  refuse("signature-of-64-bytes", "bad-actor-signature", actorSigns(join(r, s)));
  refuse("signature-of-66-bytes", "bad-actor-signature", actorSigns(join(actorSignature, "0x00")));
  refuse("signature-empty", "bad-actor-signature", actorSigns("0x"));
  refuse("signatures-split-one-byte-early", "bad-actor-signature", withHeader(65n ^ 64n));
  refuse("signatures-split-beyond-their-end", "bad-actor-signature", withHeader(65n ^ 131n));
  const lone = submittedFrom(signEvent(withdrawal, 0n));
  refuse(
    "lone-signature-split-short",
    "bad-actor-signature",
    { ...lone, signatures: join(lone.signatures, "0x00") },
    { digest: digestOfEvent(withdrawal) },
  );

  refuse("acceptance-missing", "bad-counterparty-signature", receiverSigns("0x"));
  refuse(
    "acceptance-by-the-giver",
    "bad-counterparty-signature",
    receiverSigns(sign(keyOfParticipant(workshop.id), acceptanceDigest(domain, digest, 0n))),
  );
  refuse(
    "acceptance-of-fewer-items",
    "bad-counterparty-signature",
    receiverSigns(sign(keyOfParticipant(fleet.id), acceptanceDigest(domain, digest, 1n))),
  );
  refuse(
    "acceptance-of-another-handover",
    "bad-counterparty-signature",
    receiverSigns(sign(keyOfParticipant(fleet.id), acceptanceDigest(domain, id("another"), 0n))),
  );
  refuse(
    "handover-signed-in-place-of-its-acceptance",
    "bad-counterparty-signature",
    receiverSigns(sign(keyOfParticipant(fleet.id), digest)),
  );
  refuse(
    "signatures-in-the-wrong-order",
    "bad-actor-signature",
    submittedFrom({ ...signed, actorSignature: counterpartySignature, counterpartySignature: actorSignature }),
  );

  const quorum = signEvent(reassignment, 0n);
  const of = { digest: digestOfEvent(reassignment) };
  const governorSigns = (actor: string): Submitted => submittedFrom({ ...quorum, actorSignature: actor });
  const part = (n: number): string => dataSlice(quorum.actorSignature, 65 * n, 65 * (n + 1));
  refuse("quorum-one-short", "bad-quorum", governorSigns(join(part(0), part(1))), of);
  refuse("quorum-not-ascending", "bad-quorum", governorSigns(join(part(0), part(2), part(1))), of);
  refuse("quorum-with-one-governor-twice", "bad-quorum", governorSigns(join(part(0), part(0), part(1))), of);
  refuse(
    "quorum-with-a-stranger",
    "bad-quorum",
    governorSigns(join(part(0), part(1), sign(keyOf("stranger"), of.digest))),
    of,
  );
  refuse("quorum-with-a-byte-too-many", "bad-quorum", governorSigns(join(quorum.actorSignature, "0x00")), of);

  const item = (event: CustodyEvent, reason: string, name: string): void => {
    const [submitted, about] = other(event);
    refuse(name, reason, submitted, { ...about, itemIndex: 0 });
  };
  const one = (kind: CustodyEvent["kind"], actor: number, of: Item, to = 0) => eventAt(time, kind, actor, [of], to);
  item(
    one("handover", workshop.id, { ...first, prevHead: `0x${"ab".repeat(28)}` }, fleet.id),
    "stale-head",
    "head-superseded",
  );
  item(one("handover", workshop.id, newItem("producer", "urn:unknown"), fleet.id), "stale-head", "passport-unknown");
  item(one("handover", fleet.id, first, workshop.id), "not-custodian", "giver-not-custodian");
  item(one("withdrawal", recycler.id, story.item(ended, "again")), "not-active", "event-after-closure");
  const again = { ...newItem("producer", "https://id.gs1.org/01/09506000134352/21/PACK-A") };
  item(one("mint", producer.id, again), "already-exists", "minted-before");
  const squatted = { ...again, passportId: passportIdOf(workshop.id, "urn:squatted") };
  item(one("mint", producer.id, squatted), "wrong-issuer", "mint-under-another-issuer");
  const minted = newItem("producer", "urn:fresh");
  item(one("mint", producer.id, { ...minted, prevHead: `0x${"01".repeat(28)}` }), "stale-head", "mint-upon-a-head");
  return vectors;
}

/** The item with the lowest bit of one field flipped. */
const flip = (item: Item, name: keyof Item): Item => ({
  ...item,
  [name]: toBeHex(toBigInt(item[name]) ^ 1n, (item[name].length - 2) / 2),
});
