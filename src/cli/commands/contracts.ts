import type { InferredOptionTypes } from "yargs";
import { EXCHANGE_INFO_URL } from "../../vision/exchange-info.js";
import { answerOptions } from "../args/answer-options.js";
import { dbOption } from "../args/db-path.js";
import { filePath, pastTime } from "../args/readers.js";
import { caOption, contractsUrlOption, requestOptions, voiceOptions, waitOption } from "../args/run-options.js";
import { contractsAnswer, contractsText } from "../output/contracts.js";
import type { CommandBody } from "./command-body.js";
import { showAnswer } from "./run-command.js";

function contractsOptions() {
  return {
    db: dbOption(),
    url: contractsUrlOption("url", EXCHANGE_INFO_URL),
    "from-file": {
      describe: "read a saved exchangeInfo instead of the URL",
      string: true,
      requiresArg: true,
      coerce: filePath("from-file"),
    },
    "captured-at": {
      describe: "when the file was saved, UTC, such as 2024-03-01T12:00:00Z",
      string: true,
      requiresArg: true,
      implies: "from-file",
      coerce: pastTime("captured-at"),
      defaultDescription: "the serverTime in it",
    },
    ca: caOption(),
    ...requestOptions,
    wait: waitOption,
    ...answerOptions,
    ...voiceOptions,
  } as const;
}

/** `bfa contracts` */
const contractsCommand: CommandBody<InferredOptionTypes<ReturnType<typeof contractsOptions>>> = {
  builder: (yargs) =>
    yargs
      .options(contractsOptions())
      .example("$0 contracts", "the exchange's contracts now; bfa update records them too")
      .example("$0 contracts --from-file old.json --captured-at 2024-03-01T12:00:00Z", "its contracts at that time")
      .epilogue(
        "Captures can be imported in any order. Where Binance blocks its API (451), nothing is recorded, and that is not a failure.",
      ),
  handler: async (args) => {
    const { contracts } = await import("../../run/contracts.js");
    const { db, url, "from-file": fromFile, "captured-at": capturedAt, ca, timeout, retries, wait } = args;
    const options = {
      ...{ db, url, fromFile, capturedAt, ca, retries },
      timeoutMs: timeout,
      waitMs: wait === undefined ? undefined : wait * 1000,
    };
    await showAnswer(args, options, contracts, contractsAnswer, contractsText);
  },
};

export default contractsCommand;
