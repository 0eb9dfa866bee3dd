import type { TFunction } from "i18next";
import type { ParticipantId } from "../../domain/types.ts";
import type { PassportView } from "../verification/viewPassport.ts";

/** A participant's name in the page's language, in English, or its number. */
export function participantName(
  t: TFunction,
  language: string,
  passport: PassportView | null,
  id: ParticipantId,
): string {
  const names = passport?.participants[String(id)]?.names ?? {};
  return names[language] ?? names.en ?? t("custody/participant", { id });
}
