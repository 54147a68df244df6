import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  build: {
    target: "safari15",
    // Fonts stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ["index.html", "pop.html"] },
  },
  // The catalogue is read by Rust, too, and lies there.
  server: { fs: { allow: [".", "../src-tauri/crates/words"] } },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"] },
});
