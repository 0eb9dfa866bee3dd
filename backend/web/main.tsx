import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startLanguage } from "./language/startLanguage.ts";
import { ServedPage } from "./pages/ServedPage.tsx";
import { readAddress } from "./server/address.ts";
import "./styles.css";

/** The page that an operator serves: behind every QR code, and the look-up that leads there. */
startLanguage();
createRoot(document.getElementById("page") as HTMLElement).render(
  <StrictMode>
    <ServedPage address={readAddress(location.href)} />
  </StrictMode>,
);
