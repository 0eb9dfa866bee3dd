import { id, ZeroHash } from "ethers";
import { digestOf, encodeType, OTHER_TYPES, passportIdOf, recordLeaf, structHash, typeHash } from "../typedData.ts";
import { UIDS } from "./custody.ts";
import {
  CAST,
  CUSTODY_FROM,
  DAY,
  domain,
  domainFields,
  join,
  keyOfParticipant,
  LATER_THRESHOLD,
  laterGovernors,
  sign,
} from "./story.ts";

const described = (types: object) => ({ type: encodeType(types), typeHash: typeHash(types) });

/** A publisher's first anchors, and signed data records with their leaves. */
export function anchorVectors(): Record<string, unknown> {
  const publisher = CAST.operator.id;
  const key = keyOfParticipant(publisher);
  const vectors: Record<string, unknown> = {};
  let prevAccumulator = ZeroHash;
  for (const [name, root, count] of [
    ["first-anchor", id("first root"), 1],
    ["second-anchor", id("second root"), 10_000],
  ] as const) {
    const anchor = { publisher, root, count, manifestHash: id(`manifest of ${name}`), prevAccumulator };
    const digest = digestOf(domain, OTHER_TYPES.Anchor, anchor);
    const accumulator = structHash(OTHER_TYPES.Anchor, anchor);
    vectors[name] = {
      domain: domainFields,
      anchor,
      signature: sign(key, digest),
      expected: { ...described(OTHER_TYPES.Anchor), digest, accumulator },
    };
    prevAccumulator = accumulator;
  }
  const records = [
    { subjectId: passportIdOf(CAST.producer.id, UIDS.packA), author: CAST.workshop.id, occurredAt: CUSTODY_FROM },
    { subjectId: `0x${"00".repeat(20)}`, author: 0xffffff, occurredAt: 0 },
  ].map((record, position) => ({ ...record, recordHash: id(`data record ${position}`) }));
  for (const [position, record] of records.entries()) {
    const digest = digestOf(domain, OTHER_TYPES.DataRecord, record);
    vectors[`data-record-${position + 1}`] = {
      domain: domainFields,
      publisher,
      record,
      signature: sign(keyOfParticipant(record.author), digest),
      expected: { ...described(OTHER_TYPES.DataRecord), digest, leaf: recordLeaf(publisher, digest) },
    };
  }
  return vectors;
}

/** A hold by a regulator, and its release by a regulator or the quorum. */
export function holdVectors(): Record<string, unknown> {
  const regulator = CAST.regulator.id;
  const passportId = passportIdOf(CAST.workshop.id, UIDS.moduleE);
  const deadline = CUSTODY_FROM + 2 * DAY;
  const hold = {
    passportId,
    regulator,
    counter: 1,
    until: CUSTODY_FROM + 90 * DAY,
    reasonHash: id("recall"),
    deadline,
  };
  const release = { passportId, regulator, counter: 1, reasonHash: id("recall over"), deadline };
  const byQuorum = { ...release, regulator: 0 };
  const signedBy = (types: object, value: object) => {
    const digest = digestOf(domain, types, value);
    return { signature: sign(keyOfParticipant(regulator), digest), expected: { ...described(types), digest } };
  };
  const quorumDigest = digestOf(domain, OTHER_TYPES.Release, byQuorum);
  return {
    hold: { domain: domainFields, hold, ...signedBy(OTHER_TYPES.Hold, hold) },
    "release-by-a-regulator": { domain: domainFields, release, ...signedBy(OTHER_TYPES.Release, release) },
    "release-by-quorum": {
      domain: domainFields,
      release: byQuorum,
      signature: join(...laterGovernors.slice(0, LATER_THRESHOLD).map((key) => sign(key, quorumDigest))),
      expected: { ...described(OTHER_TYPES.Release), digest: quorumDigest },
    },
  };
}
