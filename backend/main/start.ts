// The server of one installation. `npm start` runs it through the launcher.
import { serve } from "./serve.ts";

serve(process.env);
