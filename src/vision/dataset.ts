/**
 * The one dataset that is indexed: daily 1-minute klines of USDⓈ-M futures. Every object key, prefix and URL of the
 * project is derived from this value.
 */
export const DATASET = {
  /** Bucket prefix under which each symbol has a folder. */
  prefix: "data/futures/um/daily/klines/",
  interval: "1m",
} as const;

/** The public hosts of Binance Vision. */
export const ENDPOINTS = {
  /** HEAD and GET of objects (CloudFront). */
  download: "https://data.binance.vision",
  /** The bucket's own list endpoint, path style. */
  list: "https://s3-ap-northeast-1.amazonaws.com/data.binance.vision",
} as const;

/** Earliest date that may be asked for: the start of USDⓈ-M futures trading. */
export const EPOCH = "2019-09-25";

/** First date with any 1-minute kline file in the bucket (BTCUSDT, ETHUSDT, BCHUSDT). */
export const FIRST_DATA_DATE = "2019-12-31";

/** A missing file is only taken as truth from this many days after the start of its day, 00:00 UTC. */
export const FINAL_AFTER_DAYS = 4;
