"""KSSD scans as DICOM series through `lithoscope predict`, as a hospital's would go.

    python end_to_end.py --lithoscope ../../target/release/lithoscope --folds cache

Each run is written as a study folder (`dicom/`, `truth.nii.gz`, `truth.json`, the form that `lithoscope evaluate`
reads), HU by the run's grey peaks, KSSD_PIXEL_MM and KSSD_SPACING_MM assumed. With --folds each scan is read by the
network of the fold that left it out (`fold-a.pt` ...); without, by the one built in, which saw them all.
"""

import argparse
import gzip
import json
import struct
import subprocess
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from scipy import ndimage

import data
import export
import real
import tract
from folds import image_rows, load, run_hu, summary


def write_slice(path: Path, hu: np.ndarray, index: int, study: str) -> None:
    """One image as uncompressed CT."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = CTImageStorage
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid(entropy_srcs=[study, str(index)])
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.Modality, ds.PatientName, ds.PatientID, ds.PatientPosition = "CT", "KSSD", study, "HFS"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = (generate_uid(entropy_srcs=[study, x]) for x in "abc")
    ds.SeriesNumber, ds.InstanceNumber = 1, index + 1
    ds.Rows, ds.Columns = hu.shape
    ds.PixelSpacing, ds.SliceThickness = [real.KSSD_PIXEL_MM] * 2, real.KSSD_SPACING_MM
    ds.ImagePositionPatient = [0, 0, index * real.KSSD_SPACING_MM]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "HU"
    ds.PixelData = hu.astype("<i2").tobytes()
    ds.save_as(path, enforce_file_format=True)


def nifti(labels: np.ndarray) -> bytes:
    """Labels (z, H, W) as .nii.gz on the grid of `write_slice`."""
    header = bytearray(352)
    z, rows, columns = labels.shape
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, columns, rows, z, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 512, 16)
    pixel = real.KSSD_PIXEL_MM
    struct.pack_into("<8f", header, 76, 1, pixel, pixel, real.KSSD_SPACING_MM, 0, 0, 0, 0)
    struct.pack_into("<f", header, 108, 352)
    struct.pack_into("<2h", header, 252, 0, 1)
    # RAS of an LPS grid that starts at the origin
    struct.pack_into("<12f", header, 280, -pixel, 0, 0, 0, 0, -pixel, 0, 0, 0, 0, real.KSSD_SPACING_MM, 0)
    header[344:348] = b"n+1\0"
    return gzip.compress(bytes(header) + labels.astype("<u2").tobytes())


def write_study(folder: Path, run: real.Run) -> None:
    """A run as DICOM with its truth."""
    (folder / "dicom").mkdir(parents=True, exist_ok=True)
    for index, hu in enumerate(run_hu(run)):
        write_slice(folder / "dicom" / f"{index:04d}.dcm", hu, index, folder.name)
    labels, count = ndimage.label(run.masks, np.ones((3, 3, 3)))
    (folder / "truth.nii.gz").write_bytes(nifti(labels))
    stones = [{"label": k, "kind": "stone"} for k in range(1, count + 1)]
    (folder / "truth.json").write_text(json.dumps(stones) + "\n")


def predicted(lithoscope: str, folder: Path, model: list[str]) -> np.ndarray:
    """Which voxels (z, H, W) `lithoscope predict --labels` marks."""
    out = folder / "found.nii.gz"
    subprocess.run([lithoscope, "predict", str(folder / "dicom"), "--json", "--labels", str(out), *model], check=True, stdout=subprocess.DEVNULL)
    blob = gzip.decompress(out.read_bytes())
    columns, rows, z = struct.unpack_from("<3h", blob, 42)
    return np.frombuffer(blob, "<u2", offset=int(struct.unpack_from("<f", blob, 108)[0])).reshape(z, rows, columns) > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lithoscope", default=str(data.HERE.parents[1] / "target" / "release" / "lithoscope"))
    parser.add_argument("--folds", type=Path, help="folder of fold-a.pt, fold-b.pt, fold-c.pt")
    parser.add_argument("--settings", type=Path, default=data.HERE / "figures.json", help="thresholds, written by evaluate.py")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    parser.add_argument("--studies", type=Path, default=data.HERE / "cache" / "studies")
    args = parser.parse_args()
    figures = json.loads(args.settings.read_text())
    rows, number = [], {}
    for run in real.load_kssd(args.shared / "kssd"):
        number[run.scan] = number.get(run.scan, 0) + 1
        folder = args.studies / f"scan{run.scan:02d}-{number[run.scan]}"
        write_study(folder, run)
        model = []
        if args.folds:
            fold = next(f for f, scans in real.FOLDS.items() if run.scan in scans)
            # the fold's network with the settings that were chosen without it
            nets = load(args.folds / f"fold-{fold}.pt"), load(args.folds / "tract.pt")
            model = ["--model", str(export.write(*nets, args.folds / f"fold-{fold}", figures["settings_by_fold"][fold], "a fold"))]
        rows += image_rows(predicted(args.lithoscope, folder, model), run)
    result = summary(rows)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
