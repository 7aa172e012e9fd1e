"""Writes the files of this folder with DCMTK and GDCM: apt-get install dcmtk, pip install numpy pydicom
python-gdcm, then python make.py.

NAME.TOOL-OPTIONS.dcm is the image of ../NAME.raw in the syntax that the options ask for.
"""

import pathlib
import subprocess
import tempfile

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset

HERE = pathlib.Path(__file__).parent
ROWS, COLUMNS = 24, 32

DCMTK = {
    "dcmconv-ti": ["dcmconv", "+ti"],
    "dcmconv-tb": ["dcmconv", "+tb"],
    "dcmconv-td": ["dcmconv", "+td"],
    "dcmconv-tg": ["dcmconv", "+tg"],
    "dcmconv-undefined": ["dcmconv", "+te", "-e"],
    "dcmconv-no-meta": ["dcmconv", "+te", "-F"],
    "dcmconv-group-length": ["dcmconv", "+te", "+g", "+p", "512", "64"],
    "dcmcrle": ["dcmcrle", "+un"],
    "dcmcjpeg-sv1": ["dcmcjpeg", "+e1", "+un"],
    **{f"dcmcjpeg-sv{n}": ["dcmcjpeg", "+el", "+sv", str(n), "+un"] for n in range(2, 8)},
    "dcmcjpeg-fragments": ["dcmcjpeg", "+e1", "+fs", "1", "-ot", "+un"],
    "dcmcjpls": ["dcmcjpls", "+un"],
}
GDCM = {
    "gdcmconv-deflated": ["--deflated"],
    "gdcmconv-jpeg": ["--jpeg"],
    "gdcmconv-jpegls": ["--jpegls"],
    "gdcmconv-j2k": ["--j2k"],
    "gdcmconv-rle": ["--rle"],
}


def source(stored, bits, signed):
    """A CT slice in explicit VR little endian."""
    ds = Dataset()
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.SOPInstanceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = "2.25.3", "2.25.1", "2.25.2"
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 149"]
    ds.PatientName, ds.PatientID, ds.Modality = "Hong^Gildong=洪^吉洞=홍^길동", "P1", "CT"
    ds.StudyID = ds.SeriesNumber = ds.InstanceNumber = "1"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [-10, -20, 7.5], [1, 0, 0, 0, 1, 0]
    ds.Rows, ds.Columns, ds.PixelSpacing = ROWS, COLUMNS, [0.5, 0.75]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, bits, bits - 1
    ds.PixelRepresentation = int(signed)
    ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-D4000", "SRT", "Abdomen"
    ds.AnatomicRegionSequence = [code]
    ds.PixelData = stored.tobytes()
    ds["PixelData"].VR = "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    return ds


for name, bits, signed in (("u12", 12, False), ("s16", 16, True)):
    with tempfile.TemporaryDirectory() as folder:
        plain = f"{folder}/plain.dcm"
        source(np.fromfile(HERE / f"../{name}.raw", "<u2"), bits, signed).save_as(
            plain, enforce_file_format=True
        )
        for tool, (program, *options) in DCMTK.items():
            subprocess.run([program, *options, plain, HERE / f"{name}.{tool}.dcm"], check=True)
        for tool, options in GDCM.items():
            subprocess.run(["gdcmconv", *options, plain, HERE / f"{name}.{tool}.dcm"], check=True)
