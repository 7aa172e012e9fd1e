// Debian's Orthanc with its DICOMweb plugin, where it is installed: a PACS for a test, that keeps what it is given in a
// folder that goes with it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { freePort } from "./harness.mjs";
import { eventually } from "./viewer.mjs";

const PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
const program = ["Orthanc", "/usr/sbin/Orthanc"].find((name) => !spawnSync(name, ["--version"]).error);

export const hasOrthanc = program !== undefined && existsSync(PLUGIN);

export async function startOrthanc() {
  const [folder, port] = [mkdtempSync(`${tmpdir()}/lithoscope-`), await freePort()];
  writeFileSync(`${folder}/orthanc.json`, JSON.stringify({
    StorageDirectory: `${folder}/db`, IndexDirectory: `${folder}/db`, HttpPort: port, DicomServerEnabled: false,
    RemoteAccessAllowed: false, AuthenticationEnabled: false, Plugins: [PLUGIN], DicomWeb: { Enable: true, Root: "/dicom-web/" },
  }));
  const server = spawn(program, [`${folder}/orthanc.json`], { stdio: "ignore" });
  const address = `http://127.0.0.1:${port}`;
  await eventually(() => fetch(`${address}/system`), 60_000);
  const json = async (path) => (await fetch(`${address}${path}`, { headers: { accept: "application/json" } })).json();
  return {
    dicomWeb: `${address}/dicom-web`,
    json,
    /** A file, or an archive of them. */
    upload: (content) => fetch(`${address}/instances`, { method: "POST", body: content }),
    /** The files of a modality, as they are kept. */
    async filesOf(modality) {
      const files = [];
      for (const id of await json("/instances")) {
        const { MainDicomTags } = await json(`/instances/${id}/series`);
        if (MainDicomTags.Modality === modality) files.push(Buffer.from(await (await fetch(`${address}/instances/${id}/file`)).arrayBuffer()));
      }
      return files;
    },
    async stop() {
      server.kill("SIGTERM");
      await once(server, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}
