import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import tseslint from "typescript-eslint";
import house from "./house.js";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "coverage/", ".config/"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { house },
    rules: { "house/arrows": "error", "house/circles": "error", "house/terminal": "error" },
  },
  {
    languageOptions: {
      parserOptions: {
        project: ["test/tsconfig.json", "web/tsconfig.json"],
        tsconfigRootDir: fileURLToPath(new URL("..", import.meta.url)),
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    // A fixture that uses no other must still destructure its context, because vitest parses the parameter's source.
    files: ["test/**"],
    rules: { "no-empty-pattern": ["error", { allowObjectPatternsAsParameters: true }] },
  },
  {
    // These are only compiled, never run.
    files: ["test/types/**"],
    rules: {
      "@typescript-eslint/no-unused-vars": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    // Node runs these files directly, so they have no types.
    files: ["**/*.cjs"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      sourceType: "commonjs",
      parserOptions: { project: null },
      globals: {
        __dirname: "readonly",
        Date: "readonly",
        require: "readonly",
        process: "readonly",
        setTimeout: "readonly",
        setImmediate: "readonly",
        WebAssembly: "readonly",
        globalThis: "writable",
      },
    },
    rules: { ...tseslint.configs.disableTypeChecked.rules, "@typescript-eslint/no-require-imports": "off" },
  },
);
