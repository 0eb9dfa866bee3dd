/**
 * Headers of bytes that somebody else made and that are served under our name: a browser saves them and runs nothing of
 * them, whatever they are. Helmet adds `nosniff`. Bytes under their CID never change.
 * @param name of the saved file: a CID and an ending
 */
export const downloadHeaders = (cid: string, name: string): Readonly<Record<string, string>> => ({
  "content-type": "application/octet-stream",
  "content-disposition": `attachment; filename="${name}"`,
  "content-security-policy": "default-src 'none'; sandbox",
  "cache-control": "public, max-age=31536000, immutable",
  etag: `"${cid}"`,
});
