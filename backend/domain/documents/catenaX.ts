import { atLeast, atMost, FLAG, listOf, NUMBER, object, oneOf, PERCENT, setOf, TEXT, text } from "./shapes.ts";

/** Without anchors, as published: a moment anywhere in the text will do. */
const MOMENT = text(
  "a date and time",
  /\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)/,
);
/** Four, two and two digits; whether such a day exists the format does not ask. */
const DAY = text("YYYY-MM-DD", /^\d{4}-\d{2}-\d{2}$/);
const SITE = text("a BPNA number", /^BPNA[a-zA-Z0-9]{12}$/);
const COMPANY = text("a BPNL number", /^BPNL[a-zA-Z0-9]{12}$/);
const UUID = text("a UUID, also as URN", /^(?:urn:uuid:)?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/);
const SERIAL_KEY = text("a serial's key", /^(?:manufacturerId|partInstanceId|batchId|van|customKey:\w+)$/);
const BATCH_KEY = text("a batch's key", /^(?:manufacturerId|batchId|customKey:\w+)$/);

const DOCUMENTS = listOf(object({ content: TEXT, contentType: TEXT, header: atMost(100) }));
const READING = object({ value: NUMBER, time: MOMENT });
const SITES = listOf(object({ facility: SITE }));
const SUBSTANCES = listOf(object({ id: TEXT, type: oneOf("CAS", "EC", "IUPAC"), name: TEXT }));
const SHARE_UNIT = oneOf(
  "unit:partPerMillion",
  "unit:percent",
  "unit:percentVolume",
  "unit:partPerThousand",
  "unit:partPerTrillionUs",
  "unit:partPerBillionUs",
);
const LENGTH = object({
  value: NUMBER,
  unit: oneOf(
    "unit:millimetre",
    "unit:centimetre",
    "unit:metre",
    "unit:kilometre",
    "unit:inch",
    "unit:foot",
    "unit:yard",
  ),
});
const ACTIVE_METAL = object({ location: TEXT, recycled: PERCENT, documentation: DOCUMENTS, critical: FLAG });
const HAZARDOUS = object({
  impactOfSubstances: DOCUMENTS,
  concentration: atLeast(0),
  location: TEXT,
  materialUnit: SHARE_UNIT,
  critical: FLAG,
  documentation: DOCUMENTS,
});
const LEAD = object({
  impactOfSubstances: DOCUMENTS,
  critical: FLAG,
  documentation: DOCUMENTS,
  recycled: PERCENT,
  location: TEXT,
  concentration: atLeast(0),
  materialUnit: SHARE_UNIT,
});

/** Catena-X aspect model `io.catenax.battery.battery_pass`, version 6.1.0. */
export const CATENA_X_BATTERY_PASS = object({
  "specVersion?": TEXT,
  identification: object({
    category: oneOf("SLI", "LMT", "EV", "industrial", "portable", "incorporated"),
    idDmc: TEXT,
    chemistry: TEXT,
    identification: object({
      "serial?": setOf(
        object({
          key: SERIAL_KEY,
          value: TEXT,
        }),
      ),
      "batch?": setOf(
        object({
          key: BATCH_KEY,
          value: TEXT,
        }),
      ),
      type: object({
        manufacturerPartId: TEXT,
        nameAtManufacturer: TEXT,
      }),
      codes: listOf(
        object({
          key: TEXT,
          value: TEXT,
        }),
      ),
      dataCarrier: object({
        carrierType: TEXT,
        carrierLayout: TEXT,
      }),
      classification: setOf(
        object({
          classificationStandard: TEXT,
          classificationID: TEXT,
          "classificationDescription?": TEXT,
        }),
      ),
    }),
  }),
  operation: object({
    "intoServiceDate?": DAY,
    manufacturer: object({
      facility: SITES,
      manufacturer: COMPANY,
      "manufacturingDate?": DAY,
    }),
  }),
  characteristics: object({
    warranty: object({
      lifeValue: NUMBER,
      lifeUnit: oneOf("unit:day", "unit:month", "unit:year", "unit:cycle", "unit:runningOrOperatingHour"),
    }),
    physicalDimension: object({
      "height?": LENGTH,
      "length?": LENGTH,
      "width?": LENGTH,
      weight: object({
        value: NUMBER,
        unit: oneOf(
          "unit:gram",
          "unit:kilogram",
          "unit:tonneMetricTon",
          "unit:tonUsOrShortTonUkorus",
          "unit:ounceAvoirdupois",
          "unit:pound",
        ),
      }),
    }),
  }),
  sustainability: object({
    documents: object({
      separateCollection: DOCUMENTS,
      wastePrevention: DOCUMENTS,
      "euTaxonomyDisclosureStatement?": DOCUMENTS,
      "sustainabilityReport?": DOCUMENTS,
    }),
    carbonFootprint: listOf(
      object({
        value: atLeast(0),
        rulebook: DOCUMENTS,
        lifecycle: TEXT,
        unit: TEXT,
        type: oneOf(
          "Climate Change Total",
          "Climate Change Fossil",
          "Climate Change Biogenic Removals and Emissions",
          "Climate Change Land Use and Land Use Change",
          "Ozone Depletion",
          "Acidification",
          "Eutrophication Aquatic Freshwater",
          "Eutrophication Fresh Marine",
          "Eutrophication Terrestrial",
          "Photochemical Ozone Formation",
          "Abiotic Depletion- Minerals and Metals",
          "Fossil Fuels",
          "Water Use",
          "Particulate Matter Emissions",
          "Ionizing Radiation, Human Health",
          "Eco-Toxicity",
          "Human Toxicity, Cancer Effects",
          "Human Toxicity, Non-Cancer Effects",
          "Land Use Related Impacts/Soil Quality",
        ),
        "performanceClass?": TEXT,
        manufacturingPlant: SITES,
        declaration: DOCUMENTS,
      }),
    ),
    status: oneOf("original", "repurposed", "re-used", "remanufactured", "waste"),
  }),
  materials: object({
    active: object({
      nickel: ACTIVE_METAL,
      lithium: ACTIVE_METAL,
      cobalt: ACTIVE_METAL,
      lead: LEAD,
      "other?": listOf(
        object({
          location: TEXT,
          recycled: PERCENT,
          documentation: DOCUMENTS,
          critical: FLAG,
          materialIdentification: SUBSTANCES,
        }),
      ),
    }),
    hazardous: object({
      cadmium: HAZARDOUS,
      mercury: HAZARDOUS,
      "other?": listOf(
        object({
          impactOfSubstances: DOCUMENTS,
          materialUnit: SHARE_UNIT,
          concentration: atLeast(0),
          materialIdentification: SUBSTANCES,
          documentation: DOCUMENTS,
          critical: FLAG,
          location: TEXT,
        }),
      ),
      lead: LEAD,
    }),
    composition: listOf(
      object({
        id: SUBSTANCES,
        concentration: atLeast(0),
        unit: SHARE_UNIT,
        critical: FLAG,
        documentation: DOCUMENTS,
        recycled: PERCENT,
        location: TEXT,
        renewable: PERCENT,
      }),
    ),
  }),
  performance: object({
    rated: object({
      voltage: object({
        min: NUMBER,
        max: NUMBER,
        nominal: NUMBER,
        "temperature?": NUMBER,
      }),
      roundTripEfficiency: object({
        depthOfDischarge: NUMBER,
        initial: NUMBER,
        "50PercentLife": NUMBER,
        "temperature?": NUMBER,
      }),
      "energy?": object({
        value: NUMBER,
        "temperature?": NUMBER,
      }),
      resistance: object({
        cell: NUMBER,
        "module?": NUMBER,
        pack: NUMBER,
        "temperature?": NUMBER,
      }),
      power: object({
        value: NUMBER,
        at20SoC: NUMBER,
        at80SoC: NUMBER,
        "temperature?": NUMBER,
      }),
      capacity: object({
        value: NUMBER,
        thresholdExhaustion: NUMBER,
        "temperature?": NUMBER,
      }),
      "performanceDocument?": DOCUMENTS,
      temperature: object({
        lower: NUMBER,
        upper: NUMBER,
      }),
      selfDischargingRate: NUMBER,
      "testReport?": DOCUMENTS,
      lifetime: object({
        expectedYears: NUMBER,
        report: DOCUMENTS,
        cycleLifeTesting: object({
          temperature: NUMBER,
          cycles: NUMBER,
          depthOfDischarge: NUMBER,
          appliedChargeRate: NUMBER,
          appliedDischargeRate: NUMBER,
        }),
      }),
    }),
    dynamic: object({
      stateOfCharge: READING,
      fullCycles: READING,
      "performanceDocument?": DOCUMENTS,
      selfDischargingRate: NUMBER,
      power: object({
        fade: READING,
        remaining: READING,
      }),
      capacity: object({
        fade: READING,
        throughput: READING,
        capacity: READING,
      }),
      roundTripEfficiency: object({
        fade: READING,
        remaining: READING,
      }),
      resistance: object({
        increase: object({
          pack: READING,
          "module?": READING,
          cell: READING,
        }),
        remaining: object({
          pack: READING,
          "module?": READING,
          cell: READING,
        }),
      }),
      energy: object({
        soce: READING,
        remaining: READING,
        "throughput?": READING,
      }),
      "negativeEvents?": DOCUMENTS,
      "operatingEnvironment?": DOCUMENTS,
    }),
  }),
  conformity: object({
    "declarationOfConformityId?": TEXT,
    declarationOfConformity: DOCUMENTS,
    resultOfTestReport: DOCUMENTS,
    thirdPartyAssurance: DOCUMENTS,
    dueDiligencePolicy: DOCUMENTS,
  }),
  safety: object({
    usableExtinguishAgent: listOf(
      object({
        "document?": DOCUMENTS,
        media: TEXT,
        fireClass: TEXT,
      }),
    ),
    safetyMeasures: DOCUMENTS,
    meaningOfLabels: DOCUMENTS,
    "safeDischarging?": DOCUMENTS,
    dismantling: DOCUMENTS,
    "removalFromAppliance?": DOCUMENTS,
  }),
  "sources?": listOf(
    object({
      content: TEXT,
      category: oneOf(
        "Product Specifications",
        "Manufacturer Information",
        "User Manuals and Guides",
        "Certifications and Compliance",
        "Product Images and Videos",
        "Warranty Information",
        "Reviews and Ratings",
        "Product Variations",
        "Supply Chain Information",
        "Environmental Impact",
        "Compatibility and Accessories",
        "FAQs and Support",
        "Purchase and Retail Information",
        "Privacy and Data Handling",
        "Third-Party Integrations",
        "Legal Information",
        "Safety Information",
        "Repair and Installation",
        "Waste Generation and Prevention",
        "Specific Voluntary Labels",
        "Product Packaging",
        "Return and Disposal",
        "End of Life",
        "Material and Substance Information",
        "Technical Documentation",
        "Treatment facilities",
        "Other",
      ),
      type: TEXT,
      header: atMost(100),
    }),
  ),
  metadata: object({
    version: TEXT,
    "status?": oneOf("draft", "approved", "invalid", "expired"),
    expirationDate: DAY,
    issueDate: DAY,
    economicOperatorId: COMPANY,
    passportIdentifier: UUID,
    predecessor: UUID,
    backupReference: TEXT,
    "registrationIdentifier?": TEXT,
    "lastModification?": DAY,
  }),
  commercial: object({
    "placedOnMarket?": DAY,
    purpose: listOf(TEXT),
  }),
  handling: object({
    content: object({
      producer: listOf(
        object({
          id: COMPANY,
        }),
      ),
      sparePart: listOf(
        object({
          manufacturerPartId: TEXT,
          nameAtManufacturer: TEXT,
        }),
      ),
    }),
    applicable: FLAG,
  }),
});
