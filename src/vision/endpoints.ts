/** The public hosts of Binance Vision. */
export const ENDPOINTS = {
  /** HEAD and GET of objects (CloudFront). */
  download: "https://data.binance.vision",
  /** The bucket's own list endpoint, path style. */
  list: "https://s3-ap-northeast-1.amazonaws.com/data.binance.vision",
} as const;
