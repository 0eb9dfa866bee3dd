import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, LANGUAGES } from "../language/startLanguage.ts";
import { BatteryIcon } from "./icons.tsx";

/** What surrounds every page: name, language, content. */
export function Frame({ home, children }: { readonly home: string | null; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const name = (
    <>
      <BatteryIcon />
      <span>{t("site/title")}</span>
    </>
  );
  return (
    <>
      <a className="skip" href="#content">
        {t("site/skip")}
      </a>
      <header className="bar">
        {home === null ? (
          <span className="brand">{name}</span>
        ) : (
          <a className="brand" href={home} title={t("site/home")}>
            {name}
          </a>
        )}
        <LanguageSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className="languages">
      <legend className="unseen">{t("site/language")}</legend>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language === "zh" ? "zh-CN" : language}
          aria-pressed={i18n.language === language}
          onClick={() => chooseLanguage(language)}
        >
          {i18n.getFixedT(language)("languageName")}
        </button>
      ))}
    </fieldset>
  );
}
