/** A moment in the visitor's own time zone. */
export function formatTime(unixSeconds: number, language: string): string {
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return format.format(new Date(unixSeconds * 1000));
}
