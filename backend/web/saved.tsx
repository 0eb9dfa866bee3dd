import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startLanguage } from "./language/startLanguage.ts";
import { SavedPage } from "./pages/SavedPage.tsx";
import "./styles.css";

/** verify.html: the verifier as one file, for a disk instead of a server. */
startLanguage();
createRoot(document.getElementById("page") as HTMLElement).render(
  <StrictMode>
    <SavedPage />
  </StrictMode>,
);
