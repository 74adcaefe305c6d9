import { VERSION } from "../../text/version.js";

/** How every request names its sender, so that whoever runs a server can tell what asks. */
export const USER_AGENT = `binance-futures-availability/${VERSION}`;
