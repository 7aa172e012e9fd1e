"""Reads seg.dcm and sr.dcm of a folder by pydicom and highdicom; fails where they say other than what was written.

masks.json holds, by stone, SOP instance, column and row of each voxel; findings.json what was measured.
"""
import json
import sys
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom

folder = Path(sys.argv[1])
findings = json.loads((folder / "findings.json").read_text())
masks = json.loads((folder / "masks.json").read_text())
images = {image.SOPInstanceUID: image for image in map(pydicom.dcmread, folder.glob("ct-*.dcm"))}
stones = {stone["id"]: stone for stone in findings["stones"]}
any_image = next(iter(images.values()))

seg = hd.seg.segread(folder / "seg.dcm")
assert seg.SOPClassUID.name == "Segmentation Storage" and seg.SegmentationType == "BINARY"
for name in ["StudyInstanceUID", "FrameOfReferenceUID", "PatientName", "PatientID", "PatientSex", "StudyDate",
             "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"]:
    assert seg[name].value == any_image[name].value, (name, seg[name], any_image[name])
assert [*seg.segment_numbers] == [*range(1, len(stones) + 1)]


def place(orientation, spacing, position, column, row):
    """Patient position of a pixel (PS3.3 C.7.6.2.1.1)."""
    across, down = np.array(orientation[:3], float), np.array(orientation[3:], float)
    return np.array(position, float) + across * spacing[1] * column + down * spacing[0] * row


# Every pixel of every frame, by the frame's own place, against the image that it was derived from.
written = {(id, uid, column, row) for id, voxels in masks for uid, column, row in voxels}
found = set()
shared = seg.SharedFunctionalGroupsSequence[0]
orientation = shared.PlaneOrientationSequence[0].ImageOrientationPatient
spacing = shared.PixelMeasuresSequence[0].PixelSpacing
for frame, own in zip(seg.pixel_array.reshape(-1, seg.Rows, seg.Columns), seg.PerFrameFunctionalGroupsSequence, strict=True):
    number = own.SegmentIdentificationSequence[0].ReferencedSegmentNumber
    source = own.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
    image = images[source]
    position = own.PlanePositionSequence[0].ImagePositionPatient
    for row, column in np.argwhere(frame):
        found.add((masks[number - 1][0], source, int(column), int(row)))
        here = place(orientation, spacing, position, column, row)
        there = place(image.ImageOrientationPatient, image.PixelSpacing, image.ImagePositionPatient, column, row)
        assert np.allclose(here, there, atol=1e-9), (source, here, there)
assert found == written, found ^ written

# The same by highdicom's own way from a source image to the masks.
for uid in {uid for _, uid, _, _ in written}:
    pixels = seg.get_pixels_by_source_instance([uid], ignore_spatial_locations=True, assert_missing_frames_are_empty=True)
    expected = np.zeros(pixels.shape, bool)
    for number, (_, voxels) in enumerate(masks):
        for of, column, row in voxels:
            if of == uid:
                expected[0, row, column, number] = True
    assert (pixels == expected).all(), uid

# And as a 3-D image, where the slices stand upon one another at one distance: each voxel lies where its image has it.
geometry = seg.get_volume_geometry()
assert (geometry is None) == (folder.name == "tilted")
if geometry is not None:
    volume = seg.get_volume()
    by_place = {id: {tuple(np.round(place(image.ImageOrientationPatient, image.PixelSpacing, image.ImagePositionPatient, column, row), 3))
                     for uid, column, row in voxels for image in [images[uid]]} for id, voxels in masks}
    for number, (id, _) in enumerate(masks):
        at = np.argwhere(volume.array[..., number])
        there = volume.map_indices_to_reference(at)
        assert {tuple(p) for p in np.round(there, 3)} == by_place[id], id

# The probability of each voxel, which the test has made of its place.
ordered = [images[uid] for uid in sorted(images, key=lambda uid: images[uid].InstanceNumber)]
places = {image.SOPInstanceUID: n for n, image in enumerate(ordered)}
shares = hd.seg.segread(folder / "probabilities.dcm")
assert (shares.SegmentationType, shares.SegmentationFractionalType) == ("FRACTIONAL", "PROBABILITY")
assert shares.SOPInstanceUID != seg.SOPInstanceUID and shares.SeriesInstanceUID != seg.SeriesInstanceUID
assert len(shares.SegmentSequence) == len(masks)
for uid in {uid for _, uid, _, _ in written}:
    pixels = shares.get_pixels_by_source_instance([uid], ignore_spatial_locations=True, assert_missing_frames_are_empty=True)
    expected = np.zeros(pixels.shape)
    for number, (_, voxels) in enumerate(masks):
        for of, column, row in voxels:
            if of == uid:
                expected[0, row, column, number] = (7 * column + 3 * row + 11 * places[uid]) % 100 / 100
    assert np.abs(pixels - expected).max() <= 0.5 / 255 + 1e-6, uid

report = hd.sr.srread(folder / "sr.dcm")
assert (report.VerificationFlag, report.CompletionFlag, report.PreliminaryFlag) == ("UNVERIFIED", "COMPLETE", "PRELIMINARY")
series = report.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
evidence = {it.ReferencedSOPInstanceUID for one in series for it in one.ReferencedSOPSequence}
assert evidence == {*images, seg.SOPInstanceUID}
SITES = {None: ("Calculus", "Urinary tract", None), "mid_ureter": ("Ureteric stone", "Ureter", None),
         "ureterovesical": ("Ureteric stone", "Ureter", "Distal")}
SIDES = {"left": "Left", "right": "Right"}
for number in seg.segment_numbers:
    description = seg.get_segment_description(number)
    stone = stones[masks[number - 1][0]]
    groups = report.content.get_volumetric_roi_measurement_groups(tracking_uid=description.tracking_uid)
    assert len(groups) == 1, "found again by its tracking UID"
    (group,) = groups
    assert description.segmented_property_type == group.finding_type
    segment = group.referenced_segment
    assert (segment.referenced_sop_instance_uid, [*segment.referenced_segment_numbers]) == (seg.SOPInstanceUID, [number])
    site = group.finding_sites[0]
    modifier = site.topographical_modifier
    assert (group.finding_type.meaning, site.value.meaning, modifier and modifier.meaning) == SITES[stone["level"]]
    levels = [it.value.meaning for it in group.get_qualitative_evaluations() if "Level" in it.name.meaning]
    assert levels == {None: [], "mid_ureter": ["Mid ureter"], "ureterovesical": ["Ureterovesical junction"]}[stone["level"]]
    laterality = group.finding_sites[0].laterality
    assert (laterality and laterality.meaning) == SIDES.get(stone["side"]), laterality
    # A bound is told in words only, and the HU of an edge with a doubt.
    limited = {"Long axis": "resolution_limit" in stone["limits"], "Craniocaudal extent": "craniocaudal_limit" in stone["limits"]}
    texts = [(item.ConceptNameCodeSequence[0].CodeMeaning, item.TextValue) for item in group[0].ContentSequence if item.ValueType == "TEXT"]
    bounds = {"Long axis": f"≤ {stone['max_axial_diameter_mm']} mm", "Craniocaudal extent": f"≤ {stone['craniocaudal_mm']} mm"}
    assert [text for text in texts if text[0] in bounds] == [(name, bounds[name]) for name in bounds if limited[name]], texts
    told = [text for name, text in texts if name == "Comment" and text.startswith("Limits: ")]
    assert told == (["Limits: at the limit of resolution: not larger than this; slices too thick for its height: at most this; "
                     "HU not reliable; thin against the slices: HU read too low."] if stone["limits"] else []), told
    edge = "hu_not_reliable" in stone["limits"]
    for measure in group.get_measurements():
        doubts = [item.TextValue for item in measure[0].get("ContentSequence", []) if item.RelationshipType == "HAS PROPERTIES"]
        assert doubts == ["HU not reliable"] * (edge and measure.name.meaning == "Attenuation Coefficient"), (measure.name, doubts)
    values = {}
    for measure in group.get_measurements():
        how = measure.derivation.meaning if measure.derivation else None
        values[measure.name.meaning, how] = measure.value, measure.unit.value
    expected = {
        ("Long axis", None): (stone["max_axial_diameter_mm"], "mm"),
        ("Half-width of the 95 % band of the long axis", None): (stone["error_mm"]["axial"], "mm"),
        ("Short axis", None): (stone["short_axis_mm"], "mm"),
        ("Half-width of the 95 % band of the volume", None): (stone["error_mm"]["volume"], "mm3"),
        ("Attenuation coefficient, blur taken off", None): (stone["hu_corrected"], "[hnsf'U]"),
        ("Craniocaudal extent", None): (stone["craniocaudal_mm"], "mm"),
        ("Half-width of the 95 % band of the craniocaudal extent", None): (stone["error_mm"]["craniocaudal"], "mm"),
        ("Maximum 3D Diameter of a Mesh", None): (stone["max_3d_diameter_mm"], "mm"),
        ("Volume of Mesh", None): (stone["volume_mm3"], "mm3"),
        ("Attenuation Coefficient", "Mean"): (stone["hu_mean"], "[hnsf'U]"),
        ("Attenuation Coefficient", "Maximum"): (stone["hu_max"], "[hnsf'U]"),
        ("Attenuation Coefficient", "Standard Deviation"): (stone["hu_sd"], "[hnsf'U]"),
        ("Attenuation coefficient right around it", None): (stone["rim_hu"], "[hnsf'U]"),
        ("Score of the likeness to a phlebolith", None): (stone["phlebolith_score"], "1"),
        ("Skin-to-stone distance", None): (stone["skin_distance_mm"], "mm"),
        ("Score of the model, not the probability of disease", None): (stone["probability"], "1"),
    }
    expected = {key: value for key, value in expected.items() if value[0] is not None and not limited.get(key[0])}
    assert values == expected, values

# The same masks as others write them, for our own reader. A label map has no room for overlaps, and there are none.
planes = np.zeros((len(ordered), seg.Rows, seg.Columns, len(masks)), np.uint8)
for number, (_, voxels) in enumerate(masks):
    for uid, column, row in voxels:
        planes[places[uid], row, column, number] = 1
descriptions = [seg.get_segment_description(number) for number in seg.segment_numbers]
uid = pydicom.uid.generate_uid
for kind in ["FRACTIONAL", "LABELMAP"]:
    pixels = planes.astype(np.float32) * 0.8 if kind == "FRACTIONAL" else planes
    theirs = hd.seg.Segmentation(ordered, pixels, kind, descriptions, uid(), 1, uid(), 1, "Other", "Other", "1", "1")
    theirs.save_as(folder / f"{kind.lower()}.dcm")
