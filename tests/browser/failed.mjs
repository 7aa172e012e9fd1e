// A reporter for node's tests: the files in which one failed, one in a line, as soon as it is known.
export default async function* failed(events) {
  const told = new Set();
  for await (const { type, data } of events) {
    if (type !== "test:fail" || told.has(data.file)) continue;
    told.add(data.file);
    yield `${data.file}\n`;
  }
}
