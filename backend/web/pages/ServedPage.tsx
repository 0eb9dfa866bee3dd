import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Frame } from "../parts/Frame.tsx";
import { StatusIcon } from "../parts/icons.tsx";
import type { Address } from "../server/address.ts";
import { recallRpcs, rememberRpcs } from "../verification/chosenRpcs.ts";
import { PassportPage } from "./PassportPage.tsx";
import { ProductPage } from "./ProductPage.tsx";
import { StartPage } from "./StartPage.tsx";

/** The page for an address of an operator's server. */
export function ServedPage({ address }: { readonly address: Address }) {
  const [chosenRpcs, setChosenRpcs] = useState(recallRpcs);
  const chooseRpcs = useCallback((rpcs: readonly string[]) => {
    rememberRpcs(rpcs);
    setChosenRpcs([...rpcs]);
  }, []);
  return <Frame home="/">{contentOf(address, { chosenRpcs, chooseRpcs })}</Frame>;
}

export type RpcChoice = {
  /** Empty: the operator's. */
  readonly chosenRpcs: readonly string[];
  readonly chooseRpcs: (rpcs: readonly string[]) => void;
};

function contentOf(address: Address, rpc: RpcChoice) {
  switch (address.page) {
    case "start":
      return <StartPage />;
    case "passport":
      return <PassportPage {...address} {...rpc} />;
    case "product":
      return <ProductPage uid={address.uid} {...rpc} />;
    case "unknown":
      return <UnknownPage />;
  }
}

function UnknownPage() {
  const { t } = useTranslation();
  return (
    <>
      <section className="verdict unavailable">
        <div className="answer">
          <StatusIcon status="unavailable" />
          <p>{t("trouble/address-unknown")}</p>
        </div>
      </section>
      <StartPage />
    </>
  );
}
