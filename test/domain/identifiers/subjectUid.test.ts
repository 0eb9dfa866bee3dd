import { expect } from "chai";
import { DomainError } from "../../../backend/domain/errors.ts";
import { normaliseSubjectUid } from "../../../backend/domain/identifiers/subjectUid.ts";

const codeOf = (raw: string): string => {
  try {
    return normaliseSubjectUid(raw);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

describe("normaliseSubjectUid", () => {
  it("reads organisations, places, and whatever identifies a battery", () => {
    for (const [raw, uid] of [
      ["91350100M000100Y43", "91350100M000100Y43"],
      ["529900T8BM49AURSDO55", "529900T8BM49AURSDO55"],
      ["https://id.gs1.org/414/9520123456788", "https://id.gs1.org/414/9520123456788"],
      ["HTTP://ID.GS1.ORG/417/9520123456788/?x=1", "https://id.gs1.org/417/9520123456788"],
      ["URN:UUID:6F9619FF-8B86-4D01-B42D-00CF4FC964FF", "urn:uuid:6f9619ff-8b86-4d01-b42d-00cf4fc964ff"],
      ["did:web:plant.example", "did:web:plant.example"],
      ["https://plant.example/works/3", "https://plant.example/works/3"],
    ] as const) {
      expect(codeOf(raw), raw).to.equal(uid);
    }
  });

  it("notices any one wrong digit of a GLN", () => {
    const gln = "9520123456788";
    for (let place = 0; place < gln.length; place++) {
      const wrong = gln.slice(0, place) + String((Number(gln[place]) + 1) % 10) + gln.slice(place + 1);
      expect(codeOf(`https://id.gs1.org/414/${wrong}`), wrong).to.equal("gln-check-digit");
    }
    expect(codeOf("https://id.gs1.org/414/952012345678")).to.equal("uid-malformed");
  });

  it("refuses a vehicle's number, which anybody could find by trying, and wrong check characters", () => {
    expect(codeOf("LSVAU2180N2183294")).to.equal("subject-is-vin");
    expect(codeOf("wvwzzz1jzxw000001")).to.equal("subject-is-vin");
    expect(codeOf("91350100M000100Y44")).to.equal("organisation-check-character");
    expect(codeOf("Works 3")).to.equal("uid-malformed");
  });
});
