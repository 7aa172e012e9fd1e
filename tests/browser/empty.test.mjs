// The page before anything is opened.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, screenshot, startOrigin } from "./harness.mjs";

let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.stop());

test("the empty page says what it is not, and asks for nothing but its own files", async () => {
  const page = await openPage(`${origin.address}/`);
  await page.getByText("Not a medical device").first().waitFor();
  await screenshot(page, "empty");
  const asked = await page.done();
  assert.ok(asked.length > 3, "the proxy has seen the page's files");
});
