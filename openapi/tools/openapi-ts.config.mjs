// How the TypeScript client is generated: fetch, no runtime dependency, file extensions in the
// imports so that the output runs on Node as it is. scripts/contract names both paths.
const { HOSPES_OPENAPI, HOSPES_CLIENT_DIR } = process.env;
if (!HOSPES_OPENAPI || !HOSPES_CLIENT_DIR) {
  throw new Error("HOSPES_OPENAPI (the document) and HOSPES_CLIENT_DIR (the output) must be set");
}

export default {
  input: HOSPES_OPENAPI,
  output: { path: HOSPES_CLIENT_DIR, module: { extension: ".js" } },
  plugins: ["@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch"],
};
