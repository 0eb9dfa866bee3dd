import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { recall, remember } from "../remembered.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

const isLanguage = (text: string | null): text is Language => LANGUAGES.some((language) => language === text);

/** What was chosen here before, else the first of the browser's languages that there is. */
function firstLanguage(): Language {
  const remembered = recall("language");
  if (isLanguage(remembered)) return remembered;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? "en";
}

/** Screen readers and fonts choose by this. */
function tellDocument(language: string): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : language;
}

/** Sets up the texts; both languages travel with the page, so that switching needs no network. */
export function startLanguage(): i18n {
  void i18next.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: "en",
    resources: { en: { translation: en }, zh: { translation: zh } },
    // React escapes; a second time would show the escapes.
    interpolation: { escapeValue: false },
    // Codes of checks and paths of fields are keys as they are.
    keySeparator: "/",
    nsSeparator: false,
    initAsync: false,
  });
  tellDocument(i18next.language);
  i18next.on("languageChanged", tellDocument);
  return i18next;
}

/** Switches at once, and for the next visit. */
export function chooseLanguage(language: Language): void {
  remember("language", language);
  void i18next.changeLanguage(language);
}
