"""Write the demonstration study: demo/demo.zip, demo/truth.json.

    python make_demo.py --out ../../demo

A synthetic abdomen-pelvis CT (130 axial slices, JPEG-LS lossless) and its scout,
as DICOM CT Image Storage in an uncompressed zip. Byte for byte the same each time.
"""

import argparse
import io
import json
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from jpeg_ls import encode
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, JPEGLSLossless
from scipy import ndimage

from anatomy import Subject
from canvas import Grid
from phantom import Acquisition, noise_slices, render
from stones import draw_phlebolith, draw_stone

SEED = 16
SLICES, SPACING_MM = 130, 2.5
BOTTOM_Z_MM = -164.0
CENTRE_Y_MM = 20.0
GRID = Grid.centred(0.0, CENTRE_Y_MM, 0.88, 432, 432)
SCAN = Acquisition(thickness=2.5, sigma=0.6, noise=5.0)
INTERCEPT = -1024
UID_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "lithoscope/demo/1")
# place, side (+1 left), largest diameter mm, plateau HU, composition
STONES = [
    ("lower pole", -1, 7.2, 1180.0, "calcium oxalate monohydrate"),
    ("renal pelvis", -1, 10.4, 1250.0, "apatite"),
    ("proximal ureter", -1, 5.2, 980.0, "calcium oxalate dihydrate"),
    ("upper pole", 1, 2.6, 1300.0, "calcium oxalate monohydrate"),
    ("inter pole", 1, 4.0, 1050.0, "calcium oxalate dihydrate"),
    ("ureterovesical junction", 1, 4.6, 1100.0, "calcium oxalate monohydrate"),
]


def uid(name: str) -> str:
    """A fixed UID under the 2.25 root."""
    return f"2.25.{uuid.uuid5(UID_NAMESPACE, name).int}"


def deposits(subject: Subject, rng) -> list:
    """The stones of `STONES` and one phlebolith, far from the ureters."""
    found = []
    for place, side, size, hu, composition in STONES:
        stone = draw_stone(rng, subject, place, size, side)
        stone.hu, stone.composition = hu, composition
        found.append(stone)
    phlebolith = draw_phlebolith(rng, subject, clearance=14.0, size=4.2, tails=0)
    phlebolith.hu = 420.0
    return [*found, phlebolith]


def base(series: str, number: int, instance: int) -> Dataset:
    """Attributes shared by the slices and the scout."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = uid(f"{series}/{instance}")
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = "20240101"
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "120000"
    ds.AccessionNumber = ""
    ds.Modality = "CT"
    ds.Manufacturer = "Lithoscope phantom"
    ds.ReferringPhysicianName = ""
    ds.StudyDescription = "Demonstration: everything here is synthetic"
    ds.ManufacturerModelName = "Procedural abdomen-pelvis phantom"
    ds.PatientName = "Demo^Synthetic"
    ds.PatientID = "DEMO"
    ds.PatientBirthDate = "19700101"
    ds.PatientSex = "O"
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = "Synthetic data: there is no patient"
    ds.BodyPartExamined = "ABDOMENPELVIS"
    ds.KVP = "120"
    ds.PatientPosition = "HFS"
    ds.StudyInstanceUID = uid("study")
    ds.SeriesInstanceUID = uid(series)
    ds.StudyID = "1"
    ds.SeriesNumber = number
    ds.AcquisitionNumber = 1
    ds.InstanceNumber = instance
    ds.FrameOfReferenceUID = uid("frame")
    ds.PositionReferenceIndicator = ""
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = str(INTERCEPT), "1", "HU"
    ds.BurnedInAnnotation = "NO"
    return ds


def write(ds: Dataset, hu: np.ndarray) -> bytes:
    """The DICOM file with the pixels as JPEG-LS lossless."""
    stored = np.clip(np.rint(hu) - INTERCEPT, 0, 4095).astype(np.uint16)
    ds.Rows, ds.Columns = stored.shape
    ds.PixelData = encapsulate([bytes(encode(stored))])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = JPEGLSLossless
    ds.file_meta.ImplementationClassUID = uid("implementation")
    ds.file_meta.ImplementationVersionName = "LITHOSCOPE_DEMO"
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def axial(scan, index: int, instance: int) -> bytes:
    """One slice; instances count from the head down."""
    ds = base("axial", 2, instance)
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.DerivationDescription = "Rendered from a procedural phantom"
    ds.SeriesDescription = "Abdomen-pelvis 2.5 mm, no contrast (synthetic)"
    ds.ConvolutionKernel = "PHANTOM"
    ds.SliceThickness = f"{SCAN.thickness}"
    ds.SpacingBetweenSlices = f"{SPACING_MM}"
    ds.ImagePositionPatient = [f"{v:.3f}" for v in (scan.grid.x0, scan.grid.y0, scan.zs[index])]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.SliceLocation = f"{scan.zs[index]:.3f}"
    ds.PixelSpacing = [f"{scan.grid.pixel}", f"{scan.grid.pixel}"]
    ds.WindowCenter, ds.WindowWidth = "60", "400"
    return write(ds, scan.hu[index])


def scout(scan) -> bytes:
    """A coronal projection: line integrals of attenuation, scaled to a grey picture."""
    water = np.maximum(scan.hu[::-1] + 1000, 0).sum(axis=1) * scan.grid.pixel / 1000
    picture = np.repeat(np.interp(water, [0, 60, 330], [-1000, -600, 800]), 2, axis=0)
    picture = (picture[:, 0::2] + picture[:, 1::2]) / 2
    ds = base("scout", 1, 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    ds.SeriesDescription = "Scout (synthetic)"
    ds.SliceThickness = f"{scan.grid.pixel * scan.grid.rows:.2f}"
    top = scan.zs[-1] + SPACING_MM / 4
    ds.ImagePositionPatient = [f"{v:.3f}" for v in (scan.grid.x0 + scan.grid.pixel / 2, 0.0, top)]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "0", "-1"]
    ds.PixelSpacing = [f"{SPACING_MM / 2}", f"{scan.grid.pixel * 2:g}"]
    ds.RescaleType = "US"  # a projection has no Hounsfield scale
    ds.WindowCenter, ds.WindowWidth = "0", "1700"
    return write(ds, picture)


def truth(scan) -> dict:
    """What was put in, exactly."""

    def common(deposit) -> dict:
        return {
            "center_lps_mm": [round(float(v), 3) for v in deposit.centre],
            "max_diameter_mm": round(deposit.max_diameter, 3),
            "volume_mm3": round(deposit.shape.volume(), 3),
            "hu": round(deposit.hu, 1),
            "side": deposit.side,
            "place": deposit.place,
        }

    stones = [d for d in scan.deposits if d.kind == "stone"]
    return {
        "schema": "lithoscope/demo-truth/1",
        "stones": [
            {"id": i, **common(d), "composition": d.composition, "voxels": int((scan.label == i).sum())}
            for i, d in enumerate(stones, 1)
        ],
        "mimics": [{"kind": d.kind, **common(d)} for d in scan.deposits if d.kind != "stone"],
    }


def demo_scan():
    """The demo phantom, rendered; also used by the evaluation."""
    subject = Subject(SEED)
    rng = np.random.default_rng([SEED, 2])
    zs = BOTTOM_Z_MM + SPACING_MM * np.arange(SLICES)
    still = replace(SCAN, noise=0)
    scan = render(subject, GRID, zs, still, deposits(subject, rng), rng)
    # air and couch stay free of noise, so that the study packs small
    scan.hu += noise_slices(rng, scan.hu.shape, GRID.pixel, SCAN.noise) * np.stack([_body(s) for s in scan.hu])
    circle = np.hypot(GRID.x()[None, :], GRID.y()[:, None] - CENTRE_Y_MM) < 0.498 * GRID.columns * GRID.pixel
    scan.hu[:, ~circle] = INTERCEPT
    return scan


def _body(hu: np.ndarray) -> np.ndarray:
    """The patient in one slice: the largest piece of tissue, holes filled."""
    parts, _ = ndimage.label(hu > -500)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return ndimage.binary_fill_holes(parts == sizes.argmax())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "demo")
    args = parser.parse_args()
    scan = demo_scan()
    args.out.mkdir(parents=True, exist_ok=True)
    files = {"demo/SCOUT/IM0001.dcm": scout(scan)}
    for instance, index in enumerate(range(SLICES - 1, -1, -1), 1):
        files[f"demo/CT/IM{instance:04d}.dcm"] = axial(scan, index, instance)
    with zipfile.ZipFile(args.out / "demo.zip", "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 12, 0, 0)), data)
    (args.out / "truth.json").write_text(json.dumps(truth(scan), indent=1) + "\n")
    size = (args.out / "demo.zip").stat().st_size
    print(f"{len(files)} files, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
