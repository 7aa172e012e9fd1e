"""Write studies with known stones, for `lithoscope evaluate`.

    python make_study.py --count 48 --free 16 --out cache/studies

One folder per study: `dicom/` (axial slices), `truth.nii.gz` (a label for each
stone, then one for each mimic), `truth.json` (true size, volume, place, kind).
Studies go in turn through slice thickness x dose x region of the body, their
stones through the size classes; `--free` of them have no stone and twice the
mimics. To be quick, a study is 70 mm of the body. Everything follows from
`--seed`; test seeds start at 900 000, where no training subject lies.
"""

import argparse
import gzip
import itertools
import json
import struct
import uuid
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from anatomy import Subject
from canvas import Grid
from phantom import HU_RANGE, Acquisition, half_maximum, noise_slices, render_clean
from stones import MIMICS, draw_stone

SEED = 900_000
EXTENT_MM = 70.0
PIXEL_MM, SIDE = 0.85, 448
# mm between slices = thickness; SD of the noise in HU; kernel's name and blur (mm)
THICKNESSES = (1.0, 1.25, 2.0, 3.0, 5.0)
NOISES = (8.0, 15.0, 25.0)
KERNELS = (("B40f", 0.5), ("B30f", 0.6), ("B10f", 0.7))
SIZES = ((1.5, 2), (2, 3), (3, 5), (5, 10), (10, 18))
PLACES = {
    "kidney": ("kidney", "renal pelvis", "proximal ureter"),
    "pelvis": ("distal ureter", "ureterovesical junction", "bladder"),
}
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lithoscope/study/1")


def uid(name: str) -> str:
    """A fixed UID under the 2.25 root."""
    return f"2.25.{uuid.uuid5(NAMESPACE, name).int}"


def middle(subject: Subject, region: str) -> float:
    """Height (mm, LPS) of the middle of a region of the body."""
    if region == "pelvis":
        return float(subject.to_patient(subject.bladder_centre)[2])
    return float(np.mean([subject.to_patient(k.at(np.zeros(3)))[2] for k in subject.kidneys]))


def draw(rng, make, low: float, high: float, tries: int = 60):
    """A deposit whose centre lies within a range of heights; `None` if none comes."""
    for _ in range(tries):
        deposit = make()
        if low <= deposit.centre[2] <= high:
            return deposit
    return None


def study(number: int, seed: int, free: bool):
    """(HU, labels, heights, grid, acquisition, kernel, deposits) of one study."""
    rng = np.random.default_rng([seed, number, 7])
    subject = Subject(seed + number)
    combinations = list(itertools.product(PLACES, THICKNESSES, NOISES))
    region, thickness, noise = combinations[(number * 7) % len(combinations)]
    kernel, sigma = KERNELS[number % len(KERNELS)]
    centre = middle(subject, region)
    zs = centre - EXTENT_MM / 2 + thickness * np.arange(int(EXTENT_MM / thickness))
    low, high = zs[0] + 8, zs[-1] - 8
    deposits = []
    if not free:
        for n in range(3):
            size = rng.uniform(*SIZES[(number + n * 2) % len(SIZES)])
            place = PLACES[region][n]
            deposits.append(draw(rng, lambda size=size, place=place: draw_stone(rng, subject, place, size), low, high))
    for make in MIMICS.values():
        for _ in range(rng.poisson(1.6 if free else 0.8)):
            deposits.append(draw(rng, lambda make=make: make(rng, subject), low, high))
    deposits = sorted((d for d in deposits if d), key=lambda d: d.kind != "stone")
    grid = Grid.centred(0.0, 20.0, PIXEL_MM, SIDE, SIDE)
    scan = Acquisition(thickness, sigma, noise)
    hu = render_clean(subject, grid, zs, scan)
    labels = np.zeros(hu.shape, np.uint8)
    for label, deposit in enumerate(deposits, 1):
        placed = deposit.insert(hu, grid, zs, thickness, sigma)
        if placed and placed[1].max() > 0:
            labels[placed[0]][half_maximum(placed[1], deposit)] = label
    hu += noise_slices(rng, hu.shape, grid.pixel, noise)
    return np.clip(hu, *HU_RANGE), labels, zs, grid, scan, kernel, deposits


def slice_file(name: str, index: int, hu: np.ndarray, z: float, grid: Grid, scan: Acquisition, kernel: str) -> Dataset:
    """One axial slice."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, uid(f"{name}/{index}")
    ds.StudyInstanceUID, ds.SeriesInstanceUID = uid(f"{name}/study"), uid(f"{name}/series")
    ds.FrameOfReferenceUID = uid(f"{name}/frame")
    ds.Modality, ds.ImageType = "CT", ["DERIVED", "SECONDARY", "AXIAL"]
    ds.PatientName, ds.PatientID = "Phantom^Synthetic", name
    ds.StudyDescription, ds.SeriesDescription = "Everything here is synthetic", f"{name}, no contrast"
    ds.SeriesNumber, ds.InstanceNumber = 1, index + 1
    ds.PatientPosition, ds.KVP, ds.ConvolutionKernel = "HFS", "120", kernel
    ds.SliceThickness = f"{scan.thickness:g}"
    ds.ImagePositionPatient = [f"{v:.4f}" for v in (grid.x0, grid.y0, z)]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.PixelSpacing = [f"{grid.pixel:g}"] * 2
    ds.Rows, ds.Columns = hu.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "HU"
    ds.PixelData = np.rint(hu).astype("<i2").tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


def nifti(labels: np.ndarray, zs: np.ndarray, grid: Grid) -> bytes:
    """NIfTI-1 of labels (z, row, column) on the study's grid; RAS, as NIfTI has it."""
    step = float(zs[1] - zs[0])
    header = bytearray(348)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *labels.shape[::-1], 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 2, 8)  # unsigned bytes
    struct.pack_into("<8f", header, 76, 1, grid.pixel, grid.pixel, step, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    header[123] = 2  # millimetres
    struct.pack_into("<2h", header, 252, 0, 1)
    rows = (-grid.pixel, 0, 0, -grid.x0, 0, -grid.pixel, 0, -grid.y0, 0, 0, step, zs[0])
    struct.pack_into("<12f", header, 280, *rows)
    header[344:348] = b"n+1\0"
    return gzip.compress(bytes(header) + bytes(4) + labels.tobytes(), mtime=0)


def write(folder: Path, number: int, seed: int, free: bool) -> None:
    hu, labels, zs, grid, scan, kernel, deposits = study(number, seed, free)
    (folder / "dicom").mkdir(parents=True, exist_ok=True)
    for k, image in enumerate(hu):
        file = slice_file(folder.name, k, image, zs[k], grid, scan, kernel)
        file.save_as(folder / "dicom" / f"{k:04d}.dcm", enforce_file_format=True)
    (folder / "truth.nii.gz").write_bytes(nifti(labels, zs, grid))
    told = [
        {
            "label": label,
            "kind": "stone" if d.kind == "stone" else "mimic",
            "place": d.place if d.kind == "stone" else d.kind,
            "diameter_mm": round(float(d.max_diameter), 3),
            "volume_mm3": round(d.shape.volume(), 3),
            "hu": round(float(d.hu), 1),
            "side": d.side,
        }
        for label, d in enumerate(deposits, 1)
    ]
    truth = {"thickness_mm": scan.thickness, "noise_hu": scan.noise, "sigma_mm": scan.sigma, "labels": told}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--free", type=int, default=16, help="how many of them have no stone")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "cache" / "studies")
    args = parser.parse_args()
    every = args.count // args.free if args.free else args.count + 1
    for number in range(args.count):
        folder = args.out / f"study-{number:04d}"
        if not (folder / "truth.json").exists():
            write(folder, number, args.seed, number % every == every - 1)
            print(folder.name, flush=True)


if __name__ == "__main__":
    main()
