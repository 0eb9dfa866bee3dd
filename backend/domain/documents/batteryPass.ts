import { between, FLAG, formatted, listOf, NUMBER, object, oneOf, PERCENT, type Shape, TEXT, text } from "./shapes.ts";
import { isDateTime, isUri } from "./textForms.ts";

/**
 * The seven submodels of the Battery Pass consortium's data model 1.2 (Performance: 1.2.1). Misspelt names are part of
 * the format: partners send them so.
 */
const LINK = formatted("an absolute URI", isUri);
const DATE_TIME = formatted("a date and time with offset", isDateTime);
/** Without anchors, as published: a moment anywhere in the text will do. */
const MOMENT = text(
  "a date and time",
  /\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)/,
);
/** `--06` means a month of the year in XML Schema; the format misuses it for a period. */
const WARRANTY_MONTH = text("a month, --MM", /--(?:0[1-9]|1[0-2])/);
const PASSPORT_URN = text("urn:word:word", /^urn:[a-z0-9]+:[a-z0-9]+$/);
const CAS_NUMBER = text("a CAS number", /^\d{2,7}-\d{2}-\d$/);
const SUPPLIER_EMAIL = text("an e-mail address", /^[\w.-]+@[\w.-]+\.[A-Za-z]{2,}$/);
/** Published without the backslashes: only the letter w, dots and hyphens around the sign. */
const EMAIL = text("an e-mail address as published (w, dot, hyphen)", /^[w.-]+@[w.-]+.[A-Za-z]{2,}$/u);
const INT64 = between(-(2 ** 63), 2 ** 63);

const ADDRESS = object({ addressCountry: TEXT, postalCode: TEXT, streetAddress: TEXT });
const OPERATOR = object({
  contactName: TEXT,
  postalAddress: ADDRESS,
  identifier: TEXT,
  "emailAddress?": EMAIL,
  "webAddress?": LINK,
});
const COMPONENT = object({ componentName: TEXT, "componentId?": TEXT });
const measured = (value: string) => object({ [value]: NUMBER, lastUpdate: MOMENT });

export const BATTERY_PASS_SUBMODELS = {
  GeneralProductInformation: object({
    productIdentifier: TEXT,
    batteryPassportIdentifier: PASSPORT_URN,
    batteryCategory: oneOf("lmt", "ev", "industrial", "stationary"),
    manufacturerInformation: OPERATOR,
    manufacturingDate: DATE_TIME,
    batteryStatus: oneOf("Original", "Repurposed", "Reused", "Remanufactured", "Waste"),
    batteryMass: NUMBER,
    manufacturingPlace: ADDRESS,
    operatorInformation: OPERATOR,
    puttingIntoService: MOMENT,
    warrentyPeriod: WARRANTY_MONTH,
  }),
  CarbonFootprint: object({
    batteryCarbonFootprint: NUMBER,
    carbonFootprintPerLifecycleStage: listOf(
      object({
        lifecycleStage: oneOf("RawMaterialExtraction", "MainProduction", "Distribution", "Recycling"),
        carbonFootprint: NUMBER,
      }),
    ),
    carbonFootprintPerformanceClass: TEXT,
    carbonFootprintStudy: LINK,
    "absoluteCarbonFootprint?": NUMBER,
  }),
  Circularity: object({
    dismantlingAndRemovalInformation: listOf(
      object({
        documentType: oneOf(
          "BillOfMaterial",
          "Model3D",
          "DismantlingManual",
          "RemovalManual",
          "OtherManual",
          "Drawing",
        ),
        mimeType: TEXT,
        documentURL: LINK,
      }),
    ),
    sparePartSources: listOf(
      object({
        nameOfSupplier: TEXT,
        addressOfSupplier: ADDRESS,
        emailAddressOfSupplier: SUPPLIER_EMAIL,
        supplierWebAddress: LINK,
        components: listOf(
          object({
            partName: TEXT,
            partNumber: TEXT,
          }),
        ),
      }),
    ),
    recycledContent: listOf(
      object({
        preConsumerShare: PERCENT,
        recycledMaterial: oneOf("Cobalt", "Nickel", "Lithium", "Lead"),
        postConsumerShare: PERCENT,
      }),
    ),
    safetyMeasures: object({
      safetyInstructions: LINK,
      extinguishingAgent: listOf(TEXT),
    }),
    endOfLifeInformation: object({
      wastePrevention: LINK,
      separateCollection: LINK,
      informationOnCollection: LINK,
    }),
    renewableContent: NUMBER,
  }),
  Labels: object({
    declarationOfConformity: LINK,
    resultOfTestReport: LINK,
    labels: listOf(
      object({
        labelingSymbol: LINK,
        labelingMeaning: object({}),
        labelingSubject: oneOf("SeparateCollection", "HazardousMaterial", "CarbonFootPrint", "ExtinguishingAgent"),
      }),
    ),
  }),
  MaterialComposition: object({
    batteryChemistry: object({
      shortName: TEXT,
      clearName: TEXT,
    }),
    batteryMaterials: listOf(
      object({
        batteryMaterialLocation: COMPONENT,
        batteryMaterialIdentifier: CAS_NUMBER,
        batteryMaterialName: TEXT,
        batteryMaterialMass: NUMBER,
        isCriticalRawMaterial: FLAG,
      }),
    ),
    hazardousSubstances: listOf(
      object({
        hazardousSubstanceClass: oneOf("AcuteToxicity", "SkinCorrosionOrIrritation", "EyeDamageOrIrritation"),
        hazardousSubstanceName: TEXT,
        hazardousSubstanceConcentration: NUMBER,
        hazardousSubstanceImpact: listOf(TEXT),
        hazardousSubstanceLocation: COMPONENT,
        hazardousSubstanceIdentifier: CAS_NUMBER,
      }),
    ),
  }),
  PerformanceAndDurability: object({
    batteryTechicalProperties: object({
      originalPowerCapability: listOf(
        object({
          atSoC: NUMBER,
          powerCapabilityAt: NUMBER,
        }),
      ),
      ratedMaximumPower: NUMBER,
      powerCapabilityRatio: NUMBER,
      ratedEnergy: NUMBER,
      expectedNumberOfCycles: INT64,
      initialSelfDischarge: NUMBER,
      roundtripEfficiency: NUMBER,
      ratedCapacity: NUMBER,
      initialInternalResistance: listOf(
        object({
          ohmicResistance: NUMBER,
          batteryComponent: oneOf("pack", "module", "cell"),
        }),
      ),
      expectedLifetime: between(-32768, 32767),
      "cRate?": NUMBER,
      nominalVoltage: NUMBER,
      minimumVoltage: NUMBER,
      maximumVoltage: NUMBER,
      capacityThresholdForExhaustion: NUMBER,
      lifetimeReferenceTest: LINK,
      cRateLifeCycleTest: NUMBER,
      temperatureRangeIdleState: object({
        minimum: between(-100, 200),
        maximum: between(-100, 200),
      }),
      roundTripEfficiencyat50PerCentCycleLife: NUMBER,
      roundTripEfficiencyFade: NUMBER,
      powerFade: NUMBER,
    }),
    batteryCondition: object({
      energyThroughput: measured("energyThroughputValue"),
      capacityThroughput: measured("capacityThroughputValue"),
      numberOfFullCycles: measured("numberOfFullCyclesValue"),
      stateOfCertifiedEnergy: measured("stateOfCertifiedEnergyValue"),
      capacityFade: measured("capacityFadeValue"),
      remainingEnergy: measured("remainingEnergyValue"),
      remainingCapacity: measured("remainingCapacityValue"),
      negativeEvents: listOf(
        object({
          negativeEvent: TEXT,
          lastUpdate: MOMENT,
        }),
      ),
      temperatureInformation: object({
        timeExtremeHighTemp: NUMBER,
        timeExtremeLowTemp: NUMBER,
        timeExtremeHighTempCharging: NUMBER,
        timeExtremeLowTempCharging: NUMBER,
        lastUpdate: MOMENT,
      }),
      remainingPowerCapability: object({
        remainingPowerCapabilityValue: object({
          rPCLastUpdated: MOMENT,
          atSoC: NUMBER,
          powerCapabilityAt: NUMBER,
        }),
        lastUpdate: MOMENT,
      }),
      evolutionOfSelfDischarge: measured("evolutionOfSelfDischargeValue"),
      currentSelfDischargingRate: measured("currentSelfDischargingRateValue"),
      internalResistanceIncrease: listOf(
        object({
          internalResistanceIncreaseValue: NUMBER,
          lastUpdate: MOMENT,
          batteryComponent: oneOf("pack", "module", "cell"),
        }),
      ),
      remainingRoundTripEnergyEfficiency: measured("remainingRoundTripEnergyEfficiencyValue"),
      stateOfCharge: measured("stateOfChargeValue"),
    }),
  }),
  SupplyChainDueDiligence: object({
    supplyChainDueDiligenceReport: LINK,
    "thirdPartyAussurances?": LINK,
    "supplyChainIndicies?": NUMBER,
  }),
} as const satisfies Record<string, Shape>;
