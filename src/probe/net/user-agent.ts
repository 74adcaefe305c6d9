import { VERSION } from "../../text/version.js";

/** Sent with every request, so that server operators can identify the client. */
export const USER_AGENT = `binance-futures-availability/${VERSION}`;
