// Loaded into every program by the launcher (node --import): when the launcher is killed by force, the program gets
// the signal that a polite end would have sent, and stops as cleanly as then.
import { onParentGone } from "./onParentGone.mjs";

onParentGone(() => process.kill(process.pid, "SIGTERM"));
