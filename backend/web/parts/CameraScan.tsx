import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** The part of the Shape Detection API that is used; not every browser has it. */
type Detector = { detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]> };
type DetectorClass = new (options: { readonly formats: readonly string[] }) => Detector;

const detectorClass = (): DetectorClass | undefined => Reflect.get(globalThis, "BarcodeDetector");

/** Whether this browser can read codes with its camera (which it may only on a secure page). */
export const canScan = (): boolean => detectorClass() !== undefined && navigator.mediaDevices !== undefined;

/** The carriers that EU law and GB/T 34014 put on batteries. */
const FORMATS = ["qr_code", "data_matrix", "code_128"];
const PAUSE_MS = 200;

/** Reads a code with the camera, on request, and stops as soon as it has one. */
export function CameraScan({ found }: { readonly found: (text: string) => void }) {
  const { t } = useTranslation();
  const [state, setState] = useState<"off" | "on" | "refused">("off");
  const video = useRef<HTMLVideoElement>(null);
  const report = useRef(found);
  report.current = found;

  useEffect(() => {
    if (state !== "on") return;
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running = true;
    const stop = () => {
      running = false;
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const look = async (detector: Detector, picture: HTMLVideoElement) => {
      // A frame that cannot be decoded (the camera still warming up) is no reason to stop.
      const [code] = await detector.detect(picture).catch(() => []);
      if (!running) return;
      if (code === undefined) timer = setTimeout(look, PAUSE_MS, detector, picture);
      else {
        setState("off");
        report.current(code.rawValue);
      }
    };
    const start = async () => {
      const Class = detectorClass() as DetectorClass;
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!running || video.current === null) return stop();
      video.current.srcObject = stream;
      await video.current.play();
      await look(new Class({ formats: FORMATS }), video.current);
    };
    start().catch(() => running && setState("refused"));
    return stop;
  }, [state]);

  return (
    <>
      <button type="button" className="quiet" onClick={() => setState(state === "on" ? "off" : "on")}>
        {t(state === "on" ? "start/stop" : "start/scan")}
      </button>
      {state === "on" && (
        <div className="camera">
          <p role="status">{t("start/scanning")}</p>
          <video ref={video} muted playsInline />
        </div>
      )}
      {state === "refused" && (
        <p className="bad" role="alert">
          {t("start/noCamera")}
        </p>
      )}
    </>
  );
}
